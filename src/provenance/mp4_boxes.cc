// SPDX-License-Identifier: Apache-2.0
#include "provenance/mp4_boxes.h"

#include <algorithm>

#include "provenance/big_endian.h"

namespace aozora {
namespace {

constexpr uint32_t kHeaderBytes = 8;
constexpr uint32_t kLongHeaderBytes = 16;
constexpr uint64_t kToTheEnd = 0;        // a size of 0
constexpr uint64_t kLongSize = 1;        // a size of 1: 64 bits of size follow
constexpr size_t kTableHeaderBytes = 8;  // version, flags, number of entries

Error Bad(std::string_view what) { return Error::Corrupt("MP4: {}", what); }

// The boxes that lead from moov to its tables of chunk offsets.
bool LeadsToTables(std::string_view type) {
  return type == "trak" || type == "mdia" || type == "minf" || type == "stbl";
}

Status ShiftTable(uint64_t shift, int entry_bytes, size_t begin, size_t end, std::string* moov) {
  if (end - begin < kTableHeaderBytes) return Bad("a short table of chunks");
  const uint64_t count = GetBigEndian(std::string_view(*moov).substr(begin + 4, 4));
  begin += kTableHeaderBytes;
  if (count != (end - begin) / static_cast<size_t>(entry_bytes)) {
    return Bad("a table of chunks of another length than it says");
  }
  for (uint64_t i = 0; i < count; ++i, begin += static_cast<size_t>(entry_bytes)) {
    const std::string_view entry =
        std::string_view(*moov).substr(begin, static_cast<size_t>(entry_bytes));
    const uint64_t offset = GetBigEndian(entry);
    const uint64_t limit = entry_bytes == 4 ? UINT32_MAX : INT64_MAX;
    if (offset > limit || shift > limit - offset) {
      return Error::Unsupported("MP4: beyond 4 GiB chunk offsets need 64 bits (co64)");
    }
    std::string shifted;
    PutBigEndian(offset + shift, entry_bytes, &shifted);
    moov->replace(begin, shifted.size(), shifted);
  }
  return Ok();
}

Status ShiftWithin(uint64_t shift, size_t begin, size_t end, std::string* moov) {
  while (begin < end) {
    if (end - begin < kHeaderBytes) return Bad("an index that ends within a box header");
    const uint64_t size = GetBigEndian(std::string_view(*moov).substr(begin, 4));
    const std::string type = moov->substr(begin + 4, 4);
    if (size < kHeaderBytes || size > end - begin) return Bad("a box of the index does not fit");
    const size_t inner = begin + kHeaderBytes, last = begin + size;
    if (LeadsToTables(type)) TRY(ShiftWithin(shift, inner, last, moov));
    if (type == "stco") TRY(ShiftTable(shift, 4, inner, last, moov));
    if (type == "co64") TRY(ShiftTable(shift, 8, inner, last, moov));
    begin = last;
  }
  return Ok();
}

}  // namespace

Result<Mp4Scan> ScanTopLevelBoxes(const ByteSource& source) {
  Mp4Scan scan;
  uint64_t offset = 0;
  const auto stop = [&](std::string_view why) {
    scan.broken = Bad(why);
    return std::move(scan);
  };
  while (offset < source.size()) {
    if (scan.boxes.size() >= kMp4BoxesMax) return stop("too many boxes");
    const uint64_t left = source.size() - offset;
    if (left < kHeaderBytes) return stop("the file ends within a box header");
    const std::string header = TRY(source.Read(offset, std::min<uint64_t>(left, kLongHeaderBytes)));
    Mp4Box box = {header.substr(4, 4), offset, GetBigEndian(header.substr(0, 4)), kHeaderBytes,
                  false};
    if (box.size == kToTheEnd) {
      box.size = left;
      box.to_the_end = true;
    } else if (box.size == kLongSize) {
      if (left < kLongHeaderBytes) return stop("the file ends within a box header");
      box.size = GetBigEndian(std::string_view(header).substr(8, 8));
      box.header_bytes = kLongHeaderBytes;
    }
    if (box.size < box.header_bytes) return stop("a box smaller than its header");
    if (box.size > left) return stop("the file ends within a box");
    offset += box.size;
    scan.boxes.push_back(std::move(box));
  }
  return scan;
}

Result<std::vector<Mp4Box>> TopLevelBoxes(const ByteSource& source) {
  Mp4Scan scan = TRY(ScanTopLevelBoxes(source));
  if (scan.broken.has_value()) return *scan.broken;
  return std::move(scan.boxes);
}

bool LooksLikeMp4(const ByteSource& source) {
  if (source.size() < kHeaderBytes) return false;
  const Result<std::string> header = source.Read(4, 4);
  return header.ok() && header.value() == "ftyp";
}

Status ShiftChunkOffsets(uint64_t shift, std::string* moov) {
  if (moov->size() < kHeaderBytes) return Bad("a short index");
  const bool is_long = GetBigEndian(std::string_view(*moov).substr(0, 4)) == kLongSize;
  const size_t begin = is_long ? kLongHeaderBytes : kHeaderBytes;
  if (moov->size() < begin) return Bad("a short index");
  return ShiftWithin(shift, begin, moov->size(), moov);
}

}  // namespace aozora
