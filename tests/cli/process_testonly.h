// SPDX-License-Identifier: Apache-2.0
// Runs programs, and ends them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/folder_testonly.h"

namespace aozora {

struct ProcessResult {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

// argv[0] is the program. The environment is ours, with the cache folder inside `scratch`, so that
// no run finds what another left, and the data folder, so that nobody's own is touched.
ProcessResult RunProcess(const std::vector<std::string>& argv,
                         const std::filesystem::path& scratch);

// Starts it, waits until `file` exists (or the process ends), and kills it with SIGKILL. False if
// it ended by itself before.
bool RunAndKillWhenExists(const std::vector<std::string>& argv,
                          const std::filesystem::path& scratch, const std::filesystem::path& file);

using ScratchFolder = TemporaryFolder;

std::string ReadAll(const std::filesystem::path& path);

// What the pictures of an MP4 file are made of (its mdat box); "" without one. The manifest in
// front of them is signed with a random number and differs from run to run.
std::string FilmOf(const std::filesystem::path& path);

// Arguments for a copy without the visible mark, whose place differs from clip to clip, by a policy
// that allows it.
std::vector<std::string> CleanCopy(const std::string& binary, const ScratchFolder& scratch);

}  // namespace aozora
