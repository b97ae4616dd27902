// SPDX-License-Identifier: Apache-2.0
// Who signs manifests: a private key, the certificate over it, and the root that vouches for that.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random_source.h"
#include "base/result.h"

namespace aozora {

// How long certificates made here hold. A manifest without a time stamp stops being valid when the
// signer's certificate ends, and an installation without a network has nobody to stamp its films:
// so the certificate has to last as long as films are kept. Not longer than a generation, for
// nobody promises P-256 for more. The root outlives what it signed.
inline constexpr int kSignerYears = 25;
inline constexpr int kRootYears = 26;
// Certificates hold from a day before they were made: the clocks of those who check them differ.
inline constexpr int kBackdatedHours = 24;

// An identity folder, as MakeOrLoad writes it.
inline constexpr std::string_view kIdentityKeyFile = "signer_key.pem";      // mode 0600
inline constexpr std::string_view kIdentityChainFile = "signer_chain.pem";  // signer first, no root
inline constexpr std::string_view kIdentityRootFile = "root.pem";           // what others trust

struct IdentityFiles {
  std::filesystem::path key;    // PEM, P-256, not encrypted
  std::filesystem::path chain;  // PEM, the signer's certificate first; a root at its end is dropped
  std::filesystem::path root;   // PEM; empty: none is known
};

// Immutable; any thread. Copies share the key.
class SigningIdentity {
 public:
  // The identity in the folder; made there if there is no such folder or an empty one. The folder
  // appears whole: of processes that start at once one makes the identity that all then use. The
  // root's key is forgotten once it has signed, so that nobody can make a second signer with it.
  // `organization` stands in the certificates, 1..64 characters.
  static Result<SigningIdentity> MakeOrLoad(const std::filesystem::path& folder,
                                            std::string_view organization, const Clock& clock,
                                            RandomSource& random);

  // Says what is wrong with files that do not fit together, with a certificate that has ended or
  // not begun, or that is not made for claims (C2PA 2.2, section 14.5.1).
  static Result<SigningIdentity> Load(const IdentityFiles& files, const Clock& clock);

  // ECDSA with SHA-256 in COSE's form: r and s, 32 bytes each (RFC 9053, section 2.1).
  Result<std::string> SignEs256(std::string_view bytes) const;

  const std::vector<std::string>& chain_der() const;  // the signer's certificate first, no root
  const std::string& root_pem() const;                // "" if none is known
  const std::string& common_name() const;

 private:
  struct State;
  explicit SigningIdentity(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace aozora
