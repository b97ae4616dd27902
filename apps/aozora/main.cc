// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <csignal>
#include <cstdlib>

#include "base/wake.h"
#include "command.h"
#include "shipped_models.h"

namespace aozora::app {
namespace {

CancelToken g_cancel;  // a signal handler can reach nothing else

void OnSignal(int signal) {
  // A second signal ends the process at once.
  std::signal(signal, SIG_DFL);
  g_cancel.Cancel();
}

std::filesystem::path FolderFromEnvironment(const char* name, const char* under_home) {
  if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return std::filesystem::path(home) / under_home;
  }
  return {};
}

Environment MakeEnvironment() {
  Environment environment{g_cancel, {}, FindShippedModels(), {}};
  if (const char* models = std::getenv("AOZORA_MODELS"); models != nullptr && *models != '\0') {
    environment.models_folder = models;
  } else {
    environment.models_folder =
        FolderFromEnvironment("XDG_DATA_HOME", ".local/share") / "aozora" / "models";
  }
  const std::filesystem::path cache = FolderFromEnvironment("XDG_CACHE_HOME", ".cache");
  if (!cache.empty()) environment.cache_folder = cache / "aozora";
  return environment;
}

// 2 is what command-line parsers use for wrong usage; 130 what shells say of an interrupted
// program.
int ExitCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 2;
    case ErrorCode::kNotFound:
      return 3;
    case ErrorCode::kCorrupt:
      return 4;
    case ErrorCode::kUnsupported:
      return 5;
    case ErrorCode::kExhausted:
      return 6;
    case ErrorCode::kIo:
      return 7;
    case ErrorCode::kCancelled:
      return 130;
  }
  return 1;
}

int Main(int argc, char** argv) {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of one write (EFBIG)
  setenv("SVT_LOG", "1", 0);      // SVT-AV1 prints errors alone, not its banner

  CLI::App app("Aozora turns a sentence into a video, on this machine.", "aozora");
  app.set_version_flag("--version", AOZORA_VERSION);
  app.require_subcommand(1);
  // Said twice, the last one counts, as with most programs.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.footer(
      "Exit codes: 0 done, 2 wrong request, 3 not found, 4 damaged file, 5 not supported,\n"
      "6 out of memory or disk, 7 file error, 130 cancelled.");
  const std::pair<CLI::App*, Command (*)(CLI::App&)> makers[] = {
      {app.add_subcommand("generate", "Make a video from a prompt"), AddGenerate},
      {app.add_subcommand("inspect", "Say what a checkpoint is and what it needs"), AddInspect},
      {app.add_subcommand("models", "List the installed models"), AddModels},
      {app.add_subcommand("golden", "Compare our numbers with recorded ones"), AddGolden},
      {app.add_subcommand("bench", "Measure speed against this machine's peak"), AddBench},
      {app.add_subcommand("serve", "Answer the Videos API, and render what it is asked for"),
       AddServe},
      {app.add_subcommand("worker", "Render for a server on this machine"), AddWorker},
      {app.add_subcommand("verify", "Say whether a film or picture was made here"), AddVerify},
      {app.add_subcommand("policy", "Print or check a policy, or try a prompt"), AddPolicy},
      {app.add_subcommand("admin", "People, keys, stops, backup"), AddAdmin},
  };
  app.set_config("--config", "", "TOML file with a table for each command: [serve] ...");
  std::vector<std::pair<CLI::App*, Command>> commands;
  for (const auto& [sub, make] : makers) {
    commands.emplace_back(sub->fallthrough(), make(*sub));  // so that --config may stand anywhere
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  const Environment environment = MakeEnvironment();
  for (const auto& [sub, command] : commands) {
    if (!sub->parsed()) continue;
    const Status status = command(environment);
    if (status.ok()) return 0;
    fmt::print(stderr, "aozora: {}\n", status.error().message());
    return ExitCode(status.error().code());
  }
  return 0;
}

}  // namespace

void WaitForSignal(const Environment& environment) {
  constexpr int64_t kLookMs = 100;  // how soon it is seen
  Wake never_called;
  while (!environment.cancel.cancelled()) never_called.WaitFor(kLookMs);
}
}  // namespace aozora::app

int main(int argc, char** argv) { return aozora::app::Main(argc, argv); }
