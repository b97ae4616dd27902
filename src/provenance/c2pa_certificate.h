// SPDX-License-Identifier: Apache-2.0
// X.509 certificates as C2PA wants them. Only for the .cc files of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provenance/openssl_handles.h"

namespace aozora {

// c2pa-kp-claimSigning (C2PA 2.2, section 14.5.1).
inline constexpr const char* kClaimSigningOid = "1.3.6.1.4.1.62558.2.1";
inline constexpr size_t kCertificatesMax = 8;  // of one chain
inline constexpr size_t kRootsMax = 1024;

using Certificates = std::vector<openssl::X509Ptr>;

// All certificates of a PEM text; none is an error.
Result<Certificates> ParsePemCertificates(std::string_view pem, size_t count_max);
openssl::X509Ptr ParseDerCertificate(std::string_view der);  // null if it is none, to the byte
std::string ToDer(const X509& certificate);

std::string CommonNameOf(const X509_NAME* name);
std::string OrganizationOf(const X509_NAME* name);
int64_t NotBeforeUnixS(const X509& certificate);
int64_t NotAfterUnixS(const X509& certificate);

// Why a certificate must not sign claims; nothing if it may.
std::optional<std::string> WhyUnfitForClaims(X509* certificate);

// Whether a chain (leaf first) leads to one of the roots, all of it valid at that time.
bool LeadsToRoot(const Certificates& chain, const Certificates& roots, int64_t unix_s);

// The store of these roots, for other verifications.
openssl::StorePtr StoreOf(const Certificates& roots);

}  // namespace aozora
