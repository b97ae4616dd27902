// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_digest.h"

#include <algorithm>
#include <vector>

#include "base/units.h"
#include "provenance/openssl_handles.h"

namespace aozora {
namespace {

constexpr size_t kPieceBytes = 256_KiB;

const EVP_MD* MethodOf(std::string_view algorithm) {
  if (algorithm == "sha256") return EVP_sha256();
  if (algorithm == "sha384") return EVP_sha384();
  if (algorithm == "sha512") return EVP_sha512();
  return nullptr;
}

}  // namespace

struct Digest::State {
  openssl::DigestPtr context;
};

std::optional<Digest> Digest::For(std::string_view algorithm) {
  const EVP_MD* method = MethodOf(algorithm);
  if (method == nullptr) return std::nullopt;
  auto state = std::make_unique<State>();
  state->context.reset(EVP_MD_CTX_new());
  CHECK(state->context != nullptr);
  CHECK_EQ(EVP_DigestInit_ex(state->context.get(), method, nullptr), 1);
  return Digest(std::move(state));
}

Digest::Digest(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;

void Digest::Update(std::string_view bytes) {
  CHECK_EQ(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()), 1);
}

Status Digest::Update(const ByteSource& source, uint64_t offset, uint64_t count) {
  std::vector<char> piece(std::min<uint64_t>(kPieceBytes, count));
  while (count > 0) {
    const size_t size = std::min<uint64_t>(piece.size(), count);
    TRY(source.ReadAt(offset, std::span(piece).first(size)));
    Update(std::string_view(piece.data(), size));
    offset += size;
    count -= size;
  }
  return Ok();
}

std::string Digest::Finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK_EQ(EVP_DigestFinal_ex(state_->context.get(), digest, &size), 1);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

}  // namespace aozora
