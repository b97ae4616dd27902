// SPDX-License-Identifier: Apache-2.0
#include "media/clip_reader.h"

extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/file.h"
#include "media/libav.h"
#include "media/orientation.h"

namespace aozora {
namespace {

using libav::ToError;

// What people upload. Every further one is more code that hostile bytes can reach.
constexpr char kContainers[] = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif";
constexpr char kCodecs[] =
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,mpeg2video,mpeg1video,"
    "prores,mjpeg,png,ffv1,gif,rawvideo,theora,h263";
constexpr int64_t kProbeBytesMax = 8 << 20;
constexpr int kTracksMax = 64;
constexpr int kDecoderThreadCount = 2;
// Packets without a picture, one after the other, before a file is taken for garbage.
constexpr int kEmptyPacketsMax = 1000;

// The nearest rate within the limits; the library's rationals have 31 bits.
FrameRate ToFrameRate(AVRational rate) {
  if (rate.num <= 0 || rate.den <= 0) return FrameRate{};
  int numerator = 0;
  int denominator = 1;
  av_reduce(&numerator, &denominator, rate.num, rate.den, kFrameRateTermMax);
  const FrameRate exact{static_cast<uint32_t>(numerator), static_cast<uint32_t>(denominator)};
  if (exact.Validate().ok()) return exact;
  return FrameRate{av_q2d(rate) < 1 ? kFrameRateMin : kFrameRateMax, 1};
}

Orientation StreamOrientation(const AVStream& stream) {
  size_t byte_count = 0;
  const uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &byte_count);
  if (matrix == nullptr || byte_count < 9 * sizeof(int32_t)) return Orientation::kNormal;
  // Degrees counter-clockwise, or NaN for a matrix that turns nothing.
  const double degrees = av_display_rotation_get(reinterpret_cast<const int32_t*>(matrix));
  if (std::abs(degrees - 90) < 1) return Orientation::kRotateLeft;
  if (std::abs(degrees + 90) < 1) return Orientation::kRotateRight;
  if (std::abs(std::abs(degrees) - 180) < 1) return Orientation::kRotated180;
  return Orientation::kNormal;
}

std::string Tag(const AVDictionary* metadata, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(metadata, key, nullptr, 0);
  return entry == nullptr ? std::string() : std::string(entry->value);
}

// The matrix of the colours: as the frame says, else by the usual rule that HD means BT.709.
int Colorspace(const AVFrame& frame) {
  constexpr int kHdHeightPx = 720;
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
      return SWS_CS_ITU709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return SWS_CS_ITU601;
    case AVCOL_SPC_SMPTE240M:
      return SWS_CS_SMPTE240M;
    case AVCOL_SPC_FCC:
      return SWS_CS_FCC;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return SWS_CS_BT2020;
    default:
      return std::min(frame.width, frame.height) >= kHdHeightPx ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }
}

// What the conversion to RGB depends on; a hostile file may change it from frame to frame.
struct FrameKind {
  int format = AV_PIX_FMT_NONE;
  int colorspace = 0;
  int color_range = 0;
  bool operator==(const FrameKind&) const = default;
};

struct CloseInput {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};

}  // namespace

class ClipReader::Decoder {
 public:
  Decoder(std::filesystem::path path, const ClipLimits& limits)
      : path_(std::move(path)), limits_(limits) {}

  Status Open();
  Result<std::optional<Image>> Next();
  const ClipInfo& info() const { return info_; }

 private:
  Status OpenContainer();
  Status FindStreamInfo();
  Status OpenCodec();
  void FillInfo();
  Result<bool> DecodeFrame();  // into frame_; false at the end
  Status FeedPacket();         // the track's next one, or the end of it
  Result<Image> Convert();
  Error Failed(int code) const { return ToError("reading " + path_.string(), code); }

  const std::filesystem::path path_;
  const ClipLimits limits_;
  std::unique_ptr<AVFormatContext, CloseInput> format_;
  const AVStream* stream_ = nullptr;
  libav::CodecPtr codec_;
  libav::PacketPtr packet_;
  libav::FramePtr frame_;
  libav::FramePtr rgb_;
  libav::ScalerPtr to_rgb_;
  FrameKind scaler_kind_;
  Orientation orientation_ = Orientation::kNormal;
  ClipInfo info_;
  uint64_t frame_count_ = 0;
};

Status ClipReader::Decoder::OpenContainer() {
  std::error_code error;
  const uint64_t byte_count = std::filesystem::file_size(path_, error);
  if (error) return Error::NotFound("cannot read {}: {}", path_.string(), error.message());
  if (byte_count > limits_.bytes_max) {
    return Error::Exhausted("{} has {}; at most {} are read", path_.string(),
                            HumanBytes(byte_count), HumanBytes(limits_.bytes_max));
  }
  AVFormatContext* format = nullptr;
  libav::Options options;
  options.Set("format_whitelist", kContainers);
  options.Set("codec_whitelist", kCodecs);
  options.Set("protocol_whitelist", "file");
  options.Set("probesize", kProbeBytesMax);
  options.Set("max_streams", kTracksMax);
  const std::string url = "file:" + path_.string();
  const int code = avformat_open_input(&format, url.c_str(), nullptr, options.get());
  if (code < 0) {
    return Error::Unsupported(
        "{} is not a video that can be read (MP4, MOV, WebM, Matroska, AVI, "
        "GIF)",
        path_.string());
  }
  format_.reset(format);
  return FindStreamInfo();
}

// Looks into the tracks, which decodes pictures: each of the library's decoders gets our limit.
Status ClipReader::Decoder::FindStreamInfo() {
  std::vector<AVDictionary*> options(format_->nb_streams, nullptr);
  for (AVDictionary*& dictionary : options) {
    av_dict_set_int(&dictionary, "max_pixels", static_cast<int64_t>(limits_.pixels_max), 0);
  }
  const int code = avformat_find_stream_info(format_.get(), options.data());
  for (AVDictionary*& dictionary : options) av_dict_free(&dictionary);
  if (code < 0) return Failed(code);
  return Ok();
}

Status ClipReader::Decoder::OpenCodec() {
  const AVCodec* codec = nullptr;
  const int index = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
  if (index < 0 || codec == nullptr) {
    return Error::Unsupported("{} has no video track that can be read", path_.string());
  }
  stream_ = format_->streams[index];
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    if (static_cast<int>(i) != index) format_->streams[i]->discard = AVDISCARD_ALL;
  }
  codec_.reset(avcodec_alloc_context3(codec));
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  if (!codec_ || !packet_ || !frame_) return Error::Exhausted("no memory for a decoder");
  int code = avcodec_parameters_to_context(codec_.get(), stream_->codecpar);
  if (code < 0) return Failed(code);
  codec_->max_pixels = static_cast<int64_t>(limits_.pixels_max);
  codec_->thread_count = kDecoderThreadCount;
  libav::Options options;
  options.Set("codec_whitelist", kCodecs);
  code = avcodec_open2(codec_.get(), codec, options.get());
  if (code < 0) {
    return Error::Unsupported("{}: no decoder for its video track ({})", path_.string(),
                              codec->name);
  }
  return Ok();
}

void ClipReader::Decoder::FillInfo() {
  orientation_ = StreamOrientation(*stream_);
  AVRational rate = stream_->avg_frame_rate;
  if (rate.num <= 0 || rate.den <= 0) rate = stream_->r_frame_rate;
  info_.frame_rate = ToFrameRate(rate);
  if (stream_->nb_frames > 0) info_.frame_count = static_cast<uint64_t>(stream_->nb_frames);
  info_.codec = avcodec_get_name(codec_->codec_id);
  info_.title = Tag(format_->metadata, "title");
  info_.comment = Tag(format_->metadata, "comment");
  info_.generator = Tag(format_->metadata, "generator");  // WebM, as VideoWriter writes it
  if (info_.generator.empty()) info_.generator = Tag(format_->metadata, "encoder");
}

Status ClipReader::Decoder::Open() {
  TRY(OpenContainer());
  TRY(OpenCodec());
  const int width = codec_->width;
  const int height = codec_->height;
  if (width <= 0 || height <= 0) {
    return Error::Corrupt("{} does not say how large its pictures are", path_.string());
  }
  const uint64_t pixel_count = static_cast<uint64_t>(width) * static_cast<uint64_t>(height);
  if (pixel_count > limits_.pixels_max) {
    return Error::Exhausted("{} is {}x{}; at most {} pixels a frame are read", path_.string(),
                            width, height, limits_.pixels_max);
  }
  FillInfo();
  const bool swaps_sides = orientation_ >= Orientation::kTransposed;
  info_.width_px = static_cast<uint32_t>(swaps_sides ? height : width);
  info_.height_px = static_cast<uint32_t>(swaps_sides ? width : height);
  rgb_ = TRY(libav::NewFrame(AV_PIX_FMT_RGB24, static_cast<uint32_t>(width),
                             static_cast<uint32_t>(height)));
  return Ok();
}

Status ClipReader::Decoder::FeedPacket() {
  for (;;) {
    av_packet_unref(packet_.get());
    int code = av_read_frame(format_.get(), packet_.get());
    if (code == AVERROR_EOF)
      code = avcodec_send_packet(codec_.get(), nullptr);
    else if (code < 0)
      return Failed(code);
    else if (packet_->stream_index != stream_->index)
      continue;
    else
      code = avcodec_send_packet(codec_.get(), packet_.get());
    if (code < 0) return Failed(code);
    return Ok();
  }
}

Result<bool> ClipReader::Decoder::DecodeFrame() {
  for (int packet_count = 0; packet_count <= kEmptyPacketsMax; ++packet_count) {
    const int code = avcodec_receive_frame(codec_.get(), frame_.get());
    if (code == 0) return true;
    if (code == AVERROR_EOF) return false;
    if (code != AVERROR(EAGAIN)) return Failed(code);
    TRY(FeedPacket());
  }
  return Error::Corrupt("{}: {} packets in a row without a picture", path_.string(),
                        kEmptyPacketsMax);
}

Result<Image> ClipReader::Decoder::Convert() {
  const AVFrame& frame = *frame_;
  if (frame.width != rgb_->width || frame.height != rgb_->height) {
    return Error::Unsupported("{}: its pictures change from {}x{} to {}x{}", path_.string(),
                              rgb_->width, rgb_->height, frame.width, frame.height);
  }
  const FrameKind kind{frame.format, frame.colorspace, frame.color_range};
  if (to_rgb_ == nullptr || kind != scaler_kind_) {
    const bool full_range = frame.color_range == AVCOL_RANGE_JPEG;
    const bool left_chroma = frame.format == AV_PIX_FMT_YUV420P;
    to_rgb_ = TRY(
        libav::NewScaler({static_cast<AVPixelFormat>(frame.format), frame.width, frame.height,
                          Colorspace(frame), full_range, left_chroma},
                         {AV_PIX_FMT_RGB24, frame.width, frame.height, SWS_CS_ITU709, true, false},
                         SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT));
    scaler_kind_ = kind;
  }
  sws_scale(to_rgb_.get(), frame.data, frame.linesize, 0, frame.height, rgb_->data, rgb_->linesize);
  Image image;
  libav::CopyToImage(*rgb_, &image);
  return ApplyOrientation(std::move(image), orientation_);
}

Result<std::optional<Image>> ClipReader::Decoder::Next() {
  if (!TRY(DecodeFrame())) return std::optional<Image>();
  if (frame_count_ >= limits_.frame_count_max) {
    return Error::Exhausted("{} has more than {} frames", path_.string(), limits_.frame_count_max);
  }
  ++frame_count_;
  return std::optional<Image>(TRY(Convert()));
}

Result<std::unique_ptr<ClipReader>> ClipReader::Open(const std::filesystem::path& path,
                                                     const ClipLimits& limits) {
  libav::RouteMessages();
  auto decoder = std::make_unique<Decoder>(path, limits);
  TRY(decoder->Open());
  return std::unique_ptr<ClipReader>(new ClipReader(std::move(decoder)));
}

ClipReader::ClipReader(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
ClipReader::~ClipReader() = default;
const ClipInfo& ClipReader::info() const { return decoder_->info(); }
Result<std::optional<Image>> ClipReader::Next() { return decoder_->Next(); }

}  // namespace aozora
