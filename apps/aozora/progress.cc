// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace aozora::app {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr int kBarCells = 28;

std::string Bar(double fraction) {
  const int full = static_cast<int>(fraction * kBarCells);
  std::string bar;
  for (int i = 0; i < kBarCells; ++i) bar += i < full ? "█" : "░";
  return bar;
}

}  // namespace

void ProgressDisplay::Show(const Progress& progress) {
  const bool stage_changed = last_stage_ != progress.stage;
  const double now = clock_.Seconds();
  const bool complete = progress.done == progress.total;
  if (!stage_changed && !complete && now - last_shown_seconds_ < kRedrawSeconds) return;
  last_shown_seconds_ = now;
  last_stage_ = progress.stage;
  if (json_) {
    const nlohmann::json line = {{"event", "progress"},
                                 {"stage", progress.stage},
                                 {"segment", progress.segment_index},
                                 {"segments", progress.segment_count},
                                 {"done", progress.done},
                                 {"total", progress.total},
                                 {"fraction", progress.fraction},
                                 {"seconds_left", progress.seconds_left}};
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
    return;
  }
  if (!terminal_) return;
  std::string piece;
  if (progress.segment_count > 1) {
    piece = fmt::format(" piece {}/{}", progress.segment_index + 1, progress.segment_count);
  }
  fmt::print(stderr, "\r\033[K{} {:3.0f} %  {}{} {}/{}  {} left", Bar(progress.fraction),
             progress.fraction * 100, progress.stage, piece, progress.done, progress.total,
             HumanSeconds(progress.seconds_left));
  std::fflush(stderr);
  line_open_ = true;
}

void ProgressDisplay::Clear() {
  if (!line_open_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  line_open_ = false;
}

}  // namespace aozora::app
