// SPDX-License-Identifier: Apache-2.0
// The boxes of an MP4 file (ISO/IEC 14496-12) at its top, and where its index points.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "provenance/byte_source.h"

namespace aozora {

struct Mp4Box {
  std::string type;  // four characters
  uint64_t offset;   // of its header in the file
  uint64_t size;     // with its header
  uint32_t header_bytes;
  bool to_the_end;  // its header says "to the end of the file": such a box grows unseen
};

// Fragmented films have two boxes for each fragment.
inline constexpr size_t kMp4BoxesMax = 100'000;
inline constexpr uint64_t kMp4IndexBytesMax = 64_MiB;  // of a moov box

// The boxes up to the first that is not whole, and what is wrong with that. An Error only if the
// source cannot be read.
struct Mp4Scan {
  std::vector<Mp4Box> boxes;
  std::optional<Error> broken;
};
Result<Mp4Scan> ScanTopLevelBoxes(const ByteSource& source);

// The boxes, which fill the source to its last byte.
Result<std::vector<Mp4Box>> TopLevelBoxes(const ByteSource& source);

// Whether it begins as an MP4 file does, with an ftyp box.
bool LooksLikeMp4(const ByteSource& source);

// Adds `shift` to every chunk offset (stco, co64) in the bytes of a moov box. All media data must
// lie behind what was inserted. Fails where an offset of 32 bits would not do any more.
Status ShiftChunkOffsets(uint64_t shift, std::string* moov);

}  // namespace aozora
