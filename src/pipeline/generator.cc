// SPDX-License-Identifier: Apache-2.0
#include "pipeline/generator.h"

#include <algorithm>

#include "base/hash.h"
#include "pipeline/pictures.h"

namespace aozora {
namespace {

// Changes when a release computes other numbers from the same settings.
constexpr int kNumericsVersion = 1;

// Adds up finished work and says how long the rest will take: the plan's estimate, corrected by how
// long the work so far has really taken.
class ProgressMeter {
 public:
  ProgressMeter(const Plan& plan, const Clock& clock, const ProgressSink& sink)
      : plan_(plan), clock_(clock), sink_(sink), start_(clock.Seconds()) {}

  void Report(uint32_t segment, uint32_t done, uint32_t total) {
    if (!sink_) return;
    const StageCost& stage = plan_.stages[stage_index_];
    const double within = total > 0 ? static_cast<double>(done) / total : 0;
    const double planned = finished_seconds_ + stage.seconds * within;
    const double all = std::max(plan_.seconds, 1e-9);
    const double elapsed = clock_.Seconds() - start_;
    const double ahead = std::max(all - planned - skipped_seconds_, 0.0);
    const double pace = planned > 0.1 * all ? elapsed / planned : 1.0;
    sink_({.stage = stage.name,
           .segment_index = segment,
           .segment_count = static_cast<uint32_t>(plan_.segments.size()),
           .done = done,
           .total = total,
           .fraction = std::min((planned + skipped_seconds_) / all, 1.0),
           .seconds_left = ahead * pace});
  }
  // The stage is done; `part_skipped` of it was not computed (a checkpoint or a cache had it).
  void NextStage(double part_skipped = 0) {
    const double seconds = plan_.stages[stage_index_].seconds;
    finished_seconds_ += seconds * (1 - part_skipped);
    skipped_seconds_ += seconds * part_skipped;
    if (stage_index_ + 1 < plan_.stages.size()) ++stage_index_;
  }

 private:
  const Plan& plan_;
  const Clock& clock_;
  const ProgressSink& sink_;
  const double start_;
  size_t stage_index_ = 0;
  double finished_seconds_ = 0;  // planned seconds of what was computed
  double skipped_seconds_ = 0;
};

class Run {
 public:
  Run(const Model& model, op::Device& device, const Plan& plan, const Clock& clock,
      const GeneratorOptions& options, FrameSink& sink)
      : model_(model),
        device_(device),
        plan_(plan),
        options_(options),
        sink_(sink),
        meter_(plan, clock, options.progress) {}

  Status All(const Image* image) {
    TRY_WITHIN("text", EncodeText());
    std::optional<Image> first;
    if (image != nullptr) first = *image;
    for (uint32_t index = 0; index < plan_.segments.size(); ++index) {
      TRY(One(index, first ? &*first : nullptr));
      first = last_frame_;
    }
    return Ok();
  }

 private:
  Status EncodeText();
  Result<TextEmbedding> Encode(const std::vector<int32_t>& ids, const EmbeddingCache& cache,
                               std::unique_ptr<TextEncoder>* encoder);
  Status One(uint32_t index, const Image* first);
  Status EncodeFirst(const Image& first, const LatentSize& size, uint32_t frame_count);
  Status Denoise(uint32_t index, const LatentSize& size, std::vector<float>* x);
  Status Decode(uint32_t index, const LatentSize& size, std::span<const float> x);

  const Model& model_;
  op::Device& device_;
  const Plan& plan_;
  const GeneratorOptions& options_;
  FrameSink& sink_;
  ProgressMeter meter_;
  Conditions conditions_;
  Image last_frame_;
};

Result<TextEmbedding> Run::Encode(const std::vector<int32_t>& ids, const EmbeddingCache& cache,
                                  std::unique_ptr<TextEncoder>* encoder) {
  const std::string name = model_.fingerprint();
  if (std::optional<TextEmbedding> found = cache.Find(name, ids)) return *std::move(found);
  if (*encoder == nullptr) *encoder = TRY(model_.OpenTextEncoder(device_));
  TextEmbedding embedding = TRY((*encoder)->Encode(device_, ids));
  TRY(cache.Add(name, ids, embedding));
  return embedding;
}

Status Run::EncodeText() {
  meter_.Report(0, 0, 1);
  const EmbeddingCache cache(options_.embedding_folder);
  std::unique_ptr<TextEncoder> encoder;
  conditions_.text = TRY(Encode(plan_.ids, cache, &encoder));
  if (!plan_.negative_ids.empty()) {
    conditions_.negative_text = TRY(Encode(plan_.negative_ids, cache, &encoder));
  }
  const bool computed = encoder != nullptr;
  encoder.reset();
  device_.memory().Trim();
  meter_.NextStage(computed ? 0 : 1);
  return Ok();
}

Status Run::One(uint32_t index, const Image* first) {
  const Segment& segment = plan_.segments[index];
  ClipSize clip = plan_.settings.clip;
  clip.frame_count = segment.frame_count;
  const LatentSize size = model_.capabilities().latent.Latent(clip);
  conditions_.first_latent.clear();
  conditions_.extra_channels.clear();
  if (first != nullptr) TRY_WITHIN("image", EncodeFirst(*first, size, segment.frame_count));
  std::vector<float> x(size.count());
  TRY(Denoise(index, size, &x));
  return Decode(index, size, x);
}

Status Run::EncodeFirst(const Image& first, const LatentSize& size, uint32_t frame_count) {
  const Capabilities& can = model_.capabilities();
  CHECK_EQ(first.width_px, plan_.settings.clip.width_px);
  CHECK_EQ(first.height_px, plan_.settings.clip.height_px);
  const bool whole_clip = can.image_conditioning == ImageConditioning::kExtraChannels;
  const uint32_t latent_count = whole_clip ? can.latent.LatentFrames(frame_count) : 1;
  const std::unique_ptr<VideoEncoder> encoder = TRY(model_.OpenEncoder(device_));
  TRY(encoder->Begin(device_, first.height_px, first.width_px));
  const size_t cells = size.frame_value_count();
  std::vector<float> all(size_t{size.channel_count} * latent_count * cells);
  for (uint32_t frame = 0; frame < latent_count; ++frame) {
    meter_.Report(0, frame, latent_count);
    std::vector<float> pictures;
    if (frame == 0) {
      AppendPicture(first, &pictures);
    } else {  // grey: nothing is known of the pictures to come
      pictures.assign(first.rgb.size() * can.latent.time_stride, 0.0f);
    }
    const std::vector<float> latent = TRY(encoder->Encode(device_, pictures));
    for (uint32_t channel = 0; channel < size.channel_count; ++channel) {
      std::copy_n(latent.begin() + channel * cells, cells,
                  all.begin() + (size_t{channel} * latent_count + frame) * cells);
    }
  }
  if (whole_clip) {
    // Mask channels, one for each picture of a latent frame, are 1 where the picture is given.
    const size_t frames = size_t{latent_count} * cells;
    conditions_.extra_channels.assign(can.latent.time_stride * frames, 0.0f);
    for (uint32_t channel = 0; channel < can.latent.time_stride; ++channel) {
      std::fill_n(conditions_.extra_channels.begin() + channel * frames, cells, 1.0f);
    }
    conditions_.extra_channels.insert(conditions_.extra_channels.end(), all.begin(), all.end());
  } else {
    conditions_.first_latent = std::move(all);
  }
  device_.memory().Trim();
  meter_.NextStage();
  return Ok();
}

Status Run::Denoise(uint32_t index, const LatentSize& size, std::vector<float>* x) {
  const Settings& settings = plan_.settings;
  Schedule schedule = TRY(ScheduleOf(settings));
  // The first segment has the noise that other programs give this seed.
  const uint64_t seed = index == 0 ? settings.seed : SplitSeed(settings.seed, index);
  const double start_scale = schedule.start_scale;
  const std::unique_ptr<Sampler> sampler = MakeSampler(
      settings.sampler, std::move(schedule), x->size(), MakeSplitStepNoise(settings.noise, seed));
  std::optional<EasyCache> cache;
  if (settings.cache_threshold > 0) {
    EasyCacheOptions cache_options;
    cache_options.threshold = settings.cache_threshold;
    cache.emplace(cache_options, sampler->step_count(), x->size());
  }
  DenoiseLoop loop(model_, settings, conditions_, size);
  MakeNormalSource(settings.noise, seed)->Fill(*x);
  for (float& value : *x) value *= static_cast<float>(start_scale);
  loop.GiveFirstFrame(*x);
  if (options_.run_folder != nullptr) {
    std::optional<StepState> saved = TRY(options_.run_folder->Load(index));
    if (saved) {
      if (saved->latent.size() != x->size()) {
        return Error::Corrupt("{}: the latent has {} values, not {}",
                              options_.run_folder->path().string(), saved->latent.size(),
                              x->size());
      }
      TRY(sampler->Load(saved->sampler));
      if (cache && saved->cache) TRY(cache->Load(*saved->cache));
      *x = std::move(saved->latent);
    }
  }
  const uint32_t step_count = static_cast<uint32_t>(sampler->step_count());
  const uint32_t steps_resumed = static_cast<uint32_t>(sampler->step_index());
  meter_.Report(index, steps_resumed, step_count);
  const auto after_step = [&](const Sampler& at, std::span<const float> latent,
                              const EasyCache* cached) -> Status {
    const uint32_t done = static_cast<uint32_t>(at.step_index());
    if (options_.run_folder != nullptr &&
        (done % options_.steps_per_checkpoint == 0 || done == step_count)) {
      StepState state{index, {latent.begin(), latent.end()}, at.Save(), std::nullopt};
      if (cached != nullptr) state.cache = cached->Save();
      TRY_WITHIN("checkpoint", options_.run_folder->Save(state));
    }
    meter_.Report(index, done, step_count);
    return Ok();
  };
  TRY_WITHIN("denoise", loop.Run(device_, *sampler, cache ? &*cache : nullptr, *x, after_step));
  device_.memory().Trim();
  meter_.NextStage(static_cast<double>(steps_resumed) / step_count);
  return Ok();
}

Status Run::Decode(uint32_t index, const LatentSize& size, std::span<const float> x) {
  const Segment& segment = plan_.segments[index];
  ClipSize clip = plan_.settings.clip;
  clip.frame_count = segment.frames_skipped + segment.frames_delivered;
  const std::unique_ptr<VideoDecoder> decoder =
      TRY(model_.OpenDecoder(device_, plan_.settings.decoder));
  TRY(decoder->Begin(device_, size, clip));
  uint32_t made = 0, delivered = 0;
  std::vector<float> values;
  const PictureSink deliver = [&](ConstView pictures) -> Status {
    values.resize(static_cast<size_t>(pictures.shape().item_count()));
    for (int64_t i = 0; i < pictures.dim(0); ++i, ++made) {
      if (made < segment.frames_skipped || delivered == segment.frames_delivered) continue;
      device_.Download(pictures.Items(i, 1), values);
      last_frame_ = ToImage(values, clip.width_px, clip.height_px);
      TRY(sink_.Write(last_frame_));
      ++delivered;
    }
    meter_.Report(index, made, segment.frame_count);
    return Ok();
  };
  meter_.Report(index, 0, segment.frame_count);
  const size_t cells = size.frame_value_count();
  std::vector<float> latent_frame(size.channel_count * cells);
  for (uint32_t frame = 0; frame < size.frame_count; ++frame) {
    for (uint32_t channel = 0; channel < size.channel_count; ++channel) {
      std::copy_n(x.begin() + (size_t{channel} * size.frame_count + frame) * cells, cells,
                  latent_frame.begin() + channel * cells);
    }
    TRY_WITHIN("decode", decoder->Decode(device_, latent_frame, deliver));
  }
  CHECK_EQ(delivered, segment.frames_delivered);
  meter_.Report(index, segment.frame_count, segment.frame_count);
  device_.memory().Trim();
  meter_.NextStage();
  return Ok();
}

}  // namespace

std::string RunIdentity(const Model& model, const Settings& settings, const Image* image) {
  std::string text = fmt::format("numerics {}\nmodel {}\n{}", kNumericsVersion, model.fingerprint(),
                                 SettingsJson(settings));
  if (image != nullptr) {
    const std::string_view bytes(reinterpret_cast<const char*>(image->rgb.data()),
                                 image->rgb.size());
    text += fmt::format("\nimage {}x{} {}", image->width_px, image->height_px, Sha256Hex(bytes));
  }
  return text;
}

Status Generate(const Model& model, op::Device& device, const Plan& plan, const Image* image,
                const Clock& clock, const GeneratorOptions& options, FrameSink& sink) {
  return Run(model, device, plan, clock, options, sink).All(image);
}

}  // namespace aozora
