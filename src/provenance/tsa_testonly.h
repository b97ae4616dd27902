// SPDX-License-Identifier: Apache-2.0
// An authority for time stamps (RFC 3161) in the process, with a root of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aozora {

class TestStampAuthority {
 public:
  // Its certificates hold from ten years before now to ten years after.
  explicit TestStampAuthority(int64_t now_unix_s);
  ~TestStampAuthority();

  // The TimeStampResp (DER) to a TimeStampReq: a refusal where it is none.
  std::string Answer(std::string_view request_der) const;
  // A TimeStampToken for this hash and this time. Its time is `unix_s`, which may be changed.
  Result<std::string> Stamp(std::string_view sha256) const;
  const std::string& root_pem() const { return root_pem_; }
  int64_t unix_s;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string root_pem_;
};

}  // namespace aozora
