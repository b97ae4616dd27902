// SPDX-License-Identifier: Apache-2.0
// What each part of the load benchmark is told, and says.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "served_testonly.h"

namespace aozora {

class Client;

struct LoadSettings {
  int seconds = 60;
  int creates_per_second = 200;
  int stream_count = 5'000;
  int slow_count = 500;
  int half_count = 500;
  uint64_t upload_bytes = 10'000'000'000;
};

struct LoadRow {
  std::string what;
  std::string seen;
  std::string target;
  std::optional<bool> met;  // none: no target
};
using LoadRows = std::vector<LoadRow>;

// A new server for each part, in an empty folder.
struct LoadPlace {
  std::filesystem::path folder;
  std::unique_ptr<Served> Serve(int worker_count) const;
};

LoadRows MeasureCreates(const LoadSettings& settings, const LoadPlace& place);
LoadRows MeasureStreams(const LoadSettings& settings, const LoadPlace& place);
LoadRows MeasureHostile(const LoadSettings& settings, const LoadPlace& place);
LoadRows MeasureUpload(const LoadSettings& settings, const LoadPlace& place);

// Requests at a steady rate, whatever becomes of the ones before: a time is taken from when a
// request was due, so that one slow answer does not hide those that had to wait behind it.
struct Pace {
  int per_second = 100;
  double seconds = 10;
};
struct Timings {
  std::vector<double> ms;  // sorted, of those that were answered as expected
  size_t failed_count = 0;

  double At(double share) const;  // 0.99: what 99 of 100 stay below
};
// `ask` is called with a number of its own, on one of several threads, each with a client; false
// for an answer that was not the expected one.
Timings Drive(const Served& served, const Pace& pace, const std::function<bool(Client&, int)>& ask);

// A job that a worker is done with in a second.
extern const char* const kSmallJob;
nlohmann::json MakeJobs(const Served& served, const std::string& body);  // what was answered

}  // namespace aozora
