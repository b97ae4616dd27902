// SPDX-License-Identifier: Apache-2.0
// The VAE of Wan 2.1 (Wan2.2, wan/modules/vae2_1.py). Four levels; the widths are the tensors' own.
#include "models/wan/vae_decoder.h"
#include "models/wan/vae_encoder.h"

namespace aozora::wan {
namespace {

// The modules of all levels stand in one row: blocks, and what doubles or halves, which the last
// level lacks.
int ModuleOf(int level, int part, int block_count) { return level * (block_count + 1) + part; }
int LastModuleOf(int level, int block_count) {
  const bool last = level + 1 == kVaeLevelCount;
  return ModuleOf(level, last ? block_count - 1 : block_count, block_count);
}

class Vae21Decoder : public VaeDecoder {
  const LatentScale& scale() const override { return kLatentScale21; }
  int64_t head_channels() const override { return 3; }
  std::string PartName(int level, int part) const override {
    return fmt::format("decoder.upsamples.{}", ModuleOf(level, part, kVaeDecoderBlocks));
  }
  std::string StageName(int level) const override {
    return fmt::format("upsamples{}", LastModuleOf(level, kVaeDecoderBlocks));
  }
  bool has_skips() const override { return false; }
  Result<Tensor> Enlarge(Device& device, Upsample& upsample, ConstView, ConstView frame,
                         int64_t) override {
    return upsample.DoubleSpace(device, frame);
  }
  Result<Tensor> ToPicture(Device&, Tensor head) override { return head; }
};

class Vae21Encoder : public VaeEncoder {
  const LatentScale& scale() const override { return kLatentScale21; }
  int64_t space_stride() const override { return 8; }
  std::string PartName(int level, int part) const override {
    return fmt::format("encoder.downsamples.{}", ModuleOf(level, part, kVaeEncoderBlocks));
  }
  std::string StageName(int level) const override {
    return fmt::format("downsamples{}", LastModuleOf(level, kVaeEncoderBlocks));
  }
  int64_t in_channels() const override { return 3; }
  bool has_skips() const override { return false; }
  Result<Tensor> FromPicture(Device&, const CausalConv3d&, Tensor picture) override {
    return picture;
  }
};

}  // namespace

Result<std::unique_ptr<VideoDecoder>> MakeVae21Decoder(op::Device& device, TensorSet weights,
                                                       const DecoderOptions& options) {
  return MakeVaeDecoder<Vae21Decoder>(device, std::move(weights), options);
}

Result<std::unique_ptr<VideoEncoder>> MakeVae21Encoder(op::Device& device, TensorSet weights) {
  return MakeVaeEncoder<Vae21Encoder>(device, std::move(weights));
}

}  // namespace aozora::wan
