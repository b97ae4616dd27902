// SPDX-License-Identifier: Apache-2.0
#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <cstring>
#include <memory>

#include "base/file.h"
#include "media/image_io.h"

namespace aozora {
namespace {

using FileBytes = std::vector<std::byte>;

FileBytes Copy(const void* data, size_t byte_count) {
  const std::byte* bytes = static_cast<const std::byte*>(data);
  return FileBytes(bytes, bytes + byte_count);
}

Result<FileBytes> EncodePng(const Image& image) {
  png_image header;
  std::memset(&header, 0, sizeof(header));
  header.version = PNG_IMAGE_VERSION;
  header.width = image.width_px;
  header.height = image.height_px;
  header.format = PNG_FORMAT_RGB;
  FileBytes content(PNG_IMAGE_PNG_SIZE_MAX(header));
  png_alloc_size_t byte_count = content.size();
  if (png_image_write_to_memory(&header, content.data(), &byte_count, 0, image.rgb.data(), 0,
                                nullptr) == 0) {
    return Error::Invalid("writing a PNG of {}x{}: {}", image.width_px, image.height_px,
                          header.message);
  }
  content.resize(byte_count);
  return content;
}

Result<FileBytes> EncodeJpeg(const Image& image, int quality) {
  const std::unique_ptr<void, decltype(&tjDestroy)> encoder(tjInitCompress(), tjDestroy);
  if (encoder == nullptr) return Error::Exhausted("no memory for a JPEG encoder");
  unsigned char* data = nullptr;
  unsigned long byte_count = 0;  // NOLINT(google-runtime-int): the library's type
  const int code = tjCompress2(encoder.get(), image.rgb.data(), static_cast<int>(image.width_px), 0,
                               static_cast<int>(image.height_px), TJPF_RGB, &data, &byte_count,
                               TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(data, tjFree);
  if (code != 0) {
    return Error::Invalid("writing a JPEG of {}x{}: {}", image.width_px, image.height_px,
                          tjGetErrorStr2(encoder.get()));
  }
  return Copy(data, byte_count);
}

Result<FileBytes> EncodeWebP(const Image& image, int quality) {
  uint8_t* data = nullptr;
  const size_t byte_count = WebPEncodeRGB(
      image.rgb.data(), static_cast<int>(image.width_px), static_cast<int>(image.height_px),
      static_cast<int>(image.width_px) * 3, static_cast<float>(quality), &data);
  const std::unique_ptr<void, decltype(&WebPFree)> owner(data, WebPFree);
  if (byte_count == 0) {
    return Error::Invalid("writing a WebP of {}x{} failed; its sides are at most {}",
                          image.width_px, image.height_px, WEBP_MAX_DIMENSION);
  }
  return Copy(data, byte_count);
}

}  // namespace

Result<FileBytes> EncodeImage(const Image& image, ImageFormat format, int quality) {
  CHECK(quality >= 1 && quality <= 100);
  CHECK(image.width_px >= 1 && image.height_px >= 1);
  CHECK_EQ(image.rgb.size(), size_t{3} * image.width_px * image.height_px);
  switch (format) {
    case ImageFormat::kPng:
      return EncodePng(image);
    case ImageFormat::kJpeg:
      return EncodeJpeg(image, quality);
    case ImageFormat::kWebp:
      return EncodeWebP(image, quality);
  }
  internal::CheckFailed(__FILE__, __LINE__, "a known format", "");
}

Status WriteImage(const std::filesystem::path& path, const Image& image, ImageFormat format,
                  int quality) {
  return WriteFileAtomically(path, TRY(EncodeImage(image, format, quality)));
}

}  // namespace aozora
