// SPDX-License-Identifier: Apache-2.0
// The hashes that C2PA allows (2.2, section 13.1): "sha256", "sha384", "sha512"; by OpenSSL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "provenance/byte_source.h"

namespace aozora {

inline constexpr std::string_view kC2paDigest = "sha256";  // what we write

class Digest {
 public:
  static std::optional<Digest> For(std::string_view algorithm);  // nothing: not allowed or unknown
  static Digest Sha256() { return *For(kC2paDigest); }
  ~Digest();
  Digest(Digest&&) noexcept;

  void Update(std::string_view bytes);
  Status Update(const ByteSource& source, uint64_t offset, uint64_t count);
  std::string Finish();  // once

 private:
  struct State;
  explicit Digest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aozora
