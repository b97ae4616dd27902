// SPDX-License-Identifier: Apache-2.0
#include "models/mini/painter_weights.h"

namespace aozora::mini {
namespace {

constexpr int64_t kHiddenMax = 512;
constexpr int64_t kContextMax = 4096;
constexpr int64_t kLayersMax = 16;
constexpr int64_t kWavesMax = 256;
constexpr int64_t kPlaneSideMax = 1 << 14;

// The size of one axis of a tensor, which must be in range; what is wrong with the others is found
// when the tensor is taken.
Result<int64_t> SizeOf(const TensorSet& weights, const std::string& name, int rank, int axis,
                       int64_t low, int64_t high) {
  const Weight* weight = weights.Find(name);
  if (weight == nullptr) {
    return Error::NotFound("{} has no tensor '{}'", weights.origin(), name);
  }
  const Shape& shape = weight->view.shape();
  if (shape.rank() != rank) {
    return Error::Invalid("{}: tensor '{}' has shape {} and should have {} axes", weights.origin(),
                          name, ToString(shape), rank);
  }
  if (shape[axis] < low || shape[axis] > high) {
    return Error::Invalid("{}: tensor '{}' has shape {}, and axis {} must be {} to {}",
                          weights.origin(), name, ToString(shape), axis, low, high);
  }
  return shape[axis];
}

Result<PainterSizes> ReadSizes(const TensorSet& weights) {
  const auto size = [&](const char* name, int rank, int axis, int64_t low, int64_t high) {
    return SizeOf(weights, name, rank, axis, low, high);
  };
  PainterSizes s;
  s.context = TRY(size("scene_mid.weight", 2, 0, 1, kContextMax));
  s.hidden = TRY(size("backdrop_weight0", 3, 2, 1, kHiddenMax));
  s.layer_count = 0;
  while (weights.Has(fmt::format("backdrop_weight{}", s.layer_count + 1))) {
    if (++s.layer_count > kLayersMax) {
      return Error::Unsupported("{}: more than {} layers of 'backdrop_weight'", weights.origin(),
                                kLayersMax);
    }
  }
  s.wave_count = TRY(size("wave_phase", 1, 0, 1, kWavesMax));
  s.far_cells = TRY(size("far_table", 3, 2, 2, kPlaneSideMax));
  s.sky_height = TRY(size("sky_still", 4, 2, 2, kPlaneSideMax));
  s.sky_width = TRY(size("sky_still", 4, 3, 2, kPlaneSideMax));
  s.ground_height = TRY(size("ground_plane", 4, 2, 2, kPlaneSideMax));
  s.ground_width = TRY(size("ground_plane", 4, 3, 2, kPlaneSideMax));
  s.sheet_side = TRY(size("sheets", 3, 1, 2, kPlaneSideMax));
  return s;
}

// Takes every tensor, and its values where `decodes`.
Result<PainterWeights> Take(TensorSet set, bool decodes) {
  PainterWeights weights;
  weights.sizes = TRY(ReadSizes(set));
  const TensorVisitor take = [&](const std::string& name, const Shape& shape,
                                 std::vector<float>& values) -> Status {
    const Weight weight = TRY(set.Take(name, shape));
    if (!decodes) return Ok();
    values.resize(static_cast<size_t>(shape.count()));
    DecodeValues(weight, 0, shape.count(), values.data());
    return Ok();
  };
  TRY(VisitPainterTensors(weights, take));
  TRY(set.CheckAllTaken());
  return weights;
}

}  // namespace

Status VisitPainterTensors(PainterWeights& w, const TensorVisitor& visit) {
  const PainterSizes& s = w.sizes;
  const auto dense = [&](const std::string& name, PainterDense& layer, int64_t out,
                         int64_t in) -> Status {
    TRY(visit(name + ".weight", {out, in}, layer.weight));
    return visit(name + ".bias", {out}, layer.bias);
  };
  const auto network = [&](const std::string& name, PainterNetwork& made, int64_t class_count,
                           int64_t in, int64_t out) -> Status {
    made.class_count = class_count;
    made.layers.resize(static_cast<size_t>(s.layer_count) + 1);
    for (size_t i = 0; i < made.layers.size(); ++i) {
      PainterNetwork::Layer& layer = made.layers[i];
      layer.in = i == 0 ? in : s.hidden;
      layer.out = i + 1 == made.layers.size() ? out : s.hidden;
      const Shape shape = {class_count, layer.in, layer.out};
      TRY(visit(fmt::format("{}_weight{}", name, i), shape, layer.weight));
      TRY(visit(fmt::format("{}_bias{}", name, i), {class_count, layer.out}, layer.bias));
    }
    return Ok();
  };
  TRY(visit("far_depths", {kSettingCount, kFarLayers}, w.far_depths));
  TRY(visit("far_table", {kSettingCount, kFarLayers * kPlaneChannels, s.far_cells}, w.far_table));
  const Shape sky = {1, kPlaneChannels, s.sky_height, s.sky_width};
  TRY(visit("sky_still", sky, w.sky_still));
  TRY(visit("sky_moving", sky, w.sky_moving));
  TRY(visit("ground_plane", {kSettingCount, kPlaneChannels, s.ground_height, s.ground_width},
            w.ground_plane));
  TRY(visit("wave_weight", {s.wave_count, kWavePlaces}, w.wave_weight));
  TRY(visit("wave_phase", {s.wave_count}, w.wave_phase));
  TRY(visit("sheets", {kSheetCount, s.sheet_side, s.sheet_side}, w.sheets));
  TRY(visit("sheet_colour", {kSheetKinds, 3}, w.sheet_colour));
  TRY(dense("scene_in", w.scene_in, s.context, kSceneContext));
  TRY(dense("scene_mid", w.scene_mid, s.context, s.context));
  TRY(dense("scene_film", w.scene_film, s.film_width(), s.context));
  TRY(dense("scene_extra", w.scene_extra, 3 + kSheetKinds, s.context));
  TRY(dense("actor_in", w.actor_in, s.context, kActorContext));
  TRY(dense("actor_mid", w.actor_mid, s.context, s.context));
  TRY(dense("actor_film", w.actor_film, s.film_width(), s.context));
  TRY(network("backdrop", w.backdrop, kSettingCount, s.backdrop_inputs(), kBackdropOutputs));
  return network("sprite", w.sprite, kSubjectCount, kSpriteInputs, kSpriteOutputs);
}

Status CheckPainterShapes(const TensorSet& weights) {
  TRY(Take(weights, false));
  return Ok();
}

Result<PainterWeights> TakePainterWeights(TensorSet weights) {
  return Take(std::move(weights), true);
}

}  // namespace aozora::mini
