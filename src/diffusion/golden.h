// SPDX-License-Identifier: Apache-2.0
// Compares schedules and samplers with what their references answered, recorded in a JSON text (the
// schedulers.json of the golden data). Used by the tests and by the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

struct SamplerGoldenRow {
  std::string case_name;  // "euler, shift 3, 10 steps"
  std::string quantity;   // "sigmas", "timesteps", "x" (all states of the trajectory)
  double max_abs = 0;     // largest difference
  double tolerance = 0;
  bool ok = false;
};

// Runs every case of the text: builds its table, lets its sampler walk from its start with its
// stand-in model (v = a x + (b t / 1000 + c)) and its recorded noise, and compares all of it.
Result<std::vector<SamplerGoldenRow>> CompareSamplersWithGolden(std::string_view json_text);

}  // namespace aozora
