// SPDX-License-Identifier: Apache-2.0
// What VideoSettings mean to each encoder library. Private to this folder.
#pragma once

#include "media/libav.h"
#include "media/video_writer.h"

namespace aozora {

struct EncoderChoice {
  const char* encoder_name;  // libav's
  const char* container_name;
  uint32_t quality_factor_max;
  uint32_t quality_factor_default;
};
const EncoderChoice& ChoiceFor(VideoCodec codec);

// Checks everything that can be said before a library is asked.
Status CheckVideoSettings(uint32_t width_px, uint32_t height_px, const VideoSettings& settings);

void SetEncoderOptions(const VideoSettings& settings, libav::Options* options);
void SetContainerOptions(const VideoSettings& settings, libav::Options* options);

// Threads inside of the encoder. A constant, since x264's choices depend on it (a frame thread may
// only look at rows of the frame before that are done) and the same input shall give the same file
// on every machine. Four keep a small machine busy and a large one fast enough.
inline constexpr int kEncoderThreadCount = 4;

}  // namespace aozora
