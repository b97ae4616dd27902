// SPDX-License-Identifier: Apache-2.0
#include "pipeline/generator.h"

#include <algorithm>

#include "base/hash.h"
#include "pipeline/given_pictures.h"
#include "pipeline/latent_frames.h"
#include "pipeline/pictures.h"

namespace aozora {
namespace {

// Changes when a release computes other numbers from the same settings.
constexpr int kNumericsVersion = 1;

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
    TRY(plan_.joined ? Joined(image) : PieceByPiece(image));
    return options_.latent_path.empty() ? Ok() : KeepLatent();
  }

 private:
  using Piece = ClipLatent::Piece;

  Status EncodeText();
  Result<TextEmbedding> Encode(const std::vector<int32_t>& ids, const EmbeddingCache& cache,
                               std::unique_ptr<TextEncoder>* encoder);
  Status Joined(const Image* image);
  void BridgeLatents(Piece* clip) const;
  Status PieceByPiece(const Image* image);
  Status DecodeSource();
  Result<Image> FirstPictureOf(const ClipLatent& clip);
  Status EncodeGiven(const Image& first, const Image* last, const Segment& segment);
  Status Denoise(uint32_t index, std::span<const float> source, std::vector<float>* x);
  Status Resume(uint32_t index, Sampler* sampler, EasyCache* cache, std::vector<float>* x);
  Status Decode(uint32_t index, const Piece& piece);
  Status KeepLatent() const;

  const Model& model_;
  op::Device& device_;
  const Plan& plan_;
  const GeneratorOptions& options_;
  FrameSink& sink_;
  ProgressMeter meter_;
  std::vector<TextEmbedding> texts_;  // of each scene
  Conditions conditions_;
  std::vector<Piece> pieces_;  // of the whole clip, as far as they are made
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
  for (const auto& ids : plan_.ids) texts_.push_back(TRY(Encode(ids, cache, &encoder)));
  if (!plan_.negative_ids.empty()) {
    conditions_.negative_text = TRY(Encode(plan_.negative_ids, cache, &encoder));
  }
  const bool computed = encoder != nullptr;
  encoder.reset();
  device_.memory().Trim();
  meter_.NextStage(computed ? 0 : 1);
  return Ok();
}

// All latents are made before the first picture; what each segment is given are the last of them.
Status Run::Joined(const Image* image) {
  pieces_ = PiecesOf(model_.capabilities(), plan_.settings, {plan_.segments, true}, nullptr);
  Piece& clip = pieces_[0];
  clip.values.resize(clip.size.count());
  uint32_t done = 0;
  if (const ClipLatent* extended = plan_.extended()) {
    const Piece& from = extended->pieces[0];
    done = from.size.frame_count;
    CopyLatentFrames(from.values, from.size, 0, done, clip.values, clip.size, 0);
  }
  if (plan_.target != nullptr) BridgeLatents(&clip);
  for (uint32_t index = 0; index < plan_.segments.size(); ++index) {
    const Segment& segment = plan_.segments[index];
    const uint32_t start = done - segment.latents_given, count = segment.latent.frame_count;
    conditions_.text = texts_[segment.scene];
    conditions_.given_count = segment.latents_given;
    conditions_.given_latents =
        LatentFramesOf(clip.values, clip.size, start, segment.latents_given);
    if (index == 0 && image != nullptr) {
      TRY_WITHIN("image", EncodeGiven(*image, nullptr, segment));
    }
    std::vector<float> source;
    if (plan_.settings.source_use == SourceUse::kRemix) {
      source = LatentFramesOf(plan_.source->pieces[0].values, clip.size, start, count);
    }
    std::vector<float> x(segment.latent.count());
    TRY(Denoise(index, source, &x));
    CopyLatentFrames(x, segment.latent, 0, count, clip.values, clip.size, start);
    done = start + count;
  }
  Piece delivered = clip;
  delivered.frames_skipped = plan_.frames_skipped;
  delivered.frames_delivered = plan_.frames_delivered();
  return Decode(0, delivered);
}

// What lies behind the source's latents: those of the bridge, and of the target all but its first,
// which the last of the bridge stands for.
void Run::BridgeLatents(Piece* clip) const {
  const Piece &from = plan_.source->pieces[0], &to = plan_.target->pieces[0];
  const uint32_t behind = plan_.settings.target_frame_count > 0 ? to.size.frame_count - 1 : 0;
  LatentSize made = from.size;
  made.frame_count = clip->size.frame_count - from.size.frame_count - behind;
  const std::vector<float> bridge =
      model_.BridgeLatents({from.values, from.size}, {to.values, to.size}, made.frame_count);
  CopyLatentFrames(bridge, made, 0, made.frame_count, clip->values, clip->size,
                   from.size.frame_count);
  CopyLatentFrames(to.values, to.size, 1, behind, clip->values, clip->size,
                   from.size.frame_count + made.frame_count);
}

// The pictures of an extended clip.
Status Run::DecodeSource() {
  pieces_ = plan_.extended()->pieces;
  for (Piece piece : DecodedOfSource(plan_)) {
    if (plan_.frames_skipped > 0) {  // its last picture alone is looked at
      piece.frames_skipped += piece.frames_delivered;
      piece.frames_delivered = 0;
    }
    TRY(Decode(0, piece));
  }
  return Ok();
}

Result<Image> Run::FirstPictureOf(const ClipLatent& clip) {
  Piece one = clip.Start(model_.capabilities().latent, 1).pieces[0];
  one.frames_skipped += one.frames_delivered;  // looked at, and not delivered
  one.frames_delivered = 0;
  TRY(Decode(0, one));
  return last_frame_;
}

// Each segment is decoded before the next begins, which starts from its last picture.
Status Run::PieceByPiece(const Image* image) {
  std::optional<Image> first, last;
  if (image != nullptr) first = *image;
  if (plan_.target != nullptr) last = TRY(FirstPictureOf(*plan_.target));
  if (plan_.extended() != nullptr) {
    TRY(DecodeSource());
    first = last_frame_;
  }
  for (uint32_t index = 0; index < plan_.segments.size(); ++index) {
    const Segment& segment = plan_.segments[index];
    conditions_ = {texts_[segment.scene], std::move(conditions_.negative_text), {}, 0, {}};
    if (first) TRY_WITHIN("image", EncodeGiven(*first, last ? &*last : nullptr, segment));
    std::span<const float> source;
    if (plan_.settings.source_use == SourceUse::kRemix) {
      source = plan_.source->pieces[index].values;
    }
    Piece piece = {segment.latent, std::vector<float>(segment.latent.count()),
                   segment.frames_skipped, segment.frames_delivered};
    TRY(Denoise(index, source, &piece.values));
    TRY(Decode(index, piece));
    first = last_frame_;
    if (!options_.latent_path.empty()) {  // without what the picture behind a bridge was for
      pieces_.push_back(piece.Start(model_.capabilities().latent, piece.frames_delivered));
    }
  }
  for (const Piece& piece : DecodedOfTarget(plan_)) {
    TRY(Decode(0, piece));
    if (!options_.latent_path.empty()) pieces_.push_back(piece);
  }
  return Ok();
}

// The first picture of a segment, and for a bridge the one that follows its last.
Status Run::EncodeGiven(const Image& first, const Image* last, const Segment& segment) {
  CHECK_EQ(first.width_px, plan_.settings.clip.width_px);
  CHECK_EQ(first.height_px, plan_.settings.clip.height_px);
  GivenPictures given = {first, std::nullopt};
  if (last != nullptr) {
    given.last = {{last, segment.frames_skipped + segment.frames_delivered}};
  }
  TRY(EncodeGivenPictures(
      model_, device_, given, segment.latent,
      [&](uint32_t done, uint32_t total) { meter_.Report(0, done, total); }, &conditions_));
  device_.memory().Trim();
  meter_.NextStage();
  return Ok();
}

// x becomes a clean latent. `source` is one that a remix starts from, or empty.
Status Run::Denoise(uint32_t index, std::span<const float> source, std::vector<float>* x) {
  const Settings& settings = plan_.settings;
  const Segment& segment = plan_.segments[index];
  Schedule schedule = TRY(ScheduleOf(settings));
  const uint64_t seed =
      segment.noise_index == 0 ? settings.seed : SplitSeed(settings.seed, segment.noise_index);
  MakeNormalSource(settings.noise, seed)->Fill(*x);
  if (settings.first_step == 0) {
    for (float& value : *x) value *= static_cast<float>(schedule.start_scale);
  } else {
    CHECK_EQ(source.size(), x->size());
    const auto sigma = static_cast<float>(schedule.sigmas[0]);
    for (size_t i = 0; i < x->size(); ++i) (*x)[i] = (1 - sigma) * source[i] + sigma * (*x)[i];
  }
  const std::unique_ptr<Sampler> sampler = MakeSampler(
      settings.sampler, std::move(schedule), x->size(), MakeSplitStepNoise(settings.noise, seed));
  std::optional<EasyCache> cache;
  if (settings.cache_threshold > 0) {
    EasyCacheOptions cache_options;
    cache_options.threshold = settings.cache_threshold;
    cache.emplace(cache_options, sampler->step_count(), x->size());
  }
  DenoiseLoop loop(model_, settings, conditions_, segment.latent);
  loop.GiveFrames(*x);
  TRY(Resume(index, sampler.get(), cache ? &*cache : nullptr, x));
  const uint32_t step_count = static_cast<uint32_t>(sampler->step_count());
  const uint32_t steps_resumed = static_cast<uint32_t>(sampler->step_index());
  meter_.Report(index, steps_resumed, step_count);
  Previewer previewer(model_, device_, plan_, sampler->step_count(), options_.preview);
  DenoiseHooks hooks;
  hooks.in_step = [&](const StepInput& step, std::span<const float> latent,
                      std::span<const float> velocity) -> Status {
    TRY_WITHIN("preview", previewer.Show(step, segment.latent, latent, velocity));
    return Ok();
  };
  hooks.after_step = [&](const Sampler& at, std::span<const float> latent,
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
  TRY_WITHIN("denoise", loop.Run(device_, *sampler, cache ? &*cache : nullptr, *x, hooks));
  device_.memory().Trim();
  meter_.NextStage(static_cast<double>(steps_resumed) / step_count);
  return Ok();
}

// Takes up the state that the run's folder has of the segment, if there is one.
Status Run::Resume(uint32_t index, Sampler* sampler, EasyCache* cache, std::vector<float>* x) {
  if (options_.run_folder == nullptr) return Ok();
  std::optional<StepState> saved = TRY(options_.run_folder->Load(index));
  if (!saved) return Ok();
  if (saved->latent.size() != x->size()) {
    return Error::Corrupt("{}: the latent has {} values, not {}",
                          options_.run_folder->path().string(), saved->latent.size(), x->size());
  }
  TRY(sampler->Load(saved->sampler));
  if (cache != nullptr && saved->cache) TRY(cache->Load(*saved->cache));
  *x = std::move(saved->latent);
  return Ok();
}

// Delivers the pictures that the piece says, and keeps the last one that it looked at.
Status Run::Decode(uint32_t index, const Piece& piece) {
  ClipSize clip = plan_.settings.clip;
  clip.frame_count = piece.frames_skipped + piece.frames_delivered;
  if (plan_.joined) clip.loop_frame_count = plan_.loop_frame_count();
  const std::unique_ptr<VideoDecoder> decoder =
      TRY(model_.OpenDecoder(device_, plan_.settings.decoder));
  TRY(decoder->Begin(device_, piece.size, clip));
  uint32_t made = 0;
  std::vector<float> values;
  const PictureSink deliver = [&](ConstView pictures) -> Status {
    values.resize(static_cast<size_t>(pictures.shape().item_count()));
    for (int64_t i = 0; i < pictures.dim(0); ++i, ++made) {
      const bool last = made + 1 == clip.frame_count;
      if (made >= clip.frame_count || (made < piece.frames_skipped && !last)) continue;
      device_.Download(pictures.Items(i, 1), values);
      last_frame_ = ToImage(values, clip.width_px, clip.height_px);
      if (made >= piece.frames_skipped) TRY(sink_.Write(last_frame_));
    }
    meter_.Report(index, std::min(made, clip.frame_count), clip.frame_count);
    return Ok();
  };
  meter_.Report(index, 0, clip.frame_count);
  for (uint32_t frame = 0; frame < piece.size.frame_count; ++frame) {
    TRY_WITHIN("decode", decoder->Decode(
                             device_, LatentFramesOf(piece.values, piece.size, frame, 1), deliver));
  }
  CHECK_LE(clip.frame_count, made);
  meter_.Report(index, clip.frame_count, clip.frame_count);
  device_.memory().Trim();
  meter_.NextStage();
  return Ok();
}

Status Run::KeepLatent() const {
  ClipLatent clip;
  clip.settings = plan_.settings;
  clip.model = model_.fingerprint();
  clip.pieces = pieces_;
  return clip.Save(options_.latent_path);
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
