// SPDX-License-Identifier: Apache-2.0
#include "media/video_settings.h"

extern "C" {
#include <libavutil/cpu.h>
}

#include <array>
#include <utility>

namespace aozora {
namespace {

struct EffortRow {
  EncoderEffort effort;
  const char* name;    // also x264's preset
  int svt_av1_preset;  // 0 slowest .. 13
  int vp9_cpu_used;    // 0 slowest .. 8
};
constexpr std::array<EffortRow, 6> kEfforts = {{
    {EncoderEffort::kUltrafast, "ultrafast", 12, 8},
    {EncoderEffort::kVeryfast, "veryfast", 10, 6},
    {EncoderEffort::kFast, "fast", 9, 5},
    {EncoderEffort::kMedium, "medium", 8, 4},
    {EncoderEffort::kSlow, "slow", 6, 2},
    {EncoderEffort::kVeryslow, "veryslow", 4, 1},
}};

const EffortRow& RowOf(EncoderEffort effort) {
  for (const EffortRow& row : kEfforts) {
    if (row.effort == effort) return row;
  }
  internal::CheckFailed(__FILE__, __LINE__, "a known effort", "");
}

// x264 r3095's AVX-512 routines for macroblock-tree rate control read memory that nobody wrote when
// a row has fewer than 16 macroblocks, so that the same frames gave other bytes from run to run
// (seen with MALLOC_PERTURB_ at 160x96; gone without AVX-512 and without mbtree). AVX2 is as fast
// here.
std::string X264Params() {
  std::string params = "force-cfr=1:lookahead-threads=1";
  if ((av_get_cpu_flags() & AV_CPU_FLAG_AVX512) != 0) params += ":asm=AVX2,FMA3,BMI2";
  return params;
}

Status CheckTag(const char* name, std::string_view value) {
  if (value.size() > kVideoTagBytesMax) {
    return Error::Invalid("the {} of a video has {} bytes; at most {} are written", name,
                          value.size(), kVideoTagBytesMax);
  }
  if (value.find('\0') != std::string_view::npos) {
    return Error::Invalid("the {} of a video contains a zero byte", name);
  }
  return Ok();
}

}  // namespace

Result<EncoderEffort> ParseEncoderEffort(std::string_view name) {
  std::string names;
  for (const EffortRow& row : kEfforts) {
    if (name == row.name) return row.effort;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  }
  return Error::Invalid("\"{}\" is not an encoder effort; one of {}", name, names);
}

const EncoderChoice& ChoiceFor(VideoCodec codec) {
  static constexpr EncoderChoice kH264 = {"libx264", "mp4", 51, 18};
  static constexpr EncoderChoice kAv1 = {"libsvtav1", "mp4", 63, 28};
  static constexpr EncoderChoice kVp9 = {"libvpx-vp9", "webm", 63, 28};
  switch (codec) {
    case VideoCodec::kH264:
      return kH264;
    case VideoCodec::kAv1:
      return kAv1;
    case VideoCodec::kVp9:
      return kVp9;
  }
  internal::CheckFailed(__FILE__, __LINE__, "a known codec", "");
}

Status CheckVideoSettings(uint32_t width_px, uint32_t height_px, const VideoSettings& settings) {
  const auto side_ok = [](uint32_t px) { return px >= kVideoSidePxMin && px <= kVideoSidePxMax; };
  if (!side_ok(width_px) || !side_ok(height_px) ||
      uint64_t{width_px} * height_px > kVideoPixelsMax) {
    return Error::Invalid(
        "a video of {}x{}: sides must be {} to {} and the picture at most {} "
        "pixels",
        width_px, height_px, kVideoSidePxMin, kVideoSidePxMax, kVideoPixelsMax);
  }
  if (width_px % 2 != 0 || height_px % 2 != 0) {
    return Error::Invalid("a video of {}x{}: both sides must be even; {}x{} is", width_px,
                          height_px, width_px / 2 * 2, height_px / 2 * 2);
  }
  TRY(settings.frame_rate.Validate());
  const EncoderChoice& choice = ChoiceFor(settings.codec);
  const uint32_t factor = settings.quality_factor.value_or(choice.quality_factor_default);
  if (factor < 1 || factor > choice.quality_factor_max) {
    return Error::Invalid("quality factor {}: must be 1 (best) to {} for {}", factor,
                          choice.quality_factor_max, choice.encoder_name);
  }
  TRY(CheckTag("title", settings.title));
  TRY(CheckTag("comment", settings.comment));
  return CheckTag("generator", settings.generator);
}

void SetEncoderOptions(const VideoSettings& settings, libav::Options* options) {
  const EffortRow& effort = RowOf(settings.effort);
  const uint32_t factor =
      settings.quality_factor.value_or(ChoiceFor(settings.codec).quality_factor_default);
  options->Set("crf", factor);
  switch (settings.codec) {
    case VideoCodec::kH264:
      options->Set("preset", effort.name);
      options->Set("profile", "high");
      options->Set("x264-params", X264Params().c_str());
      return;
    case VideoCodec::kAv1:
      options->Set("preset", effort.svt_av1_preset);
      options->Set("svtav1-params", fmt::format("lp={}", kEncoderThreadCount).c_str());
      return;
    case VideoCodec::kVp9:
      options->Set("cpu-used", effort.vp9_cpu_used);
      options->Set("deadline", "good");
      options->Set("row-mt", 1);
      return;
  }
}

void SetContainerOptions(const VideoSettings& settings, libav::Options* options) {
  if (settings.codec == VideoCodec::kVp9) {
    options->Set("cues_to_front", 1);
  } else {
    options->Set("movflags", "+faststart");
  }
}

}  // namespace aozora
