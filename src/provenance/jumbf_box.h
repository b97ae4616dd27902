// SPDX-License-Identifier: Apache-2.0
// JUMBF (ISO/IEC 19566-5) as far as a C2PA manifest store goes: superboxes with a type and a label,
// and content boxes in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aozora {

// The first four characters of a superbox' type; the rest of the UUID is the same for all that is
// read here (C2PA 2.2, section 11.1.4; ISO/IEC 19566-5, annex B).
inline constexpr std::string_view kJumbfStore = "c2pa";
inline constexpr std::string_view kJumbfManifest = "c2ma";
inline constexpr std::string_view kJumbfAssertionStore = "c2as";
inline constexpr std::string_view kJumbfClaim = "c2cl";
inline constexpr std::string_view kJumbfSignature = "c2cs";
inline constexpr std::string_view kJumbfCbor = "cbor";
inline constexpr std::string_view kJumbfJson = "json";

// All views look into the bytes that were parsed.
struct JumbfBox {
  struct Content {
    std::string_view type;  // four characters
    std::string_view payload;
  };

  std::string_view type;      // the UUID, 16 bytes
  std::string_view label;     // not empty
  bool has_salt = false;      // a private box in the description, of random bytes
  std::string_view whole;     // with its header of 8 bytes
  std::string_view contents;  // what a hashed URI hashes: all but that header
  std::vector<JumbfBox> children;
  std::vector<Content> content;

  bool Is(std::string_view kind) const;  // kind: one of the names above
  const JumbfBox* Child(std::string_view child_label) const;
  // The payload of its only content box if that is of this kind and there are no children.
  const std::string_view* OnlyContent(std::string_view kind) const;
};

inline constexpr uint32_t kJumbfDepthMax = 8;
inline constexpr uint32_t kJumbfBoxesMax = 8192;
inline constexpr size_t kJumbfLabelBytesMax = 512;

// One superbox that takes all the bytes. Refuses boxes without label or with an ID or signature in
// their description, lengths of 64 bits or "to the end", labels that come twice beside each other,
// and what is beyond the caps.
Result<JumbfBox> ParseJumbf(std::string_view bytes);

// The bytes of a superbox; `content` are the bytes of its boxes.
std::string MakeJumbf(std::string_view kind, std::string_view label, std::string_view content);
// The bytes of a box: its length, its type, its content.
std::string MakeBox(std::string_view type, std::string_view content);

}  // namespace aozora
