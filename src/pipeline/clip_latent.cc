// SPDX-License-Identifier: Apache-2.0
#include "pipeline/clip_latent.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/hash.h"
#include "pipeline/latent_frames.h"
#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

constexpr std::string_view kFormat = "aozora clip latent 1";
constexpr size_t kModelBytesMax = 256;

std::string TensorName(size_t index) { return fmt::format("piece{}", index); }
std::string SkippedKey(size_t index) { return fmt::format("piece{}.skipped", index); }
std::string DeliveredKey(size_t index) { return fmt::format("piece{}.delivered", index); }

Result<std::string> Text(const TensorFile& file, const std::string& key, size_t bytes_max) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end() || found->second.size() > bytes_max) {
    return Error::Corrupt("has no '{}', or too long a one", key);
  }
  return found->second;
}

Result<uint32_t> FrameNumber(const TensorFile& file, const std::string& key, uint32_t least) {
  const std::string text = TRY(Text(file, key, 10));
  uint32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < least ||
      number > kFrameCountMax) {
    return Error::Corrupt("{}: is '{}' and must be {} to {}", key, text, least, kFrameCountMax);
  }
  return number;
}

Result<LatentSize> SizeOf(const StoredTensor& tensor) {
  const Shape& shape = tensor.weight.view.shape();
  bool fits = shape.rank() == 4 && tensor.weight.view.dtype() == DType::kF32;
  for (int axis = 0; fits && axis < 4; ++axis) {
    fits = shape[axis] >= 1 && shape[axis] <= ClipLatent::kLatentSideMax;
  }
  if (!fits) {
    return Error::Corrupt("{}: is {} and must be f32 with four sides of 1 to {}", tensor.name,
                          ToString(shape), ClipLatent::kLatentSideMax);
  }
  const auto side = [&](int axis) { return static_cast<uint32_t>(shape[axis]); };
  return LatentSize{side(0), side(1), side(2), side(3)};
}

Result<ClipLatent::Piece> ReadPiece(const TensorFile& file, size_t index) {
  const StoredTensor* tensor = file.Find(TensorName(index));
  if (tensor == nullptr) return Error::Corrupt("has no {}", TensorName(index));
  ClipLatent::Piece piece;
  piece.size = TRY(SizeOf(*tensor));
  piece.frames_skipped = TRY(FrameNumber(file, SkippedKey(index), 0));
  piece.frames_delivered = TRY(FrameNumber(file, DeliveredKey(index), 1));
  piece.values.resize(piece.size.count());
  DecodeValues(tensor->weight, 0, static_cast<int64_t>(piece.values.size()), piece.values.data());
  if (!std::all_of(piece.values.begin(), piece.values.end(),
                   [](float value) { return std::isfinite(value); })) {
    return Error::Corrupt("{}: has values that are no numbers", tensor->name);
  }
  return piece;
}

Result<ClipLatent> Read(const TensorFile& file) {
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != kFormat) {
    return Error::Invalid(
        "is no latent of a clip that this program can read: keep one when a clip "
        "is made");
  }
  if (file.tensors.empty() || file.tensors.size() > ClipLatent::kPiecesMax) {
    return Error::Corrupt("has {} pieces: must be 1 to {}", file.tensors.size(),
                          ClipLatent::kPiecesMax);
  }
  ClipLatent clip;
  clip.model = TRY(Text(file, "model", kModelBytesMax));
  const auto settings = file.metadata.find("settings");
  if (settings == file.metadata.end()) return Error::Corrupt("has no settings");
  clip.settings = TRY_WITHIN("settings", ParseSettings(settings->second));
  uint64_t delivered = 0;
  for (size_t index = 0; index < file.tensors.size(); ++index) {
    clip.pieces.push_back(TRY(ReadPiece(file, index)));
    delivered += clip.pieces.back().frames_delivered;
    const LatentSize &first = clip.pieces[0].size, &size = clip.pieces.back().size;
    if (size.channel_count != first.channel_count || size.height != first.height ||
        size.width != first.width) {
      return Error::Corrupt("pieces 0 and {} differ in size", index);
    }
  }
  if (delivered != clip.settings.clip.frame_count) {
    return Error::Corrupt("its pieces have {} pictures, its clip {}", delivered,
                          clip.settings.clip.frame_count);
  }
  return clip;
}

std::string_view BytesOf(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

ClipLatent::Piece ClipLatent::Piece::Start(const LatentGeometry& geometry,
                                           uint32_t delivered) const {
  CHECK(delivered >= 1 && delivered <= frames_delivered);
  Piece start = {size, {}, frames_skipped, delivered};
  start.size.frame_count =
      std::min(size.frame_count, geometry.LatentFrames(frames_skipped + delivered));
  start.values = LatentFramesOf(values, size, 0, start.size.frame_count);
  return start;
}

ClipLatent ClipLatent::Start(const LatentGeometry& geometry, uint32_t frame_count) const {
  CHECK(frame_count >= 1 && frame_count <= settings.clip.frame_count);
  ClipLatent start;
  start.settings = settings;
  start.settings.clip.frame_count = frame_count;
  start.model = model;
  uint32_t left = frame_count;
  for (auto piece = pieces.begin(); left > 0; ++piece) {
    CHECK(piece != pieces.end());
    start.pieces.push_back(piece->Start(geometry, std::min(left, piece->frames_delivered)));
    left -= start.pieces.back().frames_delivered;
  }
  return start;
}

std::string ClipLatent::Hash() const {
  std::string all = fmt::format("{}\n{}\n", model, SettingsJson(settings));
  for (const Piece& piece : pieces) {
    all += fmt::format("{} {} {} {} {} {} {}\n", piece.size.channel_count, piece.size.frame_count,
                       piece.size.height, piece.size.width, piece.frames_skipped,
                       piece.frames_delivered, Sha256Hex(BytesOf(piece.values)));
  }
  return Sha256Hex(all);
}

Status ClipLatent::Save(const std::filesystem::path& path) const {
  std::vector<SafetensorsWriter::Declaration> tensors;
  std::map<std::string, std::string> metadata = {
      {"format", std::string(kFormat)}, {"model", model}, {"settings", SettingsJson(settings)}};
  for (size_t index = 0; index < pieces.size(); ++index) {
    const Piece& piece = pieces[index];
    CHECK_EQ(piece.values.size(), piece.size.count());
    tensors.push_back({TensorName(index), DType::kF32,
                       Shape{piece.size.channel_count, piece.size.frame_count, piece.size.height,
                             piece.size.width}});
    metadata[SkippedKey(index)] = std::to_string(piece.frames_skipped);
    metadata[DeliveredKey(index)] = std::to_string(piece.frames_delivered);
  }
  SafetensorsWriter writer = TRY(SafetensorsWriter::Create(path, tensors, metadata));
  for (size_t index = 0; index < pieces.size(); ++index) {
    TRY(writer.AppendF32(TensorName(index), pieces[index].values));
  }
  return writer.Finish();
}

Result<ClipLatent> ClipLatent::Load(const std::filesystem::path& path) {
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) return Error::NotFound("{}: {}", path.string(), error.message());
  if (bytes > kFileBytesMax) {
    return Error::Invalid("{}: is {}, at most {} are read", path.string(), HumanBytes(bytes),
                          HumanBytes(kFileBytesMax));
  }
  const TensorFile file = TRY(OpenSafetensors(path));
  return TRY_WITHIN(path.string(), Read(file));
}

}  // namespace aozora
