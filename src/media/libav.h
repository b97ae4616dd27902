// SPDX-License-Identifier: Apache-2.0
// The seam to libav (FFmpeg): owners for its objects and its error codes as ours. Only for the .cc
// files of this folder; no public header includes it.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string_view>

#include "base/result.h"
#include "tensor/image.h"

namespace aozora::libav {

struct Free {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using FramePtr = std::unique_ptr<AVFrame, Free>;
using PacketPtr = std::unique_ptr<AVPacket, Free>;
using CodecPtr = std::unique_ptr<AVCodecContext, Free>;
using ScalerPtr = std::unique_ptr<SwsContext, Free>;

// Key-value options for an open call; what is left in it afterwards was not understood.
class Options {
 public:
  Options() = default;
  ~Options() { av_dict_free(&dictionary_); }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  void Set(const char* key, const char* value) { av_dict_set(&dictionary_, key, value, 0); }
  void Set(const char* key, int64_t value) { av_dict_set_int(&dictionary_, key, value, 0); }
  AVDictionary** get() { return &dictionary_; }
  // The first key that the library did not take, or empty.
  std::string_view Leftover() const;

 private:
  AVDictionary* dictionary_ = nullptr;
};

// "WHAT: text of the code". Full disks and spent memory are kExhausted, damaged data is kCorrupt.
Error ToError(std::string_view what, int code);

// Sends libav's own messages to the log as debug lines: what matters to the caller is in the Error.
// Process-wide and idempotent; every entry point of this folder calls it.
void RouteMessages();

// A frame with its own memory, padded as libav's vector code wants it.
Result<FramePtr> NewFrame(AVPixelFormat format, uint32_t width_px, uint32_t height_px);

// Between an Image and an RGB24 frame of the same size (checked). The copy is not a waste: vector
// code reads a few bytes past the last pixel, which an Image does not have.
void CopyToFrame(const Image& image, AVFrame* frame);
void CopyToImage(const AVFrame& frame, Image* image);

struct ScalerShape {
  AVPixelFormat format;
  int width_px;
  int height_px;
  int colorspace;    // SWS_CS_*; ignored for RGB and grey
  bool full_range;   // 0..255 rather than 16..235
  bool left_chroma;  // 4:2:0 with the chroma between the rows, above the left column (MPEG-2)
};
Result<ScalerPtr> NewScaler(const ScalerShape& from, const ScalerShape& to, int sws_flags);

}  // namespace aozora::libav
