// SPDX-License-Identifier: Apache-2.0
// Who makes films here: the key of the marks, and who signs.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/random_source.h"
#include "provenance/c2pa_content.h"
#include "provenance/c2pa_cose.h"
#include "provenance/mark_pattern.h"
#include "provenance/signing_identity.h"

namespace aozora {

// By this name manifests speak of our invisible mark; its value there is the mark's number in
// hexadecimal digits.
inline constexpr std::string_view kMarkAlgorithm = "org.aozora.mark.1";

// Immutable; any thread.
struct Maker {
  MarkKey mark_key;
  SigningIdentity identity;
  SoftwareAgent generator;
  Timestamper timestamper = {};          // of manifests; empty: no time stamps
  std::string timestamp_roots_pem = {};  // of authorities whose stamps are believed, in any file
};

// Where the signer's own certificate is to be used instead of one made here.
struct MakerSettings {
  std::filesystem::path secret_folder;  // exists; only its owner may look
  IdentityFiles identity_files;         // no key: an identity is made and kept in the folder
  SoftwareAgent generator;
};

// What is not there yet is made; of processes that start at once, all get the same.
Result<Maker> OpenMaker(const MakerSettings& settings, const Clock& clock, RandomSource& random);

}  // namespace aozora
