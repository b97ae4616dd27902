// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "media/frame_rate.h"
#include "pipeline/frame_sink.h"

namespace aozora {

enum class VideoCodec {
  kH264,  // MP4, plays everywhere
  kAv1,   // MP4, smallest and slowest
  kVp9,   // WebM
};

// How much time the encoder may spend, by the names that x264 made usual; each codec has its own
// scale behind it (video_settings.cc).
enum class EncoderEffort { kUltrafast, kVeryfast, kFast, kMedium, kSlow, kVeryslow };
Result<EncoderEffort> ParseEncoderEffort(std::string_view name);  // "ultrafast" ... "veryslow"

struct VideoSettings {
  VideoCodec codec = VideoCodec::kH264;
  FrameRate frame_rate;
  EncoderEffort effort = EncoderEffort::kMedium;
  // Constant quality on the codec's own scale, lower is better: 1..51 (H.264), 1..63 (others).
  // Unset: about the same, visually near lossless look for each codec.
  std::optional<uint32_t> quality_factor;
  // Tags of the file, UTF-8; an empty one is not written.
  std::string title;
  std::string comment;
  std::string generator;
};

inline constexpr uint32_t kVideoSidePxMin = 16;
inline constexpr uint32_t kVideoSidePxMax = 8192;
// 8192x4320: the largest picture of H.264 level 6.2 (ITU-T H.264, table A-1, 139,264 macroblocks).
inline constexpr uint64_t kVideoPixelsMax = 8192 * 4320;
inline constexpr uint64_t kVideoFrameCountMax = 120 * 120;  // two minutes at 120 frames per second
inline constexpr size_t kVideoTagBytesMax = 4096;

// Encodes frames into a file that appears under `path` when Finish returns, and not before: what is
// written until then has a temporary name in the same folder, removed with this object and at the
// first error. Index first (faststart), 4:2:0, 8 bits, BT.709, limited range, a closed group of
// pictures of about two seconds.
//
// The same frames and settings give the same bytes: the encoder's number of threads is a constant,
// not the machine's, and neither clock nor library version strings are written by the container.
//
// One thread at a time; the encoder's own threads work between the calls. An Error of Write or
// Finish is final: every later call fails too.
class VideoWriter : public FrameSink {
 public:
  // Fails before any work when the size, rate or settings cannot be encoded or the folder is not
  // writable. Frames of another size than width_px x height_px are a bug of the caller.
  static Result<std::unique_ptr<VideoWriter>> Create(const std::filesystem::path& path,
                                                     uint32_t width_px, uint32_t height_px,
                                                     const VideoSettings& settings);
  ~VideoWriter() override;

  Status Write(const Image& frame) override;
  Status Finish() override;

 private:
  class Encoder;
  explicit VideoWriter(std::unique_ptr<Encoder> encoder);
  std::unique_ptr<Encoder> encoder_;  // gone after an error and after Finish
};

}  // namespace aozora
