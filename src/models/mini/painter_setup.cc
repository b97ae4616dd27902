// SPDX-License-Identifier: Apache-2.0
#include "models/mini/painter_setup.h"

#include <algorithm>
#include <cmath>

#include "models/mini/painter_kernels.h"

namespace aozora::mini {
namespace {

constexpr float kTau = 6.2831853071795864769f;
constexpr float kSharpness = 4;  // of the softmax of codes: kHot becomes .99
constexpr float kSubjectDepth = 0.6f;
constexpr float kDistanceUnit = 0.1f;  // of the backdrop's distance, picture units
constexpr float kSpriteUnit = 0.3f;    // of a sprite's distance, local units
constexpr float kEdgePerPixel = 4;     // logits
constexpr float kEdgeMin = 1.0f / 4096;
constexpr float kSceneBeat = 0.1f, kActorBeat = 0.05f, kTurnBeat = 0.36f;  // Hz
constexpr float kRateScale = 10;
constexpr float kLengthFloor = 1e-6f;

using Values = std::vector<float>;

// [items, channels, positions] -> [items, positions, channels]
void PutChannelsLast(Values& values, int64_t channels, int64_t positions) {
  Values moved(values.size());
  const auto plane = static_cast<size_t>(channels * positions);
  for (size_t item = 0; item < values.size(); item += plane) {
    for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
      for (size_t i = 0; i < static_cast<size_t>(positions); ++i) {
        moved[item + i * static_cast<size_t>(channels) + c] =
            values[item + c * static_cast<size_t>(positions) + i];
      }
    }
  }
  values = std::move(moved);
}

// Appends the probabilities that `count` codes stand for.
void AppendChances(const SlotState& slot, int at, int count, Values& to) {
  const float* codes = slot.codes.data() + at;
  const float largest = *std::max_element(codes, codes + count);
  float sum = 0;
  const size_t begin = to.size();
  for (int i = 0; i < count; ++i) {
    to.push_back(std::exp((codes[i] - largest) * kSharpness));
    sum += to.back();
  }
  for (size_t i = begin; i < to.size(); ++i) to[i] /= sum;
}

Values Chances(const SlotState& slot, int at, int count) {
  Values chances;
  AppendChances(slot, at, count, chances);
  return chances;
}

// cos of all beats, then sin.
void AppendBeats(float time_s, int count, float beat_hz, Values& to) {
  for (int k = 1; k <= count; ++k) {
    to.push_back(std::cos(time_s * (static_cast<float>(k) * beat_hz * kTau)));
  }
  for (int k = 1; k <= count; ++k) {
    to.push_back(std::sin(time_s * (static_cast<float>(k) * beat_hz * kTau)));
  }
}

Values Apply(const PainterDense& layer, const Values& x) {
  Values y = layer.bias;
  for (size_t o = 0; o < y.size(); ++o) {
    const float* row = layer.weight.data() + o * x.size();
    for (size_t i = 0; i < x.size(); ++i) y[o] += row[i] * x[i];
  }
  return y;
}

void Silu(Values& values) {
  for (float& value : values) value /= 1 + std::exp(-value);
}

// Two layers, and what they make of the context for `film`.
Values RunContext(const PainterDense& in, const PainterDense& mid, const Values& context) {
  Values x = Apply(in, context);
  Silu(x);
  x = Apply(mid, x);
  Silu(x);
  return x;
}

// The classes' networks as one, each hidden unit times (1 + its scale) plus its shift: what the
// context says goes into weights and biases, so that points pay nothing for it.
MixedNetwork MixNetwork(const PainterNetwork& network, const Values& chances, const Values& film) {
  MixedNetwork mixed;
  Values weight, bias;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const PainterNetwork::Layer& layer = network.layers[i];
    const auto in = static_cast<size_t>(layer.in), out = static_cast<size_t>(layer.out);
    weight.assign(in * out, 0);
    bias.assign(out, 0);
    MixInto(chances, layer.weight, weight);
    MixInto(chances, layer.bias, bias);
    Values scale(out, 1), shift(out, 0);
    if (i + 1 < network.layers.size()) {
      const float* at = film.data() + i * 2 * out;
      for (size_t o = 0; o < out; ++o) {
        scale[o] += at[o];
        shift[o] = at[out + o];
      }
    }
    MixedLayer& made = mixed.emplace_back();
    made.in = layer.in;
    made.out = (layer.out + kOutputGroup - 1) / kOutputGroup * kOutputGroup;
    made.weight.assign(static_cast<size_t>(made.out) * in, 0);
    made.bias.assign(static_cast<size_t>(made.out), 0);
    constexpr size_t kGroup = kOutputGroup;
    for (size_t o = 0; o < out; ++o) {
      made.bias[o] = bias[o] * scale[o] + shift[o];
      for (size_t k = 0; k < in; ++k) {
        made.weight[(o / kGroup * in + k) * kGroup + o % kGroup] = weight[k * out + o] * scale[o];
      }
    }
  }
  return mixed;
}

// Far things move less and grow less.
float ZoomAt(float zoom, float depth) {
  return 1 + (zoom - 1) * (0.35f + 0.65f / kSubjectDepth * depth);
}

float Present(const SlotState& actor) { return (actor.codes[kPresentAt] + 1) * 0.5f; }

}  // namespace

PainterTables::PainterTables(PainterWeights weights) : weights_(std::move(weights)) {
  const PainterSizes& s = weights_.sizes;
  PutChannelsLast(weights_.far_table, kPlaneChannels, s.far_cells);
  PutChannelsLast(weights_.sky_still, kPlaneChannels, s.sky_height * s.sky_width);
  PutChannelsLast(weights_.sky_moving, kPlaneChannels, s.sky_height * s.sky_width);
  PutChannelsLast(weights_.ground_plane, kPlaneChannels, s.ground_height * s.ground_width);
}

PictureSetup PainterTables::SetUp(const SlotStates& states, double time_s, float pixel,
                                  float grid) const {
  PictureSetup picture;
  const SlotState& scene = states[0];
  picture.time_s = static_cast<float>(time_s);
  picture.footprint = grid;
  picture.edge_scale = kDistanceUnit * kEdgePerPixel / std::max(pixel, kEdgeMin);
  picture.pan = scene.curves[kPan];
  picture.horizon = scene.curves[kHorizon];
  picture.zoom = std::exp(scene.curves[kLogZoom]);
  picture.sun = scene.codes[kSunSideAt];
  for (int a = 0; a < kActorsMax; ++a) {
    const SlotState& actor = states[static_cast<size_t>(a) + 1];
    picture.marks[static_cast<size_t>(a)] = {
        std::clamp(Present(actor), 0.0f, 1.0f), actor.curves[kX], actor.curves[kY],
        std::exp(-actor.curves[kLogScale]), actor.curves[kFoot]};
  }
  SetUpBackdrop(states, picture);
  for (int slot = 1; slot < kSlotCount; ++slot) {
    const bool present = states[static_cast<size_t>(slot)].codes[kPresentAt] > 0;
    if (present) SetUpActor(states, slot, time_s, pixel, picture);
  }
  return picture;
}

void PainterTables::SetUpBackdrop(const SlotStates& states, PictureSetup& picture) const {
  const SlotState& scene = states[0];
  const SlotState& first = states[1];
  const Values settings = Chances(scene, kSettingAt, kSettingCount);
  Values context = settings;
  AppendChances(scene, kTimeAt, kTimeCount, context);
  AppendChances(scene, kWeatherAt, kWeatherCount, context);
  AppendChances(scene, kLookAt, kLookCount, context);
  context.push_back(picture.sun);
  AppendChances(first, kSubjectAt, kSubjectCount, context);
  for (size_t i = context.size() - kSubjectCount; i < context.size(); ++i) {
    context[i] *= Present(first);
  }
  for (const int curve : {kPan, kHorizon, kLogZoom}) {
    context.push_back(scene.curves[static_cast<size_t>(curve)]);
  }
  AppendBeats(picture.time_s, kSceneBeats, kSceneBeat, context);
  CHECK_EQ(context.size(), size_t{kSceneContext});
  const Values mid = RunContext(weights_.scene_in, weights_.scene_mid, context);
  picture.backdrop = MixNetwork(weights_.backdrop, settings, Apply(weights_.scene_film, mid));
  const Values extra = Apply(weights_.scene_extra, mid);
  std::copy_n(extra.begin(), 3, picture.veil_colour.begin());
  std::copy_n(extra.begin() + 3, kSheetKinds, picture.gates.begin());

  const PainterSizes& s = weights_.sizes;
  picture.sky_still = {s.sky_height, s.sky_width, weights_.sky_still.data()};
  picture.sky_moving = {s.sky_height, s.sky_width, weights_.sky_moving.data()};
  const auto far_count = static_cast<size_t>(s.far_cells * kPlaneChannels);
  picture.far_values.assign(kFarLayers * far_count, 0);
  MixInto(settings, weights_.far_table, picture.far_values);
  picture.ground_values.assign(
      static_cast<size_t>(s.ground_height * s.ground_width * kPlaneChannels), 0);
  MixInto(settings, weights_.ground_plane, picture.ground_values);
  picture.ground = {s.ground_height, s.ground_width, picture.ground_values.data()};
  Values depths(kFarLayers, 0);
  MixInto(settings, weights_.far_depths, depths);
  for (size_t layer = 0; layer < kFarLayers; ++layer) {
    picture.far[layer] = {depths[layer],
                          ZoomAt(picture.zoom, depths[layer]),
                          {1, s.far_cells, picture.far_values.data() + layer * far_count}};
  }
}

void PainterTables::SetUpActor(const SlotStates& states, int slot, double time_s, float pixel,
                               PictureSetup& picture) const {
  const SlotState& scene = states[0];
  const SlotState& actor = states[static_cast<size_t>(slot)];
  ActorSetup made;
  made.x = actor.curves[kX];
  made.y = actor.curves[kY];
  made.inverse = std::exp(-actor.curves[kLogScale]);
  const float cosine = actor.curves[kCosine], sine = actor.curves[kSine];
  const float length = std::sqrt(cosine * cosine + sine * sine + kLengthFloor);
  made.cosine = cosine / length;
  made.sine = sine / length;
  made.flip = actor.curves[kFlip] < 0 ? -1.0f : 1.0f;
  const float edge = std::max(pixel, kEdgeMin) * made.inverse;  // local units
  // Minus: within the subject the distance is negative.
  made.logit_scale = -kEdgePerPixel * kSpriteUnit / edge;
  const float fine = 2 * kSpriteFinest * edge;
  made.fine_share = std::exp(-fine * fine);

  const Values subjects = Chances(actor, kSubjectAt, kSubjectCount);
  Values context = subjects;
  AppendChances(actor, kColourAt, kColourCount, context);
  AppendChances(scene, kTimeAt, kTimeCount, context);
  AppendChances(scene, kWeatherAt, kWeatherCount, context);
  AppendChances(scene, kLookAt, kLookCount, context);
  AppendChances(scene, kSettingAt, kSettingCount, context);
  for (const float value : {picture.sun, made.flip, picture.sun * made.flip}) {
    context.push_back(value);
  }
  for (const int curve : {kX, kY, kLogScale}) {
    context.push_back(actor.rates[static_cast<size_t>(curve)] * kRateScale);
  }
  const float phase = PhaseOf(states, slot, time_s);
  AppendBeats(phase, kActorBeats, kActorBeat, context);
  AppendBeats(phase, kTurnBeats, kTurnBeat, context);
  CHECK_EQ(context.size(), size_t{kActorContext});
  const Values mid = RunContext(weights_.actor_in, weights_.actor_mid, context);
  made.network = MixNetwork(weights_.sprite, subjects, Apply(weights_.actor_film, mid));
  picture.actors.push_back(std::move(made));
}

}  // namespace aozora::mini
