// SPDX-License-Identifier: Apache-2.0
#include "media/orientation.h"

#include <cstring>
#include <optional>
#include <utility>

namespace aozora {
namespace {

// A TIFF block, which EXIF is, in either byte order. Reads outside of it give nothing.
class TiffReader {
 public:
  TiffReader(Bytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint32_t> Read(uint64_t at, unsigned byte_count) const {
    if (at > bytes_.size() || bytes_.size() - at < byte_count) return std::nullopt;
    uint32_t value = 0;
    for (unsigned i = 0; i < byte_count; ++i) {
      const unsigned index = big_endian_ ? i : byte_count - 1 - i;
      value = value << 8 | std::to_integer<uint32_t>(bytes_[at + index]);
    }
    return value;
  }

 private:
  Bytes bytes_;
  bool big_endian_;
};

// The orientation in the first directory of a TIFF block.
Orientation TiffOrientation(Bytes tiff) {
  if (tiff.size() < 8) return Orientation::kNormal;
  const bool big_endian = tiff[0] == std::byte{'M'};
  const TiffReader reader(tiff, big_endian);
  const uint64_t directory = reader.Read(4, 4).value_or(0);
  const uint32_t entry_count = reader.Read(directory, 2).value_or(0);
  constexpr uint64_t kEntryBytes = 12;
  constexpr uint32_t kOrientationTag = 0x0112;
  for (uint32_t i = 0; i < entry_count; ++i) {
    const uint64_t entry = directory + 2 + kEntryBytes * i;
    const std::optional<uint32_t> tag = reader.Read(entry, 2);
    if (!tag) break;
    if (*tag != kOrientationTag) continue;
    const uint32_t value = reader.Read(entry + 8, 2).value_or(0);
    if (value >= 1 && value <= 8) return static_cast<Orientation>(value);
    break;
  }
  return Orientation::kNormal;
}

}  // namespace

Orientation JpegOrientation(Bytes jpeg) {
  static constexpr char kExif[] = {'E', 'x', 'i', 'f', 0, 0};
  const TiffReader reader(jpeg, true);  // JPEG's own numbers are big-endian
  uint64_t at = 2;                      // behind the start-of-image marker
  for (;;) {
    const std::optional<uint32_t> marker = reader.Read(at, 2);
    const std::optional<uint32_t> length = reader.Read(at + 2, 2);  // counts itself
    constexpr uint32_t kStartOfScan = 0xFFDA;
    constexpr uint32_t kApp1 = 0xFFE1;
    if (!marker || !length || *length < 2 || *marker < 0xFF00 || *marker == kStartOfScan) {
      return Orientation::kNormal;
    }
    if (jpeg.size() - at - 2 < *length) return Orientation::kNormal;
    const Bytes body = jpeg.subspan(at + 4, *length - 2);
    if (*marker == kApp1 && body.size() > sizeof(kExif) &&
        std::memcmp(body.data(), kExif, sizeof(kExif)) == 0) {
      return TiffOrientation(body.subspan(sizeof(kExif)));
    }
    at += 2 + *length;
  }
}

Image ApplyOrientation(Image image, Orientation orientation) {
  if (orientation == Orientation::kNormal) return image;
  const bool swaps_sides = orientation >= Orientation::kTransposed;
  // Where the result's left and top edges lie in the stored picture.
  const bool from_right =
      orientation == Orientation::kMirrored || orientation == Orientation::kRotated180 ||
      orientation == Orientation::kTransversed || orientation == Orientation::kRotateLeft;
  const bool from_bottom =
      orientation == Orientation::kFlipped || orientation == Orientation::kRotated180 ||
      orientation == Orientation::kTransversed || orientation == Orientation::kRotateRight;
  Image turned = swaps_sides ? Image::Black(image.height_px, image.width_px)
                             : Image::Black(image.width_px, image.height_px);
  uint8_t* to = turned.rgb.data();
  for (uint32_t y = 0; y < turned.height_px; ++y) {
    for (uint32_t x = 0; x < turned.width_px; ++x, to += 3) {
      uint32_t stored_x = swaps_sides ? y : x;
      uint32_t stored_y = swaps_sides ? x : y;
      if (from_right) stored_x = image.width_px - 1 - stored_x;
      if (from_bottom) stored_y = image.height_px - 1 - stored_y;
      std::memcpy(to, image.row(stored_y).data() + size_t{3} * stored_x, 3);
    }
  }
  return turned;
}

}  // namespace aozora
