// SPDX-License-Identifier: Apache-2.0
#include "served_testonly.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "base/check.h"

namespace aozora {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{5};
constexpr std::chrono::milliseconds kFirstStart{60'000};

std::string ReadText(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

uint64_t StatusBytes(pid_t pid, std::string_view name) {
  std::istringstream lines(ReadText(fmt::format("/proc/{}/status", pid)));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    return std::stoull(line.substr(name.size() + 1)) * 1024;
  }
  return 0;
}

// It ends with the thread that started it, so that a test that breaks off leaves nothing behind.
// Between fork and exec only what is safe while other threads hold locks.
pid_t Spawn(const std::vector<std::string>& argv, const std::filesystem::path& log) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const char* const log_name = log.c_str();
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid > 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int descriptor = open(log_name, O_CREAT | O_APPEND | O_WRONLY, 0600);
  dup2(descriptor, STDOUT_FILENO);
  dup2(descriptor, STDERR_FILENO);
  execv(pointers[0], pointers.data());
  _exit(127);
}

std::vector<std::string> Joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const std::filesystem::path& log)
    : pid_(Spawn(argv, log)) {}

ChildProcess::~ChildProcess() { Kill(); }

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(std::exchange(other.status_, std::nullopt)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  Kill();
  pid_ = std::exchange(other.pid_, -1);
  status_ = std::exchange(other.status_, std::nullopt);
  return *this;
}

bool ChildProcess::running() {
  if (pid_ < 0 || status_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return !status_;
}

void ChildProcess::Signal(int number) const {
  if (pid_ >= 0 && !status_) kill(pid_, number);
}

int ChildProcess::Wait() {
  int status = 0;
  if (pid_ >= 0 && !status_) {
    CHECK_EQ(waitpid(pid_, &status, 0), pid_);
    status_ = status;
  }
  return status_.value_or(0);
}

void ChildProcess::Kill() {
  if (pid_ < 0) return;
  Signal(SIGKILL);
  Wait();
}

Served::Served(std::filesystem::path data, std::filesystem::path log,
               std::vector<std::string> options)
    : data_(std::move(data)),
      log_(std::move(log)),
      options_(std::move(options)),
      port_(FreePort()) {}

void Served::Start() {
  started_ = Clock::now();
  process_ = ChildProcess(Joined({AOZORA_BINARY, "serve", "--data", data_.string(), "--listen",
                                  fmt::format("127.0.0.1:{}", port_)},
                                 options_),
                          log_);
}

std::optional<std::chrono::milliseconds> Served::WaitReady(std::chrono::milliseconds patience) {
  while (Clock::now() - started_ < patience && process_.running()) {
    if (Client(port_).Get("/readyz").status == 200) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
    }
    Pause(kLook);
  }
  return std::nullopt;
}

bool Served::StartFirst() {
  Start();
  if (!WaitReady(kFirstStart)) return false;
  // It is printed a moment after the server is ready.
  const Clock::time_point end = Clock::now() + kFirstStart;
  while (key_.empty() && Clock::now() < end) {
    const std::string text = ReadText(log_);
    const size_t begin = text.find("\n  aoz_");
    const size_t stop = begin == std::string::npos ? begin : text.find('\n', begin + 1);
    if (stop != std::string::npos) key_ = text.substr(begin + 3, stop - begin - 3);
    Pause(kLook);
  }
  return !key_.empty();
}

ChildProcess Served::StartWorker(std::vector<std::string> options) const {
  return {Joined({AOZORA_BINARY, "worker", "--data", data_.string()}, options), log_};
}

int Served::Admin(const std::vector<std::string>& arguments, std::string* out) const {
  const std::filesystem::path file = log_.string() + ".admin";
  std::filesystem::remove(file);
  ChildProcess process(Joined({AOZORA_BINARY, "admin", "--data", data_.string()}, arguments), file);
  const int status = process.Wait();
  if (out != nullptr) *out = ReadText(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> UnlimitedOptions() {
  const std::string many = "1000000000";
  return {"--requests-per-minute",
          "0",
          "--creates-per-minute",
          many,
          "--running-per-person",
          many,
          "--queued-per-person",
          many,
          "--seconds-per-day",
          many,
          "--queue",
          many};
}

std::string IdOf(const Answer& answer) {
  const nlohmann::json object = nlohmann::json::parse(answer.body, nullptr, false);
  return object.is_object() ? object.value("id", "") : "";
}

nlohmann::json WaitForEnd(Client& client, const std::string& id) {
  constexpr std::chrono::milliseconds kPatience{60'000};
  nlohmann::json video;
  const bool is_over = Eventually(kPatience, [&] {
    video = nlohmann::json::parse(client.Get("/v1/videos/" + id).body);
    return video["status"] == "completed" || video["status"] == "failed";
  });
  if (!is_over) return nullptr;
  return video;
}

bool Eventually(std::chrono::milliseconds patience, const std::function<bool()>& is_so) {
  constexpr std::chrono::milliseconds kLook{50};
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    Pause(kLook);
  }
  return true;
}

void Pause(std::chrono::milliseconds time) { poll(nullptr, 0, static_cast<int>(time.count())); }

uint64_t ResidentBytes(pid_t pid) { return StatusBytes(pid, "VmRSS:"); }
uint64_t PeakBytes(pid_t pid) { return StatusBytes(pid, "VmHWM:"); }

void ResetPeak(pid_t pid) { std::ofstream(fmt::format("/proc/{}/clear_refs", pid)) << "5"; }

std::string TailOf(const std::filesystem::path& file, size_t bytes) {
  const std::string text = ReadText(file);
  return text.substr(text.size() - std::min(bytes, text.size()));
}

}  // namespace aozora
