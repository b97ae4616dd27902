// SPDX-License-Identifier: Apache-2.0
#include "media/libav.h"

extern "C" {
#include <libavutil/log.h>
}

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/log.h"

namespace aozora::libav {
namespace {

void WriteMessage(void* object, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_WARNING) return;
  char line[512];
  int at_line_start = 1;
  av_log_format_line2(object, level, format, arguments, line, sizeof(line), &at_line_start);
  std::string_view text(line);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  LogMessage(LogLevel::kDebug, text);
}

ErrorCode CodeOf(int code) {
  switch (code) {
    case AVERROR(ENOSPC):
    case AVERROR(EDQUOT):
    case AVERROR(EFBIG):
    case AVERROR(ENOMEM):
      return ErrorCode::kExhausted;
    case AVERROR(ENOENT):
      return ErrorCode::kNotFound;
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF:
      return ErrorCode::kCorrupt;
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR_ENCODER_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
      return ErrorCode::kUnsupported;
    case AVERROR(EINVAL):
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kIo;
  }
}

void SetShape(SwsContext* scaler, const ScalerShape& shape, const char* side) {
  const std::string prefix(side);
  const auto set = [&](const char* name, int64_t value) {
    CHECK(av_opt_set_int(scaler, (prefix + name).c_str(), value, 0) >= 0);
  };
  set("w", shape.width_px);
  set("h", shape.height_px);
  set("_format", shape.format);
  set("_range", shape.full_range ? 1 : 0);
  // Positions in 1/256 of a luma pixel; -513 leaves it to the library.
  set("_h_chr_pos", shape.left_chroma ? 0 : -513);
  set("_v_chr_pos", shape.left_chroma ? 128 : -513);
}

}  // namespace

std::string_view Options::Leftover() const {
  const AVDictionaryEntry* entry = av_dict_get(dictionary_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  return entry == nullptr ? std::string_view() : std::string_view(entry->key);
}

Error ToError(std::string_view what, int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = "unknown error";
  av_strerror(code, text, sizeof(text));
  return Error(CodeOf(code), fmt::format("{}: {}", what, text));
}

void RouteMessages() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(WriteMessage); });
}

Result<FramePtr> NewFrame(AVPixelFormat format, uint32_t width_px, uint32_t height_px) {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return Error::Exhausted("no memory for a picture");
  frame->format = format;
  frame->width = static_cast<int>(width_px);
  frame->height = static_cast<int>(height_px);
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) {
    return ToError(fmt::format("a picture of {}x{}", width_px, height_px), code);
  }
  return frame;
}

void CopyToFrame(const Image& image, AVFrame* frame) {
  CHECK_EQ(frame->format, static_cast<int>(AV_PIX_FMT_RGB24));
  CHECK_EQ(static_cast<uint32_t>(frame->width), image.width_px);
  CHECK_EQ(static_cast<uint32_t>(frame->height), image.height_px);
  for (uint32_t y = 0; y < image.height_px; ++y) {
    const auto row = image.row(y);
    std::memcpy(frame->data[0] + ptrdiff_t{frame->linesize[0]} * y, row.data(), row.size());
  }
}

void CopyToImage(const AVFrame& frame, Image* image) {
  CHECK_EQ(frame.format, static_cast<int>(AV_PIX_FMT_RGB24));
  image->width_px = static_cast<uint32_t>(frame.width);
  image->height_px = static_cast<uint32_t>(frame.height);
  const size_t row_bytes = size_t{3} * image->width_px;
  image->rgb.resize(row_bytes * image->height_px);
  for (uint32_t y = 0; y < image->height_px; ++y) {
    std::memcpy(image->rgb.data() + row_bytes * y, frame.data[0] + ptrdiff_t{frame.linesize[0]} * y,
                row_bytes);
  }
}

Result<ScalerPtr> NewScaler(const ScalerShape& from, const ScalerShape& to, int sws_flags) {
  ScalerPtr scaler(sws_alloc_context());
  if (scaler == nullptr) return Error::Exhausted("no memory for a scaler");
  SetShape(scaler.get(), from, "src");
  SetShape(scaler.get(), to, "dst");
  av_opt_set_int(scaler.get(), "sws_flags", sws_flags, 0);
  if (const int code = sws_init_context(scaler.get(), nullptr, nullptr); code < 0) {
    return ToError(fmt::format("scaling {}x{} to {}x{}", from.width_px, from.height_px, to.width_px,
                               to.height_px),
                   code);
  }
  // It refuses pairs that have no matrix (grey to grey), which need none. Contrast and saturation
  // are in 16.16 fixed point.
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(from.colorspace), from.full_range,
                           sws_getCoefficients(to.colorspace), to.full_range, 0, kOne, kOne);
  return scaler;
}

}  // namespace aozora::libav
