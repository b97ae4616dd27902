// SPDX-License-Identifier: Apache-2.0
// Names of the C2PA Technical Specification 2.2 that writer and reader share.
#pragma once

#include <string_view>

namespace aozora {

// Labels (sections 10, 11.1 and 18).
inline constexpr std::string_view kStoreLabel = "c2pa";
inline constexpr std::string_view kAssertionsLabel = "c2pa.assertions";
inline constexpr std::string_view kClaimLabel = "c2pa.claim.v2";
inline constexpr std::string_view kOldClaimLabel = "c2pa.claim";  // read, never written
inline constexpr std::string_view kSignatureLabel = "c2pa.signature";
inline constexpr std::string_view kActionsLabel = "c2pa.actions.v2";
inline constexpr std::string_view kSoftBindingLabel = "c2pa.soft-binding";
inline constexpr std::string_view kIngredientLabel = "c2pa.ingredient.v3";
inline constexpr std::string_view kBoxHashLabel = "c2pa.hash.bmff.v3";
inline constexpr std::string_view kOldBoxHashLabel = "c2pa.hash.bmff.v2";  // read, never written
inline constexpr std::string_view kDataHashLabel = "c2pa.hash.data";
inline constexpr std::string_view kGenerationLabel = "org.aozora.generation";  // ours

// A URI of this form names a box of the same store (section 8.4).
inline constexpr std::string_view kUriHead = "self#jumbf=";

// IPTC NewsCodes, digital source type.
inline constexpr std::string_view kTrainedAlgorithmicMedia =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

// The box of a manifest store in an MP4 file (A.5): the user type of its uuid box, then version and
// flags, the purpose, the offset of the first merkle box (0: none), the store, zeros.
inline constexpr std::string_view kC2paUserType(
    "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81", 16);
inline constexpr std::string_view kManifestPurpose("manifest\0", 9);
inline constexpr size_t kUserTypeOffset = 8;  // in the box
// Header, user type, version and flags, purpose, merkle offset.
inline constexpr size_t kStoreOffset = kUserTypeOffset + 16 + 4 + 9 + 8;

inline constexpr size_t kStoreBytesMax = 8 << 20;  // of a manifest store that is read
inline constexpr size_t kManifestsMax = 64;        // in one store

// COSE (RFC 9052, 9360).
inline constexpr int kCoseSign1Tag = 18;
inline constexpr int kCoseAlgorithm = 1;
inline constexpr int kCoseChain = 33;  // x5chain
inline constexpr int kCoseEs256 = -7;

inline constexpr size_t kTimestampBytesMax = 16 << 10;  // of a TimeStampToken

}  // namespace aozora
