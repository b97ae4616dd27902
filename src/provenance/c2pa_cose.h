// SPDX-License-Identifier: Apache-2.0
// The signature of a claim: COSE_Sign1 over bytes that stand elsewhere (C2PA 2.2, section 13.2).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/cbor_value.h"
#include "provenance/signing_identity.h"

namespace aozora {

// Asks a time stamping authority: the SHA-256 of what is stamped goes in, the DER of an RFC 3161
// TimeStampToken comes out (not of the whole response), or nothing: then there is no stamp.
using Timestamper = std::function<Result<std::string>(std::string_view sha256)>;

// `timestamper` may be empty.
Result<std::string> SignClaim(std::string_view claim, const SigningIdentity& identity,
                              const Timestamper& timestamper);
// What SignClaim gives without a time stamp, with zeros for the signature.
std::string UnsignedClaimSignature(const SigningIdentity& identity);

struct CoseSign1 {
  int64_t algorithm = 0;
  std::string protected_header;  // as it is signed
  std::vector<std::string> chain_der;
  std::string signature;
  std::string timestamp_token;  // RFC 3161, of sigTst2; empty: none
};

Result<CoseSign1> ParseCoseSign1(std::string_view bytes);

// Whether the key of chain_der[0] made the signature over the claim. False also for algorithms that
// C2PA does not allow (section 13.2.1) or that do not go with the key.
bool VerifyClaimSignature(const CoseSign1& cose, std::string_view claim);

// What a time stamp of version 2 stamps (section 10.3.2.5): a countersignature's structure over the
// signature as a CBOR byte string.
std::string StampedBytes(std::string_view protected_header, std::string_view signature);

}  // namespace aozora
