// SPDX-License-Identifier: Apache-2.0
#include "codec.h"

#include "media/libav.h"

namespace aozora::marks {
namespace {

constexpr int kFramesPerSecond = 24;
constexpr int kThreads = 2;

void SetQuality(const CodecChoice& choice, libav::Options& options, AVCodecContext& context) {
  if (choice.name == "libx264") {
    options.Set("preset", "medium");
    options.Set("crf", int64_t{choice.quality});
  } else if (choice.name == "libx265") {
    options.Set("preset", "fast");
    options.Set("crf", int64_t{choice.quality});
    options.Set("x265-params", "log-level=none:pools=2");
  } else if (choice.name == "libsvtav1") {
    options.Set("preset", int64_t{8});
    options.Set("crf", int64_t{choice.quality});
  } else {
    options.Set("deadline", "good");
    options.Set("cpu-used", int64_t{5});
    options.Set("crf", int64_t{choice.quality});
    context.bit_rate = 0;
  }
}

class Codec {
 public:
  Status Open(const CodecChoice& choice, int width, int height) {
    const AVCodec* const encoder = avcodec_find_encoder_by_name(choice.name.c_str());
    if (encoder == nullptr) return Error::Unsupported("no {}", choice.name);
    encoder_.reset(avcodec_alloc_context3(encoder));
    encoder_->width = width;
    encoder_->height = height;
    encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder_->time_base = {1, kFramesPerSecond};
    encoder_->framerate = {kFramesPerSecond, 1};
    encoder_->thread_count = kThreads;
    encoder_->colorspace = AVCOL_SPC_BT709;
    libav::Options options;
    SetQuality(choice, options, *encoder_);
    int code = avcodec_open2(encoder_.get(), encoder, options.get());
    if (code < 0) return libav::ToError("opening " + choice.name, code);

    const AVCodec* const decoder = avcodec_find_decoder(encoder->id);
    if (decoder == nullptr) return Error::Unsupported("no decoder for {}", choice.name);
    decoder_.reset(avcodec_alloc_context3(decoder));
    decoder_->thread_count = kThreads;
    code = avcodec_open2(decoder_.get(), decoder, nullptr);
    if (code < 0) return libav::ToError("opening a decoder", code);

    rgb_ = TRY(libav::NewFrame(AV_PIX_FMT_RGB24, static_cast<uint32_t>(width),
                               static_cast<uint32_t>(height)));
    const libav::ScalerShape yuv = {AV_PIX_FMT_YUV420P, width, height, SWS_CS_ITU709, false, true};
    const libav::ScalerShape rgb = {AV_PIX_FMT_RGB24, width, height, SWS_CS_ITU709, true, false};
    constexpr int kFlags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP;
    to_yuv_ = TRY(libav::NewScaler(rgb, yuv, kFlags));
    to_rgb_ = TRY(libav::NewScaler(yuv, rgb, kFlags | SWS_FULL_CHR_H_INT));
    packet_.reset(av_packet_alloc());
    decoded_.reset(av_frame_alloc());
    return Ok();
  }

  Status Encode(const Image* frame, std::vector<Image>* out) {
    libav::FramePtr yuv;
    if (frame != nullptr) {
      const Image even = Even(*frame);
      libav::CopyToFrame(even, rgb_.get());
      yuv = TRY(libav::NewFrame(AV_PIX_FMT_YUV420P, even.width_px, even.height_px));
      sws_scale(to_yuv_.get(), rgb_->data, rgb_->linesize, 0, rgb_->height, yuv->data,
                yuv->linesize);
      yuv->pts = count_++;
    }
    int code = avcodec_send_frame(encoder_.get(), yuv.get());
    if (code < 0) return libav::ToError("encoding", code);
    while ((code = avcodec_receive_packet(encoder_.get(), packet_.get())) >= 0) {
      TRY(Decode(packet_.get(), out));
      av_packet_unref(packet_.get());
    }
    if (frame == nullptr) TRY(Decode(nullptr, out));
    return Ok();
  }

 private:
  Image Even(const Image& frame) const {
    const uint32_t width = static_cast<uint32_t>(encoder_->width);
    const uint32_t height = static_cast<uint32_t>(encoder_->height);
    if (frame.width_px == width && frame.height_px == height) return frame;
    Image even = Image::Black(width, height);
    for (uint32_t y = 0; y < height; ++y) {
      const auto row = frame.row(y).first(size_t{3} * width);
      std::copy(row.begin(), row.end(), even.rgb.begin() + ptrdiff_t{3} * width * y);
    }
    return even;
  }

  Status Decode(const AVPacket* packet, std::vector<Image>* out) {
    int code = avcodec_send_packet(decoder_.get(), packet);
    if (code < 0) return libav::ToError("decoding", code);
    while ((code = avcodec_receive_frame(decoder_.get(), decoded_.get())) >= 0) {
      const libav::FramePtr rgb =
          TRY(libav::NewFrame(AV_PIX_FMT_RGB24, static_cast<uint32_t>(rgb_->width),
                              static_cast<uint32_t>(rgb_->height)));
      sws_scale(to_rgb_.get(), decoded_->data, decoded_->linesize, 0, decoded_->height, rgb->data,
                rgb->linesize);
      out->emplace_back();
      libav::CopyToImage(*rgb, &out->back());
    }
    return Ok();
  }

  libav::CodecPtr encoder_, decoder_;
  libav::ScalerPtr to_yuv_, to_rgb_;
  libav::FramePtr rgb_, decoded_;
  libav::PacketPtr packet_;
  int64_t count_ = 0;
};

}  // namespace

bool HasEncoder(const std::string& name) {
  return avcodec_find_encoder_by_name(name.c_str()) != nullptr;
}

Result<std::vector<Image>> ThroughCodec(const std::vector<Image>& frames,
                                        const CodecChoice& choice) {
  libav::RouteMessages();
  CHECK(!frames.empty());
  Codec codec;
  TRY(codec.Open(choice, static_cast<int>(frames[0].width_px & ~1u),
                 static_cast<int>(frames[0].height_px & ~1u)));
  std::vector<Image> out;
  for (const Image& frame : frames) TRY(codec.Encode(&frame, &out));
  TRY(codec.Encode(nullptr, &out));
  if (out.size() != frames.size()) {
    return Error::Corrupt("{} frames became {}", frames.size(), out.size());
  }
  return out;
}

}  // namespace aozora::marks
