// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_picture.h"

#include <algorithm>
#include <optional>

#include "provenance/big_endian.h"
#include "provenance/c2pa_names.h"

namespace aozora {
namespace {

constexpr size_t kPartsMax = 1 << 16;  // chunks or segments that are looked at

constexpr std::string_view kPngHead("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view kJpegHead("\xff\xd8\xff", 3);

uint64_t GetLittleEndian(std::string_view bytes) {
  std::string turned(bytes.rbegin(), bytes.rend());
  return GetBigEndian(turned);
}

// "" beyond the end of the file.
Result<std::string> ReadOrNothing(const ByteSource& source, uint64_t offset, uint64_t count) {
  if (offset > source.size() || count > source.size() - offset) return std::string();
  return source.Read(offset, count);
}

// Files of chunks: a length and a type (in some order), the content, something behind it.
struct ChunkFormat {
  std::string_view type;  // of the chunk with the store
  bool little_endian;     // and then the type stands before the length, and contents are even
  uint64_t first;         // offset of the first chunk
  uint64_t tail_bytes;    // behind each content
};

Result<PictureStore> FindChunk(const ByteSource& picture, const ChunkFormat& format) {
  constexpr uint64_t kHeadBytes = 8;
  PictureStore store;
  uint64_t offset = format.first;
  for (size_t parts = 0; parts < kPartsMax; ++parts) {
    const Result<std::string> head = ReadOrNothing(picture, offset, kHeadBytes);
    if (!head.ok()) return head.error();
    const std::string_view view = head.value();
    if (view.empty()) return store;
    const std::string_view type = view.substr(format.little_endian ? 0 : 4, 4);
    const uint64_t size =
        format.little_endian ? GetLittleEndian(view.substr(4, 4)) : GetBigEndian(view.substr(0, 4));
    if (size > picture.size() - offset - kHeadBytes) return store;
    if (type == format.type) {
      if (!store.bytes.empty() || size > kStoreBytesMax) return PictureStore();
      store.bytes = TRY(picture.Read(offset + kHeadBytes, size));
      store.begin = offset;
      store.end = std::min(offset + kHeadBytes + size + format.tail_bytes, picture.size());
    }
    offset += kHeadBytes + size + format.tail_bytes + (format.little_endian ? size % 2 : 0);
  }
  return PictureStore();
}

// One APP11 segment of JUMBF (ISO/IEC 19566-5, annex D): "JP", a number of the box, a number of the
// packet, and the box, whose header is repeated in each packet.
struct Packet {
  std::string box_number;
  uint64_t number;
  std::string content;  // of the box; with its header in the first packet only
};

std::optional<Packet> ParsePacket(std::string_view segment) {
  constexpr size_t kHeadBytes = 2 + 2 + 4, kBoxHeaderBytes = 8;
  if (segment.size() < kHeadBytes + kBoxHeaderBytes || !segment.starts_with("JP")) {
    return std::nullopt;
  }
  const uint64_t number = GetBigEndian(segment.substr(4, 4));
  const size_t skipped = kHeadBytes + (number == 1 ? 0 : kBoxHeaderBytes);
  return Packet{std::string(segment.substr(2, 2)), number, std::string(segment.substr(skipped))};
}

Result<PictureStore> FindSegments(const ByteSource& picture) {
  constexpr uint8_t kStartOfScan = 0xda, kApp11 = 0xeb;
  PictureStore store;
  std::string box_number;
  uint64_t packets = 0, offset = 2;
  for (size_t parts = 0; parts < kPartsMax; ++parts) {
    const Result<std::string> read = ReadOrNothing(picture, offset, 4);
    if (!read.ok()) return read.error();
    const std::string_view head = read.value();
    if (head.empty() || head[0] != '\xff') return store;
    const uint8_t marker = static_cast<uint8_t>(head[1]);
    const uint64_t size = GetBigEndian(head.substr(2, 2));
    if (marker == kStartOfScan || size < 2) return store;
    const Result<std::string> segment = ReadOrNothing(picture, offset + 4, size - 2);
    if (!segment.ok()) return segment.error();
    if (segment->size() != size - 2) return PictureStore();
    const std::optional<Packet> packet =
        marker == kApp11 ? ParsePacket(segment.value()) : std::nullopt;
    const uint64_t end = offset + 2 + size;
    if (packet.has_value()) {
      const bool begins = store.bytes.empty();
      const bool goes_on =
          packet->number == packets + 1 && store.end == offset && packet->box_number == box_number;
      // A second box of JUMBF, or packets out of order.
      if (begins ? packet->number != 1 : !goes_on) return PictureStore();
      if (begins) store.begin = offset;
      if (begins) box_number = packet->box_number;
      if (store.bytes.size() + packet->content.size() > kStoreBytesMax) return PictureStore();
      store.bytes += packet->content;
      store.end = end;
      packets = packet->number;
    }
    offset = end;
  }
  return PictureStore();
}

}  // namespace

Result<PictureStore> FindPictureStore(const ByteSource& picture) {
  const Result<std::string> head = ReadOrNothing(picture, 0, 12);
  if (!head.ok()) return head.error();
  const std::string_view view = head.value();
  if (view.starts_with(kPngHead)) return FindChunk(picture, {"caBX", false, 8, 4});
  if (view.starts_with("RIFF") && view.substr(8) == "WEBP") {
    return FindChunk(picture, {"C2PA", true, 12, 0});
  }
  if (view.starts_with(kJpegHead)) return FindSegments(picture);
  return PictureStore();
}

}  // namespace aozora
