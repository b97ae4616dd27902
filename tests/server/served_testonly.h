// SPDX-License-Identifier: Apache-2.0
// The real server and worker as processes that can be killed, on a data folder that outlives them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "socket_testonly.h"

namespace aozora {

class ChildProcess {
 public:
  ChildProcess() = default;
  // Output and errors are appended to `log`. argv[0] is the program.
  ChildProcess(const std::vector<std::string>& argv, const std::filesystem::path& log);
  ~ChildProcess();  // by SIGKILL
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  pid_t pid() const { return pid_; }
  bool running();
  void Signal(int number) const;
  int Wait();  // its status as waitpid says it
  void Kill();

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// A server on one port and one data folder, started as often as wanted.
class Served {
 public:
  // `options` are those of `serve` beside --data and --listen.
  Served(std::filesystem::path data, std::filesystem::path log, std::vector<std::string> options);

  // Starts a process. WaitReady says how long it took from then until /readyz said so, or nothing
  // if it did not within `patience`.
  void Start();
  std::optional<std::chrono::milliseconds> WaitReady(std::chrono::milliseconds patience);
  ChildProcess StartWorker(std::vector<std::string> options) const;
  // `aozora admin ...`: its exit code, and what it printed.
  int Admin(const std::vector<std::string>& arguments, std::string* out = nullptr) const;

  // Starts, waits and takes the key that the first start prints.
  bool StartFirst();

  ChildProcess& process() { return process_; }
  uint16_t port() const { return port_; }
  const std::string& key() const { return key_; }
  const std::filesystem::path& data() const { return data_; }
  const std::filesystem::path& log() const { return log_; }

 private:
  const std::filesystem::path data_, log_;
  const std::vector<std::string> options_;
  const uint16_t port_;
  std::string key_;
  ChildProcess process_;
  std::chrono::steady_clock::time_point started_;
};

// Options of a server that refuses nobody for asking too much.
std::vector<std::string> UnlimitedOptions();

// What a create, or any other call, says is the id of what it made; or "".
std::string IdOf(const Answer& answer);

// The video once it is over, or null if it is not within a minute.
nlohmann::json WaitForEnd(Client& client, const std::string& id);

// Whether `is_so` became true within `patience`. It is asked at least once, and now and then.
bool Eventually(std::chrono::milliseconds patience, const std::function<bool()>& is_so);

void Pause(std::chrono::milliseconds time);

// In bytes: resident now, and at most since ResetPeak.
uint64_t ResidentBytes(pid_t pid);
uint64_t PeakBytes(pid_t pid);
void ResetPeak(pid_t pid);

std::string TailOf(const std::filesystem::path& file, size_t bytes);

}  // namespace aozora
