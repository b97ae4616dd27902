// SPDX-License-Identifier: Apache-2.0
#include "process_testonly.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/check.h"

namespace aozora {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(1);

pid_t Start(const std::vector<std::string>& argv, const std::filesystem::path& scratch,
            const std::filesystem::path& out, const std::filesystem::path& err) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    setenv("XDG_CACHE_HOME", (scratch / "cache").c_str(), 1);
    setenv("XDG_DATA_HOME", (scratch / "data").c_str(), 1);
    const int out_fd = open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    const int err_fd = open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(out_fd, STDOUT_FILENO);
    dup2(err_fd, STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  return child;
}

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& argv,
                         const std::filesystem::path& scratch) {
  const std::filesystem::path out = scratch / "stdout", err = scratch / "stderr";
  const pid_t child = Start(argv, scratch, out, err);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadAll(out), ReadAll(err)};
}

bool RunAndKillWhenExists(const std::vector<std::string>& argv,
                          const std::filesystem::path& scratch, const std::filesystem::path& file) {
  const pid_t child = Start(argv, scratch, scratch / "stdout", scratch / "stderr");
  int status = 0;
  while (!std::filesystem::exists(file)) {
    if (waitpid(child, &status, WNOHANG) == child) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  kill(child, SIGKILL);
  CHECK(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status);
}

std::string FilmOf(const std::filesystem::path& path) {
  const std::string file = ReadAll(path);
  for (size_t at = 0; at + 8 <= file.size();) {
    size_t bytes = 0;
    for (size_t i = 0; i < 4; ++i) bytes = bytes << 8 | static_cast<uint8_t>(file[at + i]);
    CHECK(bytes >= 8 && at + bytes <= file.size());
    if (file.compare(at + 4, 4, "mdat") == 0) return file.substr(at, bytes);
    at += bytes;
  }
  return {};
}

std::vector<std::string> CleanCopy(const std::string& binary, const ScratchFolder& scratch) {
  std::string policy = RunProcess({binary, "policy"}, scratch.path()).out;
  const std::string refused = "admin = false";
  const size_t at = policy.find(refused, policy.find("[clean_copy]"));
  CHECK(at != std::string::npos);
  policy.replace(at, refused.size(), "admin = true");
  const std::filesystem::path path = scratch / "clean.toml";
  std::ofstream(path) << policy;
  return {"--policy", path, "--no-visible-mark"};
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace aozora
