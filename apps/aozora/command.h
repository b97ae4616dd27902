// SPDX-License-Identifier: Apache-2.0
// The commands of the program. Each adds its options to the command line and gives a function that
// runs it; what it returns becomes the exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace aozora::app {

// The model that is used when none is named; it comes with the program.
inline constexpr const char* kDefaultModel = "mini";

struct Environment {
  const CancelToken& cancel;             // set by SIGINT and SIGTERM
  std::filesystem::path models_folder;   // $AOZORA_MODELS, or aozora/models in the data folder
  std::filesystem::path shipped_folder;  // of the models that come with the program, or empty
  std::filesystem::path cache_folder;    // aozora in the cache folder; empty: keep nothing
};

// Until the process is to end.
void WaitForSignal(const Environment& environment);

using Command = std::function<Status(const Environment&)>;

Command AddGenerate(CLI::App& app);
Command AddInspect(CLI::App& app);
Command AddVerify(CLI::App& app);
Command AddPolicy(CLI::App& app);
Command AddModels(CLI::App& app);
Command AddGolden(CLI::App& app);
Command AddBench(CLI::App& app);
Command AddServe(CLI::App& app);
Command AddWorker(CLI::App& app);
Command AddAdmin(CLI::App& app);

}  // namespace aozora::app
