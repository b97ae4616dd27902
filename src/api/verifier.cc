// SPDX-License-Identifier: Apache-2.0
#include "api/verifier.h"

#include <algorithm>

#include "base/thread_pool.h"

namespace aozora::api {
namespace {

constexpr uint32_t kRetryAfterS = 5;
// Beside renders, which have their own.
constexpr uint32_t kThreads = 1;

Problem Busy() {
  Problem problem;
  problem.status = 429;
  problem.type = "rate_limit_error";
  problem.code = "busy";
  problem.message = "another file is being verified: try again in a moment";
  problem.retry_after_s = kRetryAfterS;
  return problem;
}

}  // namespace

Verifier::Verifier(const Maker& maker, const Clock& clock)
    : Verifier(
          [&maker, &clock](const std::filesystem::path& path) {
            ThreadPool pool(kThreads);
            return VerifyFile(path, maker, Trust{}, pool, clock);
          },
          maker.identity.root_pem()) {}

Outcome<Verification> Verifier::Verify(const std::filesystem::path& path) {
  const std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
  if (!turn.owns_lock()) return Busy();
  return TRY(look_(path));
}

Outcome<nlohmann::json> Verifier::VerifyStored(const std::string& name, const std::string& sha256,
                                               const std::filesystem::path& path) {
  if (std::optional<nlohmann::json> kept = FindKept(name, sha256)) return std::move(*kept);
  Verification found = TRY(Verify(path));
  // The reason names the file, and where files are is nobody's business.
  if (!found.pictures_error.empty()) found.pictures_error = "the pictures cannot be read";
  nlohmann::json shown = ToJson(found);
  Keep({name, sha256, shown});
  return shown;
}

std::optional<nlohmann::json> Verifier::FindKept(const std::string& name,
                                                 const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  const auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& each) {
    return each.name == name && each.sha256 == sha256;
  });
  return kept == kept_.end() ? std::nullopt : std::optional(kept->found);
}

void Verifier::Keep(Kept kept) {
  const std::lock_guard lock(mutex_);
  kept_.remove_if([&](const Kept& each) { return each.name == kept.name; });
  if (kept_.size() >= kKeptMax) kept_.pop_front();
  kept_.push_back(std::move(kept));
}

}  // namespace aozora::api
