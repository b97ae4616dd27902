// SPDX-License-Identifier: Apache-2.0
// Pictures from and to files. What a file is, its first bytes tell, never its name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "tensor/image.h"

namespace aozora {

enum class ImageFormat { kPng, kJpeg, kWebp };
std::string_view ImageFormatName(ImageFormat format);  // "PNG", "JPEG", "WebP"

// What the first bytes say it is, or nothing.
std::optional<ImageFormat> SniffImageFormat(Bytes content);
std::string_view ImageMediaType(ImageFormat format);  // "image/png"

struct ImageLimits {
  uint64_t bytes_max = 32_MiB;       // of the file
  uint64_t pixels_max = 40'000'000;  // 120 MB as an Image, 280 MB while a PNG or WebP is decoded
  uint32_t side_px_max = 16384;
};

// Decodes a PNG, JPEG or (still) WebP that may come from anybody. The size in the header is checked
// before memory is taken. A damaged or cut file is an error, never a half picture.
//  - transparent parts are laid on white, as most people see them in a browser;
//  - a JPEG is turned the way its EXIF orientation says;
//  - colours are taken as sRGB: ICC profiles are ignored, 16 bits are rounded to 8;
//  - animation and CMYK are refused.
// Any thread; cost about 20 ms a megapixel.
Result<Image> DecodeImage(Bytes content, const ImageLimits& limits = {});
Result<Image> ReadImage(const std::filesystem::path& path, const ImageLimits& limits = {});

// Quality 1..100 for JPEG and WebP (lossy); PNG ignores it. The same image gives the same bytes.
inline constexpr int kImageQualityDefault = 85;
Result<std::vector<std::byte>> EncodeImage(const Image& image, ImageFormat format,
                                           int quality = kImageQualityDefault);
// Appears whole or not at all.
Status WriteImage(const std::filesystem::path& path, const Image& image, ImageFormat format,
                  int quality = kImageQualityDefault);

}  // namespace aozora
