// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/units.h"
#include "media/frame_rate.h"
#include "tensor/image.h"

namespace aozora {

struct ClipLimits {
  uint64_t bytes_max = 1_GiB;
  uint64_t pixels_max = 4096 * 2304;  // of one frame
  uint64_t frame_count_max = 120 * 120;
};

struct ClipInfo {
  uint32_t width_px = 0;  // as shown: quarter turns noted in the file are applied
  uint32_t height_px = 0;
  FrameRate frame_rate;                 // the average, clamped to what FrameRate allows
  std::optional<uint64_t> frame_count;  // as the file claims; unset when it does not say
  std::string codec;                    // "h264"
  std::string title, comment, generator;
};

// Reads the first video track of an MP4/MOV, WebM/Matroska, AVI or GIF file, one frame at a time
// and in display order; the file may come from anybody. Sound is ignored. Only `path` is opened:
// play lists and references to other files are not followed. One thread at a time.
class ClipReader {
 public:
  static Result<std::unique_ptr<ClipReader>> Open(const std::filesystem::path& path,
                                                  const ClipLimits& limits = {});
  ~ClipReader();

  const ClipInfo& info() const;

  // The next frame, or nothing at the end. All have the size of info(): a track that changes its
  // size on the way is an error, and so is one with more frames than the limit.
  Result<std::optional<Image>> Next();

 private:
  class Decoder;
  explicit ClipReader(std::unique_ptr<Decoder> decoder);
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace aozora
