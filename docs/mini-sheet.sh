#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs/mini-sheet.jpg: the middle pictures of clips of 24 held-out prompts (docs/mini-prompts.txt), made by
# the shipped weights.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
seed=0
while read -r prompt; do
  build/release/apps/aozora/aozora generate "$prompt" --size 320x180 --seconds 4 --seed "$seed" \
    -o "$scratch/clip.mp4" --json >/dev/null </dev/null
  ffmpeg -y -loglevel error -ss 2 -i "$scratch/clip.mp4" -frames:v 1 "$scratch/$(printf %03d "$seed").png" </dev/null
  seed=$((seed + 1))
done < docs/mini-prompts.txt
ffmpeg -y -loglevel error -i "$scratch/%03d.png" -vf tile=6x4 -q:v 4 -frames:v 1 docs/mini-sheet.jpg
