// SPDX-License-Identifier: Apache-2.0
// Where in the data folder the bytes of a row are. A name follows from the row's id alone, so that
// what has no row can be found and removed.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace aozora {

// Makes the folder, if there is none, and lets nobody but its owner look into it.
Status MakePrivateFolder(const std::filesystem::path& folder);

struct DataFolder {
  std::filesystem::path root;

  std::filesystem::path database() const { return root / "aozora.db"; }
  std::filesystem::path secrets() const { return root / "secrets"; }  // only its owner may look
  std::filesystem::path sign_key() const { return secrets() / "sign.ed25519"; }
  std::filesystem::path audit_copy() const { return root / "audit-checkpoints.txt"; }
  std::filesystem::path outputs() const { return root / "outputs"; }
  std::filesystem::path states() const { return root / "states"; }
  std::filesystem::path files() const { return root / "files"; }
  std::filesystem::path uploads() const { return root / "uploads"; }  // not finished yet

  // A folder for each job: what is served, and what a render needs to go on after a crash.
  std::filesystem::path Output(std::string_view job_id) const { return outputs() / job_id; }
  std::filesystem::path State(std::string_view job_id) const { return states() / job_id; }
  std::filesystem::path File(std::string_view file_id) const { return files() / file_id; }

  Status Make() const;  // the folders, readable by their owner alone
};

}  // namespace aozora
