// SPDX-License-Identifier: Apache-2.0
// The server under load, from another process on the same machine: one table, with what each figure
// should be. What else the machine does is in the figures too.
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "base/check.h"
#include "base/folder_testonly.h"
#include "load.h"

namespace aozora {
namespace {

struct Part {
  const char* name;
  LoadRows (*measure)(const LoadSettings&, const LoadPlace&);
};

constexpr Part kParts[] = {{"creates", MeasureCreates},
                           {"streams", MeasureStreams},
                           {"hostile", MeasureHostile},
                           {"upload", MeasureUpload}};
constexpr rlim_t kSpareDescriptors = 500;  // of what is no client

// The server inherits it. Each client is a descriptor on both sides.
void RaiseDescriptors(LoadSettings* settings) {
  rlimit limit;
  CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  const int possible =
      static_cast<int>(limit.rlim_cur > kSpareDescriptors ? limit.rlim_cur - kSpareDescriptors : 0);
  fmt::print("open files of a process: {}\n", limit.rlim_cur);
  if (possible < settings->stream_count) {
    fmt::print("that is enough for {} streams instead of {}\n", possible, settings->stream_count);
    settings->stream_count = possible;
  }
}

std::string LoadAverage() {
  std::ifstream file("/proc/loadavg");
  std::string text;
  std::getline(file, text);
  return text;
}

int Run(LoadSettings settings, const std::string& only, bool strict) {
  const TemporaryFolder folder;
  const LoadPlace place = {folder.path()};
  RaiseDescriptors(&settings);
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // what was seen stays seen if a part breaks off
  size_t missed = 0;
  fmt::print("{:58} {:>48} {:>26}\n", "", "seen", "target");
  for (const Part& part : kParts) {
    if (!only.empty() && only != part.name) continue;
    fmt::print("-- {}, load of the machine before: {}\n", part.name, LoadAverage());
    for (const LoadRow& row : part.measure(settings, place)) {
      const bool miss = row.met && !*row.met;
      missed += miss ? 1 : 0;
      fmt::print("{:58} {:>48} {:>26} {}\n", row.what, row.seen, row.target,
                 row.met ? (miss ? "MISSED" : "ok") : "");
    }
    std::fflush(stdout);
  }
  fmt::print("{} missed\n", missed);
  return strict && missed > 0 ? 1 : 0;
}

int Main(int argc, char** argv) {
  CLI::App app("The server under load");
  LoadSettings settings;
  std::string only;
  bool strict = false;
  app.add_option("--only", only, "creates, streams, hostile or upload");
  app.add_option("--seconds", settings.seconds,
                 "Of creates; a third of it before and during "
                 "hostile clients")
      ->capture_default_str();
  app.add_option("--creates-per-second", settings.creates_per_second)->capture_default_str();
  app.add_option("--streams", settings.stream_count)->capture_default_str();
  app.add_option("--slow", settings.slow_count)->capture_default_str();
  app.add_option("--half", settings.half_count)->capture_default_str();
  app.add_flag("--strict", strict, "Fail if a target is missed");
  CLI11_PARSE(app, argc, argv);
  return Run(settings, only, strict);
}

}  // namespace
}  // namespace aozora

int main(int argc, char** argv) { return aozora::Main(argc, argv); }
