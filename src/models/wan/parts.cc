// SPDX-License-Identifier: Apache-2.0
#include "models/wan/parts.h"

#include <algorithm>

#include "base/ascii.h"

namespace aozora::wan {
namespace {

constexpr int64_t kVae21Channels = 16;
constexpr int64_t kVae22Channels = 48;

struct Candidate {
  const TensorFile* file;
  NetworkLayout layout;
  bool named;  // given by itself
};

std::vector<Candidate> FindCandidates(const Checkpoint& checkpoint, Network network) {
  std::vector<Candidate> found;
  for (size_t i = 0; i < checkpoint.files.size(); ++i) {
    const TensorFile& file = checkpoint.files[i];
    for (const NetworkLayout& layout : FindNetworks(file)) {
      if (layout.network != network) continue;
      found.push_back({&file, layout, i < checkpoint.named_count});
      break;
    }
  }
  return found;
}

std::string ListOf(const std::vector<Candidate>& candidates) {
  std::string list;
  for (const Candidate& candidate : candidates) {
    list += (list.empty() ? "" : ", ") + candidate.file->path.string();
  }
  return list;
}

// Narrows candidates down to one, or none if there are none.
Result<std::optional<Candidate>> Choose(std::vector<Candidate> candidates, std::string_view part,
                                        std::string_view option) {
  if (candidates.empty()) return std::optional<Candidate>();
  const auto named = std::find_if(candidates.begin(), candidates.end(),
                                  [](const Candidate& candidate) { return candidate.named; });
  if (named != candidates.end()) return std::optional(*named);
  if (candidates.size() > 1) {
    std::vector<Candidate> own;
    for (const Candidate& candidate : candidates) {
      const std::string name = LowerAscii(candidate.file->path.filename().string());
      const bool ours = name.find("wan") != std::string::npos ||
                        name.find("taew") != std::string::npos ||
                        name.find("umt5") != std::string::npos;
      if (ours) own.push_back(candidate);
    }
    if (own.size() == 1) return std::optional(own.front());
    return Error::Invalid("several files could be the {}: {}; name one with {}", part,
                          ListOf(candidates), option);
  }
  return std::optional(candidates.front());
}

Result<Part> MakePart(const Candidate& candidate) {
  const NameMap map = CanonicalNames(*candidate.file, candidate.layout);
  TensorSet set = TRY(MakeTensorSet(*candidate.file, map));
  return Part{candidate.layout, candidate.file, std::move(set)};
}

Result<std::optional<Part>> FindPart(std::vector<Candidate> candidates, std::string_view part,
                                     std::string_view option) {
  const std::optional<Candidate> chosen = TRY(Choose(std::move(candidates), part, option));
  if (!chosen) return std::optional<Part>();
  return std::optional<Part>(TRY(MakePart(*chosen)));
}

// One denoiser, or the two halves of a pair in their order.
Result<std::vector<Candidate>> ChooseDenoisers(std::vector<Candidate> found) {
  if (found.empty()) return Error::NotFound("no denoiser of Wan in the checkpoint");
  if (std::any_of(found.begin(), found.end(), [](const Candidate& c) { return c.named; })) {
    std::erase_if(found, [](const Candidate& c) { return !c.named; });
  }
  if (found.size() == 1) {
    const Half half = HalfOf(found[0].file->path);
    if (half == Half::kNone) return found;
    return Error::NotFound("{} is one of two experts; put the one for {} noise beside it",
                           found[0].file->path.string(), half == Half::kHigh ? "little" : "much");
  }
  if (found.size() == 2) {
    if (HalfOf(found[0].file->path) == Half::kLow) std::swap(found[0], found[1]);
    const bool first =
        HalfOf(found[0].file->path) == Half::kHigh ||
        LowerAscii(found[0].file->path.parent_path().filename().string()) == "transformer";
    if (first && HalfOf(found[1].file->path) == Half::kLow) return found;
  }
  return Error::Invalid("several denoisers: {}; name one with --model", ListOf(found));
}

int64_t LatentChannels(const TensorSet& denoiser) {
  const Weight* head = denoiser.Find("head.head.weight");
  return head == nullptr || head->view.shape().rank() != 2 ? 0 : head->view.dim(0) / 4;
}

// A plain tiny decoder begins with a clamp and a convolution, a "super" one with the convolution.
int64_t TinyVaeChannels(const TensorFile& file) {
  for (const char* name : {"decoder.0.weight", "decoder.1.weight"}) {
    const StoredTensor* tensor = file.Find(name);
    if (tensor != nullptr && tensor->weight.view.shape().rank() == 4) {
      return tensor->weight.view.dim(1);
    }
  }
  return 0;
}

}  // namespace

Half HalfOf(const std::filesystem::path& path) {
  const std::string folder = LowerAscii(path.parent_path().filename().string());
  const std::string name = LowerAscii(path.filename().string());
  if (folder == "transformer_2") return Half::kLow;
  for (const std::string& text : {name, folder}) {
    for (const char* mark : {"high_noise", "highnoise", "high-noise", "_high_", "-high-"}) {
      if (text.find(mark) != std::string::npos) return Half::kHigh;
    }
    for (const char* mark : {"low_noise", "lownoise", "low-noise", "_low_", "-low-"}) {
      if (text.find(mark) != std::string::npos) return Half::kLow;
    }
  }
  return Half::kNone;
}

bool HasDenoiser(const Checkpoint& checkpoint) {
  return !FindCandidates(checkpoint, Network::kDit).empty();
}

Result<Parts> FindParts(const Checkpoint& checkpoint) {
  Parts parts;
  const std::vector<Candidate> denoisers =
      TRY(ChooseDenoisers(FindCandidates(checkpoint, Network::kDit)));
  for (const Candidate& candidate : denoisers) {
    parts.denoisers.push_back(TRY(MakePart(candidate)));
  }
  parts.text_encoder =
      TRY(FindPart(FindCandidates(checkpoint, Network::kUmt5), "text encoder", "--text-encoder"));
  const int64_t channels = LatentChannels(parts.denoisers[0].weights);
  if (channels == kVae21Channels || channels == kVae22Channels) {
    const Network vae = channels == kVae21Channels ? Network::kVae21 : Network::kVae22;
    parts.vae = TRY(FindPart(FindCandidates(checkpoint, vae), "VAE", "--vae"));
  }
  std::vector<Candidate> tiny = FindCandidates(checkpoint, Network::kTinyVae);
  std::erase_if(tiny, [&](const Candidate& c) { return TinyVaeChannels(*c.file) != channels; });
  parts.tiny_vae = TRY(FindPart(std::move(tiny), "tiny decoder", "--tiny-decoder"));
  return parts;
}

std::string UnsupportedKind(const TensorSet& denoiser) {
  struct Kind {
    std::string_view tensor;
    std::string_view name;
  };
  // From the most special to the most general.
  static constexpr Kind kKinds[] = {
      {"vace_blocks.0.before_proj.weight", "VACE (video editing)"},
      {"vace_patch_embedding.weight", "VACE (video editing)"},
      {"motion_encoder.dec.direction.weight", "Animate (character animation)"},
      {"pose_patch_embedding.weight", "Animate (character animation)"},
      {"casual_audio_encoder.weights", "S2V (sound to video)"},
      {"audio_proj.audio_proj_glob_1.layer.bias", "HuMo (sound-driven video)"},
      {"control_adapter.conv.weight", "Fun Camera (camera control)"},
      {"ref_conv.weight", "Fun Control"},
      {"img_emb.emb_pos", "FLF2V (first and last frame)"},
      {"img_emb.proj.1.weight", "Wan 2.1 I2V (image to video with CLIP)"},
      {"blocks.0.cross_attn.k_img.weight", "Wan 2.1 I2V (image to video with CLIP)"},
      {"blocks.0.self_attn.q.scales", "weights quantised for MLX"},
  };
  for (const Kind& kind : kKinds) {
    if (denoiser.Has(kind.tensor)) return std::string(kind.name);
  }
  return "";
}

PartInfo Describe(std::string_view part, const Part& what, std::string sizes) {
  return DescribePart(part, *what.file, Name(what.layout.layout), what.weights, std::move(sizes));
}

}  // namespace aozora::wan
