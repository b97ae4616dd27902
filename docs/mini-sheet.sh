#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the shipped weights make of held-out prompts (docs/mini-prompts.txt):
# docs/mini-sheet.jpg: the middle pictures of clips of all 24;
# docs/mini-pictures.jpg: of the first six, the picture that another clip begins with, and that clip's first
# and last picture.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

clip() { # PROMPT SEED [OPTIONS]
  build/release/apps/aozora/aozora generate "$1" --size 320x180 --seconds 4 --seed "$2" "${@:3}" \
    -o "$scratch/clip.mp4" --json >/dev/null </dev/null
}
picture() { # SECOND NAME
  ffmpeg -y -loglevel error -ss "$1" -i "$scratch/clip.mp4" -frames:v 1 "$scratch/$2.png" </dev/null
}
sheet() { # COLUMNSxROWS NAME FILE
  ffmpeg -y -loglevel error -i "$scratch/$2%03d.png" -vf "tile=$1" -q:v 4 -frames:v 1 "docs/$3.jpg"
}

mapfile -t prompts <docs/mini-prompts.txt
for seed in "${!prompts[@]}"; do
  clip "${prompts[seed]}" "$seed"
  picture 2 "$(printf made%03d "$seed")"
done
sheet 6x4 made mini-sheet

for row in 0 1 2 3 4 5; do
  given=$(printf made%03d "$row")
  cp "$scratch/$given.png" "$scratch/$(printf begun%03d $((3 * row))).png"
  clip "${prompts[row]}" $((100 + row)) --image "$scratch/$given.png"
  picture 0 "$(printf begun%03d $((3 * row + 1)))"
  picture 3.9 "$(printf begun%03d $((3 * row + 2)))"
done
sheet 3x6 begun mini-pictures
