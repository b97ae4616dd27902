// SPDX-License-Identifier: Apache-2.0
#include "time_stamps.h"

#include "base/log.h"
#include "base/random_source.h"
#include "jobs/poster.h"
#include "provenance/stamp_request.h"

namespace aozora::app {
namespace {

constexpr int kAttempts = 2;
constexpr int64_t kTimeoutMs = 10'000;
constexpr int kHttpOk = 200;

Result<std::string> AskOnce(Poster& poster, const std::string& url, std::string_view sha256) {
  const uint64_t nonce = SystemRandom().Next();
  const Post post = {.url = url,
                     .headers = {{"content-type", std::string(kStampRequestType)},
                                 {"accept", std::string(kStampAnswerType)},
                                 {"user-agent", "aozora/" AOZORA_VERSION}},
                     .body = StampRequest(sha256, nonce),
                     .timeout_ms = kTimeoutMs};
  const PostAnswer answer = TRY(poster.Send(post));
  if (answer.status != kHttpOk) return Error::Io("{} answered {}", url, answer.status);
  return StampOfAnswer(answer.body, sha256, nonce);
}

}  // namespace

Result<Timestamper> StampsFrom(const std::string& url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return Error::Invalid(
        "--timestamp-url {}: an address of a time stamping authority begins with "
        "http:// or https://",
        url);
  }
  // The operator names it, not a stranger: it may be on this network.
  const std::shared_ptr<Poster> poster = MakeCurlPoster({.allow_private_addresses = true});
  return Timestamper([poster, url](std::string_view sha256) -> Result<std::string> {
    for (int attempt = 1;; ++attempt) {
      Result<std::string> token = AskOnce(*poster, url, sha256);
      if (token.ok()) return token;
      if (attempt == kAttempts) {
        Log(LogLevel::kWarning, "no time stamp: {}", token.error().message());
        return std::string();
      }
    }
  });
}

}  // namespace aozora::app
