// SPDX-License-Identifier: Apache-2.0
// Looks whether files were made here. That takes seconds of a processor and anybody may ask, so
// files are looked at one at a time, and what was found of a stored one is kept.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "api/problem.h"
#include "base/clock.h"
#include "provenance/maker.h"
#include "provenance/verification.h"

namespace aozora::api {

// Any thread.
class Verifier {
 public:
  static constexpr size_t kKeptMax = 1'000;
  using Look = std::function<Result<Verification>(const std::filesystem::path&)>;

  // `root_pem`: of the certificate that vouches for what is signed here; may be empty.
  explicit Verifier(Look look, std::string root_pem = "")
      : root_pem_(std::move(root_pem)), look_(std::move(look)) {}
  // Both outlive it.
  Verifier(const Maker& maker, const Clock& clock);

  const std::string& root_pem() const { return root_pem_; }

  // 429 while another file is looked at.
  Outcome<Verification> Verify(const std::filesystem::path& path);

  // A stored file as everybody may see it (ToJson of a Verification), kept under `name` for as long
  // as the file is the same. Of the kept, those that were looked at first go first.
  Outcome<nlohmann::json> VerifyStored(const std::string& name, const std::string& sha256,
                                       const std::filesystem::path& path);

 private:
  struct Kept {
    std::string name;
    std::string sha256;
    nlohmann::json found;
  };
  std::optional<nlohmann::json> FindKept(const std::string& name, const std::string& sha256);
  void Keep(Kept kept);

  const std::string root_pem_;
  const Look look_;
  std::mutex turn_;  // of whoever looks
  std::mutex mutex_;
  std::list<Kept> kept_;  // oldest first
};

}  // namespace aozora::api
