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

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "aozora-cli-XXXXXX").string();
  CHECK(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace aozora
