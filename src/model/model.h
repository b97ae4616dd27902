// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/capabilities.h"
#include "model/checkpoint.h"
#include "model/components.h"
#include "weights/tensor_set.h"

namespace aozora {

class Tokenizer;  // text/tokenizer.h

enum class DecoderKind : uint8_t {
  kFull,   // what the model was trained with; frames that it remembers are kept in half precision
  kExact,  // the same, f32 throughout: for comparisons, at twice the memory
  kTiny,   // a small one made to imitate it
};

std::string_view Name(DecoderKind kind);  // "full", "exact", "tiny"
std::optional<DecoderKind> ParseDecoderKind(std::string_view name);

// What a piece of work will take, known before it starts.
struct Cost {
  double flops = 0;
  uint64_t weight_bytes = 0;   // mapped while it runs
  uint64_t scratch_bytes = 0;  // device memory besides, at its peak
};

// Latent frames in order, [C, F, h, w].
struct LatentView {
  std::span<const float> values;
  LatentSize size;
};

// A line of `aozora inspect`.
struct PartInfo {
  std::string part;  // "denoiser", "text encoder" ...
  std::string file;
  std::string layout;  // "original", "diffusers", "ComfyUI", "GGUF" ...
  std::string sizes;   // "30 layers, width 1536, 12 heads"
  std::string dtypes;  // "bf16", "q4_k 300, f32 120"
  uint64_t parameter_count = 0;
  uint64_t bytes = 0;
};

// What a part's file and tensors say about it; `layout` says whose names the tensors have.
PartInfo DescribePart(std::string_view part, const TensorFile& file, std::string_view layout,
                      const TensorSet& weights, std::string sizes);

// An opened checkpoint: everything known, nothing computed, weights mapped. Const and usable from
// any thread; the parts it opens are not. Parts are opened one after the other, and closed when
// their work is done, so that memory holds one at a time.
class Model {
 public:
  virtual ~Model() = default;
  virtual const Capabilities& capabilities() const = 0;
  virtual const Preset& preset() const = 0;
  virtual std::vector<PartInfo> parts() const = 0;
  // Hash of what decides the numbers (names, shapes, file sizes and times, LoRAs): a resumed run
  // must see the same.
  virtual std::string fingerprint() const = 0;

  virtual Result<std::unique_ptr<Tokenizer>> OpenTokenizer() const = 0;
  virtual Result<std::unique_ptr<TextEncoder>> OpenTextEncoder(op::Device& device) const = 0;
  virtual Result<std::unique_ptr<Denoiser>> OpenDenoiser(op::Device& device,
                                                         uint32_t index) const = 0;
  virtual Result<std::unique_ptr<VideoDecoder>> OpenDecoder(op::Device& device,
                                                            DecoderKind kind) const = 0;
  virtual Result<std::unique_ptr<VideoEncoder>> OpenEncoder(op::Device& device) const = 0;

  // What lies between two clips, for models whose pieces are one latent (continued_latent_count)
  // and that bridge: `frame_count` latent frames of which the last one replaces the target's first.
  // The target's may be two or more.
  virtual std::vector<float> BridgeLatents(const LatentView& source, const LatentView& target,
                                           uint32_t frame_count) const;

  virtual Cost TextEncoderCost(uint64_t token_count) const = 0;
  virtual Cost DenoiserCost(const LatentSize& latent, uint64_t text_token_count) const = 0;
  virtual Cost DecoderCost(const ClipSize& clip, DecoderKind kind) const = 0;
  virtual Cost EncoderCost(const ClipSize& clip) const = 0;
};

struct LoraChoice {
  std::filesystem::path path;
  float strength = 1;
};

// A kind of model. Stateless.
class Family {
 public:
  virtual ~Family() = default;
  virtual std::string_view name() const = 0;
  // Whether the checkpoint is of this family: by its configuration, or by the names and shapes of
  // the denoiser's tensors.
  virtual bool Recognises(const Checkpoint& checkpoint) const = 0;
  // Opens it; a missing part, or a variant that cannot be run yet, is an error that says so.
  virtual Result<std::unique_ptr<Model>> Open(Checkpoint checkpoint,
                                              std::span<const LoraChoice> loras) const = 0;
};

// Opens a model with the first family that recognises it.
Result<std::unique_ptr<Model>> OpenModel(std::span<const Family* const> families,
                                         const CheckpointPaths& paths,
                                         std::span<const LoraChoice> loras);

}  // namespace aozora
