// SPDX-License-Identifier: Apache-2.0
#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include <cstring>
#include <memory>

#include "base/file.h"
#include "media/image_io.h"
#include "media/orientation.h"

namespace aozora {
namespace {

const uint8_t* Data(Bytes bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

bool StartsWith(Bytes bytes, std::string_view magic, size_t at = 0) {
  return bytes.size() >= at + magic.size() &&
         std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

Status CheckSize(uint64_t width_px, uint64_t height_px, const ImageLimits& limits) {
  if (width_px == 0 || height_px == 0) return Error::Corrupt("a picture without pixels");
  if (width_px <= limits.side_px_max && height_px <= limits.side_px_max &&
      width_px * height_px <= limits.pixels_max) {
    return Ok();
  }
  return Error::Exhausted("the picture has {}x{} pixels; at most {} a side and {} in all are read",
                          width_px, height_px, limits.side_px_max, limits.pixels_max);
}

// Lays interleaved RGBA (not premultiplied) on white.
Image OnWhite(const std::vector<uint8_t>& rgba, uint32_t width_px, uint32_t height_px) {
  Image image = Image::Black(width_px, height_px);
  for (size_t pixel = 0; pixel < size_t{width_px} * height_px; ++pixel) {
    const uint32_t alpha = rgba[4 * pixel + 3];
    for (size_t channel = 0; channel < 3; ++channel) {
      const uint32_t blended = rgba[4 * pixel + channel] * alpha + 255 * (255 - alpha);
      image.rgb[3 * pixel + channel] = static_cast<uint8_t>((blended + 127) / 255);
    }
  }
  return image;
}

Result<Image> DecodePng(Bytes content, const ImageLimits& limits) {
  png_image header;
  std::memset(&header, 0, sizeof(header));
  header.version = PNG_IMAGE_VERSION;
  const auto free_header = [](png_image* image) { png_image_free(image); };
  const std::unique_ptr<png_image, decltype(free_header)> owner(&header, free_header);
  if (png_image_begin_read_from_memory(&header, content.data(), content.size()) == 0) {
    return Error::Corrupt("{}", header.message);
  }
  TRY(CheckSize(header.width, header.height, limits));
  header.format = PNG_FORMAT_RGBA;
  std::vector<uint8_t> rgba(PNG_IMAGE_SIZE(header));
  if (png_image_finish_read(&header, nullptr, rgba.data(), 0, nullptr) == 0) {
    return Error::Corrupt("{}", header.message);
  }
  return OnWhite(rgba, header.width, header.height);
}

Result<Image> DecodeJpeg(Bytes content, const ImageLimits& limits) {
  const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), tjDestroy);
  if (decoder == nullptr) return Error::Exhausted("no memory for a JPEG decoder");
  int width_px = 0;
  int height_px = 0;
  int subsampling = 0;
  int colorspace = 0;
  if (tjDecompressHeader3(decoder.get(), Data(content), content.size(), &width_px, &height_px,
                          &subsampling, &colorspace) != 0) {
    return Error::Corrupt("{}", tjGetErrorStr2(decoder.get()));
  }
  CHECK(width_px >= 0 && height_px >= 0);
  TRY(CheckSize(static_cast<uint64_t>(width_px), static_cast<uint64_t>(height_px), limits));
  if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK) {
    return Error::Unsupported("its colours are CMYK; save it as RGB");
  }
  Image image = Image::Black(static_cast<uint32_t>(width_px), static_cast<uint32_t>(height_px));
  // Cut files only warn; hundreds of scans over the same pixels are how a small file costs minutes.
  constexpr int kFlags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT;
  if (tjDecompress2(decoder.get(), Data(content), content.size(), image.rgb.data(), width_px, 0,
                    height_px, TJPF_RGB, kFlags) != 0) {
    return Error::Corrupt("{}", tjGetErrorStr2(decoder.get()));
  }
  return ApplyOrientation(std::move(image), JpegOrientation(content));
}

std::string_view WebPStatusText(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OK:
      return "no error";
    case VP8_STATUS_OUT_OF_MEMORY:
      return "no memory";
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "the file is cut off";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "an unknown feature";
    default:
      return "damaged data";
  }
}

Result<Image> DecodeWebP(Bytes content, const ImageLimits& limits) {
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(Data(content), content.size(), &features);
  if (status != VP8_STATUS_OK) return Error::Corrupt("{}", WebPStatusText(status));
  if (features.has_animation != 0) {
    return Error::Unsupported("it is animated; send a still picture");
  }
  CHECK(features.width >= 0 && features.height >= 0);
  const uint32_t width_px = static_cast<uint32_t>(features.width);
  const uint32_t height_px = static_cast<uint32_t>(features.height);
  TRY(CheckSize(width_px, height_px, limits));
  std::vector<uint8_t> rgba(size_t{4} * width_px * height_px);
  if (WebPDecodeRGBAInto(Data(content), content.size(), rgba.data(), rgba.size(),
                         features.width * 4) == nullptr) {
    // That call keeps the reason to itself; nearly always the file is too short.
    return Error::Corrupt("damaged or cut off");
  }
  return OnWhite(rgba, width_px, height_px);
}

}  // namespace

std::string_view ImageFormatName(ImageFormat format) {
  switch (format) {
    case ImageFormat::kPng:
      return "PNG";
    case ImageFormat::kJpeg:
      return "JPEG";
    case ImageFormat::kWebp:
      return "WebP";
  }
  internal::CheckFailed(__FILE__, __LINE__, "a known format", "");
}

std::string_view ImageMediaType(ImageFormat format) {
  switch (format) {
    case ImageFormat::kPng:
      return "image/png";
    case ImageFormat::kJpeg:
      return "image/jpeg";
    case ImageFormat::kWebp:
      return "image/webp";
  }
  CHECK(false);
}

std::optional<ImageFormat> SniffImageFormat(Bytes content) {
  if (StartsWith(content, "\x89PNG\r\n\x1a\n")) return ImageFormat::kPng;
  if (StartsWith(content, "\xff\xd8\xff")) return ImageFormat::kJpeg;
  if (StartsWith(content, "RIFF") && StartsWith(content, "WEBP", 8)) return ImageFormat::kWebp;
  return std::nullopt;
}

Result<Image> DecodeImage(Bytes content, const ImageLimits& limits) {
  if (content.size() > limits.bytes_max) {
    return Error::Exhausted("the picture has {}; at most {} are read", HumanBytes(content.size()),
                            HumanBytes(limits.bytes_max));
  }
  const std::optional<ImageFormat> format = SniffImageFormat(content);
  if (!format) return Error::Unsupported("not a PNG, JPEG or WebP picture");
  switch (*format) {
    case ImageFormat::kPng:
      return TRY_WITHIN("PNG", DecodePng(content, limits));
    case ImageFormat::kJpeg:
      return TRY_WITHIN("JPEG", DecodeJpeg(content, limits));
    case ImageFormat::kWebp:
      return TRY_WITHIN("WebP", DecodeWebP(content, limits));
  }
  CHECK(false);
}

Result<Image> ReadImage(const std::filesystem::path& path, const ImageLimits& limits) {
  const std::string content = TRY(ReadFile(path, limits.bytes_max));
  return TRY_WITHIN(path.string(), DecodeImage(std::as_bytes(std::span(content)), limits));
}

}  // namespace aozora
