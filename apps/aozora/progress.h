// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/clock.h"
#include "pipeline/generator.h"

namespace aozora::app {

// Shows progress: a line that redraws itself on a terminal (stderr), else JSON lines (stdout).
class ProgressDisplay {
 public:
  ProgressDisplay(bool json, bool terminal, const Clock& clock)
      : json_(json), terminal_(terminal), clock_(clock) {}
  ~ProgressDisplay() { Clear(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void Show(const Progress& progress);
  void Clear();  // removes the line, so that something else can be printed

 private:
  const bool json_;
  const bool terminal_;
  const Clock& clock_;
  double last_shown_seconds_ = -1;
  std::string last_stage_;
  bool line_open_ = false;
};

}  // namespace aozora::app
