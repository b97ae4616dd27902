// SPDX-License-Identifier: Apache-2.0
// What stands between a wish and a video that leaves: the policy, the marks, the signature.
#pragma once

#include <memory>
#include <string>

#include "command.h"
#include "policy/frame_classifier.h"
#include "policy/policy_holder.h"
#include "provenance/maker.h"

namespace aozora::app {

// The PEM in a file of roots; of no path, none.
Result<std::string> ReadRoots(const std::string& path);

struct MakerOptions {
  std::string signing_key, signing_chain, signing_root;  // empty: made here
  std::string timestamp_url, timestamp_roots;            // empty: no stamps, none are believed

  void AddTo(CLI::App& app);  // all but the URL, which only who signs needs
  // `secret_folder` is made if there is none.
  Result<Maker> Open(const std::filesystem::path& secret_folder) const;
};

struct SafeguardOptions {
  MakerOptions maker;
  std::string policy;      // empty: the one that is built in
  std::string classifier;  // folder; empty: none

  void AddTo(CLI::App& app);
};

struct Safeguards {
  Maker maker;
  std::unique_ptr<policy::FrameClassifier> classifier;  // null: none is installed
  std::unique_ptr<policy::PolicyHolder> policy;

  static Result<Safeguards> Open(const SafeguardOptions& options,
                                 const std::filesystem::path& secret_folder);
};

}  // namespace aozora::app
