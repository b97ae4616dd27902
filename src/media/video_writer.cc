// SPDX-License-Identifier: Apache-2.0
#include "media/video_writer.h"

#include <cmath>

#include "base/file.h"
#include "media/libav.h"
#include "media/video_settings.h"

namespace aozora {
namespace {

using libav::ToError;

constexpr double kGroupSeconds = 2;  // seeking lands at most this far away

void SetMetadata(const VideoSettings& settings, AVDictionary** metadata) {
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) av_dict_set(metadata, key, value.c_str(), 0);
  };
  set("title", settings.title);
  set("comment", settings.comment);
  // MP4's tag for the writing program. The WebM writer has a fixed text there when it is told to be
  // reproducible, so that ours becomes a tag of its own.
  set(settings.codec == VideoCodec::kVp9 ? "generator" : "encoding_tool", settings.generator);
}

Result<libav::CodecPtr> OpenEncoder(uint32_t width_px, uint32_t height_px,
                                    const VideoSettings& settings, bool global_header) {
  const EncoderChoice& choice = ChoiceFor(settings.codec);
  const AVCodec* codec = avcodec_find_encoder_by_name(choice.encoder_name);
  if (codec == nullptr) {
    return Error::Unsupported("this libavcodec has no {}; choose another codec",
                              choice.encoder_name);
  }
  libav::CodecPtr context(avcodec_alloc_context3(codec));
  if (context == nullptr) return Error::Exhausted("no memory for an encoder");
  const FrameRate rate = settings.frame_rate;
  context->width = static_cast<int>(width_px);
  context->height = static_cast<int>(height_px);
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->framerate = {static_cast<int>(rate.numerator), static_cast<int>(rate.denominator)};
  context->time_base = {static_cast<int>(rate.denominator), static_cast<int>(rate.numerator)};
  context->sample_aspect_ratio = {1, 1};
  context->gop_size = static_cast<int>(std::lround(kGroupSeconds * rate.per_second()));
  context->color_primaries = AVCOL_PRI_BT709;
  context->color_trc = AVCOL_TRC_BT709;
  context->colorspace = AVCOL_SPC_BT709;
  context->color_range = AVCOL_RANGE_MPEG;
  context->chroma_sample_location = AVCHROMA_LOC_LEFT;
  context->thread_count = kEncoderThreadCount;
  context->flags |= AV_CODEC_FLAG_CLOSED_GOP | AV_CODEC_FLAG_BITEXACT;
  if (global_header) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;

  libav::Options options;
  SetEncoderOptions(settings, &options);
  if (const int code = avcodec_open2(context.get(), codec, options.get()); code < 0) {
    return ToError(fmt::format("opening {}", choice.encoder_name), code);
  }
  CHECK_EQ(options.Leftover(), std::string_view());
  return context;
}

// The file being written, as libav sees it.
struct Container {
  ~Container() {
    if (context == nullptr) return;
    avio_closep(&context->pb);
    avformat_free_context(context);
  }
  Container() = default;
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  AVFormatContext* context = nullptr;
};

}  // namespace

class VideoWriter::Encoder {
 public:
  Encoder(std::filesystem::path path, AtomicFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  Status Open(uint32_t width_px, uint32_t height_px, const VideoSettings& settings);
  Status Write(const Image& frame);
  Status Finish();

 private:
  Status SendToEncoder(const AVFrame* frame);  // null: no more frames
  Status StorePackets();
  Error Failed(int code) const { return ToError("writing " + path_.string(), code); }

  const std::filesystem::path path_;
  AtomicFile file_;
  Container container_;
  AVStream* stream_ = nullptr;  // the container's
  libav::CodecPtr codec_;
  libav::ScalerPtr to_yuv_;
  libav::FramePtr rgb_;
  libav::FramePtr yuv_;
  libav::PacketPtr packet_;
  uint64_t frame_count_ = 0;
};

Status VideoWriter::Encoder::Open(uint32_t width_px, uint32_t height_px,
                                  const VideoSettings& settings) {
  const char* container_name = ChoiceFor(settings.codec).container_name;
  const std::string url = "file:" + file_.temporary_path().string();
  int code =
      avformat_alloc_output_context2(&container_.context, nullptr, container_name, url.c_str());
  if (code < 0) return Failed(code);
  AVFormatContext* const format = container_.context;
  format->flags |= AVFMT_FLAG_BITEXACT;
  codec_ = TRY(OpenEncoder(width_px, height_px, settings,
                           (format->oformat->flags & AVFMT_GLOBALHEADER) != 0));
  stream_ = avformat_new_stream(format, nullptr);
  packet_.reset(av_packet_alloc());
  if (stream_ == nullptr || packet_ == nullptr) return Error::Exhausted("no memory for a video");
  stream_->time_base = codec_->time_base;
  stream_->avg_frame_rate = codec_->framerate;
  stream_->sample_aspect_ratio = codec_->sample_aspect_ratio;
  code = avcodec_parameters_from_context(stream_->codecpar, codec_.get());
  if (code < 0) return Failed(code);
  SetMetadata(settings, &format->metadata);

  const int width = static_cast<int>(width_px);
  const int height = static_cast<int>(height_px);
  rgb_ = TRY(libav::NewFrame(AV_PIX_FMT_RGB24, width_px, height_px));
  yuv_ = TRY(libav::NewFrame(AV_PIX_FMT_YUV420P, width_px, height_px));
  to_yuv_ = TRY(libav::NewScaler({AV_PIX_FMT_RGB24, width, height, SWS_CS_ITU709, true, false},
                                 {AV_PIX_FMT_YUV420P, width, height, SWS_CS_ITU709, false, true},
                                 SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP));

  code = avio_open(&format->pb, url.c_str(), AVIO_FLAG_WRITE);
  if (code < 0) return Failed(code);
  libav::Options options;
  SetContainerOptions(settings, &options);
  code = avformat_write_header(format, options.get());
  if (code < 0) return Failed(code);
  CHECK_EQ(options.Leftover(), std::string_view());
  return Ok();
}

Status VideoWriter::Encoder::Write(const Image& frame) {
  if (frame_count_ >= kVideoFrameCountMax) {
    return Error::Invalid("{}: a video has at most {} frames", path_.string(), kVideoFrameCountMax);
  }
  libav::CopyToFrame(frame, rgb_.get());
  if (const int code = av_frame_make_writable(yuv_.get()); code < 0) return Failed(code);
  sws_scale(to_yuv_.get(), rgb_->data, rgb_->linesize, 0, rgb_->height, yuv_->data, yuv_->linesize);
  yuv_->pts = static_cast<int64_t>(frame_count_++);
  return SendToEncoder(yuv_.get());
}

Status VideoWriter::Encoder::SendToEncoder(const AVFrame* frame) {
  const int code = avcodec_send_frame(codec_.get(), frame);
  if (code < 0) return Failed(code);
  return StorePackets();
}

Status VideoWriter::Encoder::StorePackets() {
  for (;;) {
    int code = avcodec_receive_packet(codec_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return Ok();
    if (code < 0) return Failed(code);
    packet_->duration = 1;  // not every encoder says it, and the last frame's would be lost
    av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
    packet_->stream_index = stream_->index;
    code = av_interleaved_write_frame(container_.context, packet_.get());
    if (code < 0) return Failed(code);
  }
}

Status VideoWriter::Encoder::Finish() {
  if (frame_count_ == 0) return Error::Invalid("{}: a video without frames", path_.string());
  TRY(SendToEncoder(nullptr));
  AVFormatContext* const format = container_.context;
  if (const int code = av_write_trailer(format); code < 0) return Failed(code);
  avio_flush(format->pb);
  if (format->pb->error < 0) return Failed(format->pb->error);
  if (const int code = avio_closep(&format->pb); code < 0) return Failed(code);
  return file_.Commit();
}

Result<std::unique_ptr<VideoWriter>> VideoWriter::Create(const std::filesystem::path& path,
                                                         uint32_t width_px, uint32_t height_px,
                                                         const VideoSettings& settings) {
  libav::RouteMessages();
  TRY(CheckVideoSettings(width_px, height_px, settings));
  auto encoder = std::make_unique<Encoder>(path, TRY(AtomicFile::Create(path)));
  TRY(encoder->Open(width_px, height_px, settings));
  return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(encoder)));
}

VideoWriter::VideoWriter(std::unique_ptr<Encoder> encoder) : encoder_(std::move(encoder)) {}
VideoWriter::~VideoWriter() = default;

Status VideoWriter::Write(const Image& frame) {
  if (encoder_ == nullptr) return Error::Invalid("the video was already given up after an error");
  Status status = encoder_->Write(frame);
  if (!status.ok()) encoder_.reset();
  return status;
}

Status VideoWriter::Finish() {
  if (encoder_ == nullptr) return Error::Invalid("the video was already given up after an error");
  const std::unique_ptr<Encoder> encoder = std::move(encoder_);
  return encoder->Finish();
}

}  // namespace aozora
