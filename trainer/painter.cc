// SPDX-License-Identifier: Apache-2.0
#include "trainer/painter.h"

#include <cmath>

namespace aozora::trainer {
namespace {

namespace F = torch::nn::functional;
using torch::Tensor;
using C = PainterConfig;

constexpr double kTau = 6.283185307179586;
constexpr double kSharpness = 4;       // softmax of codes: kHot becomes .99
constexpr float kCameraHeight = 0.4f;  // above the ground, world units
constexpr float kSkyDepth = 0.12f;     // 1 / distance
constexpr float kSubjectDepth = 0.6f;
constexpr float kDownMin = 0.004f;      // below the horizon
constexpr float kCloudDrift = 0.0133f;  // world units a second
constexpr float kDistanceUnit = 0.1f;   // of the backdrop's output, picture units
constexpr float kSpriteUnit = 0.3f;     // of the sprite's output, local units
constexpr float kFinest = 8;            // of the sprite's frequencies
constexpr float kEdgeMin = 1.0f / 4096;
constexpr float kNowhere = -100;  // logit of a share of nothing
constexpr int kSceneTimes = 6, kActorTimes = 20;
constexpr double kSceneBeat = 0.1, kActorBeat = 0.05;  // Hz
// What comes round so often in the world: sails of windmills, bursts.
constexpr int kTurnTimes = 4;
constexpr double kTurnBeat = 0.36;
constexpr int kSceneInputs = kSettingCount + kTimeCount + kWeatherCount + kLookCount + 1 +
                             kSubjectCount + 3 + 2 * kSceneTimes;
constexpr int kActorInputs = kSubjectCount + kColourCount + kTimeCount + kWeatherCount +
                             kLookCount + kSettingCount + 3 + 3 + 2 * kActorTimes + 2 * kTurnTimes;

Tensor Chances(const Tensor& codes, int at, int count) {
  return torch::softmax(codes.narrow(-1, at, count) * kSharpness, -1);
}

// cos and sin of 2 pi f x for each frequency, along a new last axis.
Tensor Fourier(const Tensor& x, std::vector<float> frequencies) {
  const Tensor f = torch::tensor(frequencies, x.options()) * kTau;
  const Tensor turned = x.unsqueeze(-1) * f;
  return torch::cat({torch::cos(turned), torch::sin(turned)}, -1);
}

Tensor Beats(const Tensor& time_s, int count, double beat_hz) {
  std::vector<float> frequencies;
  for (int k = 1; k <= count; ++k) frequencies.push_back(static_cast<float>(k * beat_hz));
  return Fourier(time_s, frequencies);
}

// Values of planes [N, C, H, W] at places -1..1 [N, P, 2]: [N, C, P].
Tensor LookUp(const Tensor& planes, const Tensor& places) {
  const auto options = F::GridSampleFuncOptions()
                           .mode(torch::kBilinear)
                           .padding_mode(torch::kBorder)
                           .align_corners(true);
  return F::grid_sample(planes, places.unsqueeze(1), options).squeeze(2);
}

// A network whose weights are mixed for each frame: [F, P, in] to [F, P, out].
Tensor RunMixed(Tensor x, const Tensor& chances, const std::vector<Tensor>& weights,
                const std::vector<Tensor>& biases, const Tensor& film) {
  for (size_t i = 0; i < weights.size(); ++i) {
    const Tensor& w = weights[i];
    const Tensor mixed = torch::matmul(chances, w.flatten(1)).view({-1, w.size(1), w.size(2)});
    const Tensor bias = torch::matmul(chances, biases[i]).unsqueeze(1);
    x = torch::baddbmm(bias, x, mixed);
    if (i + 1 == weights.size()) break;
    const int64_t at = static_cast<int64_t>(i) * 2 * C::kHidden;
    const Tensor scale = film.narrow(-1, at, C::kHidden).unsqueeze(1);
    const Tensor shift = film.narrow(-1, at + C::kHidden, C::kHidden).unsqueeze(1);
    x = torch::silu(torch::addcmul(shift, x, scale + 1));
  }
  return x;
}

}  // namespace

PainterImpl::PainterImpl() {
  const auto table = [&](const char* name, std::vector<int64_t> sizes, double spread) {
    return register_parameter(name, torch::randn(sizes) * spread);
  };
  far_depths_ = register_parameter("far_depths",
                                   torch::tensor({0.16f, 0.27f, 0.38f}).repeat({kSettingCount, 1}));
  far_table_ =
      table("far_table", {kSettingCount, C::kFarLayers * C::kFarChannels, C::kFarTable}, .02);
  sky_still_ = table("sky_still", {1, C::kSkyChannels, C::kSkyHeight, C::kSkyWidth}, .02);
  sky_moving_ = table("sky_moving", {1, C::kSkyChannels, C::kSkyHeight, C::kSkyWidth}, .02);
  ground_plane_ = table(
      "ground_plane", {kSettingCount, C::kGroundChannels, C::kGroundHeight, C::kGroundWidth}, .02);
  wave_weight_ = register_parameter(
      "wave_weight", torch::randn({C::kWaves, 5}) * torch::tensor({1.0f, 2.0f, 0.7f, 0.7f, 0.25f}));
  wave_phase_ = register_parameter("wave_phase", torch::rand({C::kWaves}));
  sheets_ =
      register_parameter("sheets", torch::full({C::kSheets, C::kSheetSide, C::kSheetSide}, 0.05f));
  sheet_colour_ = register_parameter("sheet_colour", torch::full({kSheetKindCount, 3}, 0.9f));

  scene_in_ = register_module("scene_in", torch::nn::Linear(kSceneInputs, C::kContext));
  scene_mid_ = register_module("scene_mid", torch::nn::Linear(C::kContext, C::kContext));
  const int film = 2 * C::kHidden * C::kLayers;
  scene_film_ = register_module("scene_film", torch::nn::Linear(C::kContext, film));
  scene_extra_ =
      register_module("scene_extra", torch::nn::Linear(C::kContext, 3 + kSheetKindCount));
  actor_in_ = register_module("actor_in", torch::nn::Linear(kActorInputs, C::kContext));
  actor_mid_ = register_module("actor_mid", torch::nn::Linear(C::kContext, C::kContext));
  actor_film_ = register_module("actor_film", torch::nn::Linear(C::kContext, film));

  const auto network = [&](const std::string& name, int64_t classes, int64_t in, int64_t out,
                           std::vector<Tensor>& weights, std::vector<Tensor>& biases) {
    for (int i = 0; i <= C::kLayers; ++i) {
      const int64_t from = i == 0 ? in : C::kHidden, to = i == C::kLayers ? out : C::kHidden;
      const Tensor w = torch::randn({1, from, to}).repeat({classes, 1, 1}) +
                       torch::randn({classes, from, to}) * 0.3;
      weights.push_back(register_parameter(name + "_weight" + std::to_string(i),
                                           w * std::sqrt(1.7 / static_cast<double>(from))));
      biases.push_back(
          register_parameter(name + "_bias" + std::to_string(i), torch::zeros({classes, to})));
    }
  };
  network("backdrop", kSettingCount, C::kBackdropInputs, C::kBackdropOutputs, backdrop_w_,
          backdrop_b_);
  network("sprite", kSubjectCount, C::kSpriteInputs, C::kSpriteOutputs, sprite_w_, sprite_b_);
  const torch::NoGradGuard no_grad;
  scene_film_->weight.mul_(0.3), actor_film_->weight.mul_(0.3);
  scene_extra_->weight.mul_(0.1), scene_extra_->bias.fill_(0.5);
}

Tensor PainterImpl::ActorInputs(const PainterFrames& f, const Tensor& points) {
  // Soft marks around each actor, for shadows, mirrored images and halos: [F, P, 3 A].
  const Tensor present = (f.actor_codes.select(-1, kPresentAt) + 1).mul(0.5).clamp(0, 1);
  const Tensor inverse = torch::exp(-f.actor_curves.select(-1, kLogScale)).unsqueeze(1);
  const Tensor dx =
      (points.select(-1, 0).unsqueeze(-1) - f.actor_curves.select(-1, kX).unsqueeze(1)) * inverse;
  const Tensor y = points.select(-1, 1).unsqueeze(-1);
  const Tensor dy = (y - f.actor_curves.select(-1, kY).unsqueeze(1)) * inverse;
  const Tensor below = (y - f.actor_curves.select(-1, kFoot).unsqueeze(1)) * inverse;
  const Tensor sun = f.scene_codes.select(-1, kSunSideAt).view({-1, 1, 1});
  const Tensor slid = dx + 0.4 * sun;  // shadows fall away from the light
  const Tensor halo = torch::exp(-0.5 * (dx.square() + dy.square()));
  const Tensor shadow = torch::exp(-slid.square() - 16 * below.square());
  const Tensor mirror =
      torch::exp(-1.5 * dx.square() - 0.5 * (below + 1).square()) * torch::sigmoid(-8 * below);
  return torch::cat({halo, shadow, mirror}, -1) * present.unsqueeze(1).repeat({1, 1, 3});
}

Tensor PainterImpl::BackdropInputs(const PainterFrames& f, const Tensor& points,
                                   const Tensor& settings) {
  const int64_t frames = points.size(0), count = points.size(1);
  const Tensor x = points.select(-1, 0), y = points.select(-1, 1);  // [F, P]
  const Tensor pan = f.scene_curves.select(-1, kPan).unsqueeze(-1);
  const Tensor zoom = torch::exp(f.scene_curves.select(-1, kLogZoom)).unsqueeze(-1);
  const Tensor up = y - f.scene_curves.select(-1, kHorizon).unsqueeze(-1);
  const Tensor time = f.time_s.unsqueeze(-1), foot = f.footprint.unsqueeze(-1);
  const auto zoom_at = [&](const auto& depth) {
    return 1 + (zoom - 1) * (0.35 + 0.65 / kSubjectDepth * depth);
  };
  std::vector<Tensor> parts;
  parts.push_back(torch::stack({x, y, up, torch::tanh(8 * up), torch::tanh(40 * up)}, -1));  // 5
  // Sky.
  const Tensor sky_zoom = zoom_at(kSkyDepth);
  const Tensor sky_x = x / sky_zoom + pan * kSkyDepth, sky_y = up / sky_zoom;
  parts.push_back(Fourier(sky_x, {0.5f, 1, 2}));  // 6
  parts.push_back(Fourier(sky_y, {0.5f, 1, 2}));  // 6
  const auto sky_places = [&](const Tensor& across) {
    return torch::stack({across / C::kSkyReach, sky_y * (2 / C::kSkyTop) - 1}, -1);
  };
  const auto all = [&](const Tensor& plane) { return plane.expand({frames, -1, -1, -1}); };
  parts.push_back(LookUp(all(sky_still_), sky_places(sky_x)).transpose(1, 2));  // 4
  parts.push_back(
      LookUp(all(sky_moving_), sky_places(sky_x + kCloudDrift * time)).transpose(1, 2));  // 4
  // Ridges.
  const Tensor depths = torch::matmul(settings, far_depths_);  // [F, 3]
  const Tensor tables = torch::matmul(settings, far_table_.flatten(1))
                            .view({frames * C::kFarLayers, C::kFarChannels, 1, C::kFarTable});
  std::vector<Tensor> far_x, far_y;
  for (int layer = 0; layer < C::kFarLayers; ++layer) {
    const Tensor depth = depths.narrow(-1, layer, 1), far_zoom = zoom_at(depth);
    far_x.push_back(x / far_zoom + pan * depth);
    far_y.push_back(up / far_zoom);
  }
  const Tensor across = torch::stack(far_x, 1).view({-1, count}) / C::kFarReach;
  const Tensor ridge = LookUp(tables, torch::stack({across, torch::zeros_like(across)}, -1))
                           .view({frames, C::kFarLayers, C::kFarChannels, count});
  const Tensor high = torch::stack(far_y, 1);                                      // [F, 3, P]
  parts.push_back(ridge.flatten(1, 2).transpose(1, 2));                            // 12
  parts.push_back(high.transpose(1, 2));                                           // 3
  parts.push_back(torch::tanh(30 * (high - ridge.select(2, 0))).transpose(1, 2));  // 3
  // Ground, in perspective; what is finer than a pixel fades.
  const Tensor down = torch::clamp_min(-up, kDownMin) / zoom;
  const Tensor far = kCameraHeight / down, log_far = torch::log(far);
  const Tensor side = x / zoom * far + pan;
  const Tensor edge = foot / zoom * far, far_edge = edge * far / kCameraHeight;
  const auto faded = [&](const Tensor& place, const Tensor& size, std::vector<float> frequencies) {
    const Tensor f2 = torch::tensor(frequencies, place.options());
    const Tensor kept = torch::exp(-(2 * size.unsqueeze(-1) * f2).square());
    return Fourier(place, frequencies) * torch::cat({kept, kept}, -1);
  };
  parts.push_back(torch::stack({down, log_far}, -1));          // 2
  parts.push_back(faded(side, edge, {0.5f, 1, 2}));            // 6
  parts.push_back(faded(far, far_edge, {0.35f, 0.7f, 1.4f}));  // 6
  const Tensor planes = torch::matmul(settings, ground_plane_.flatten(1))
                            .view({frames, C::kGroundChannels, C::kGroundHeight, C::kGroundWidth});
  const Tensor row =
      (log_far - C::kGroundLogNear) * (2 / (C::kGroundLogFar - C::kGroundLogNear)) - 1;
  parts.push_back(
      LookUp(planes, torch::stack({side / C::kGroundReach, row}, -1)).transpose(1, 2));  // 4
  // Waves that travel, over land and sky.
  const Tensor calm = 1 / (1 + (6 * far_edge).square());
  const Tensor place = torch::stack(
      {x, up, torch::clamp(side, -4, 4), torch::clamp_max(far, 8), time.expand_as(x)}, -1);
  const Tensor turns = torch::matmul(place, wave_weight_.t()) + wave_phase_;
  parts.push_back(torch::sin(kTau * turns) * calm.unsqueeze(-1));  // 16
  parts.push_back(ActorInputs(f, points));                         // 9
  return torch::cat(parts, -1);
}

PainterImpl::Backdrop PainterImpl::PaintBackdrop(const PainterFrames& f, const Tensor& points) {
  const Tensor settings = Chances(f.scene_codes, kSettingAt, kSettingCount);
  const Tensor subject = Chances(f.actor_codes.select(1, 0), kSubjectAt, kSubjectCount) *
                         (f.actor_codes.select(1, 0).narrow(-1, kPresentAt, 1) + 1) * 0.5;
  const Tensor context = torch::cat(
      {settings, Chances(f.scene_codes, kTimeAt, kTimeCount),
       Chances(f.scene_codes, kWeatherAt, kWeatherCount),
       Chances(f.scene_codes, kLookAt, kLookCount), f.scene_codes.narrow(-1, kSunSideAt, 1),
       subject, f.scene_curves.narrow(-1, 0, 3), Beats(f.time_s, kSceneTimes, kSceneBeat)},
      -1);
  const Tensor mid = torch::silu(scene_mid_(torch::silu(scene_in_(context))));
  const Tensor out = RunMixed(BackdropInputs(f, points, settings), settings, backdrop_w_,
                              backdrop_b_, scene_film_(mid));
  const Tensor extra = scene_extra_(mid);
  Backdrop b;
  b.sky = out.narrow(-1, 0, 3), b.land = out.narrow(-1, 3, 3);
  b.distance = out.select(-1, 6) * kDistanceUnit;
  b.veil = torch::sigmoid(out.select(-1, 7) * 2 - 3);
  b.veil_colour = extra.narrow(-1, 0, 3);
  b.gates = extra.narrow(-1, 3, kSheetKindCount);
  return b;
}

PainterImpl::Sprites PainterImpl::PaintSprites(const PainterFrames& f, const Tensor& points) {
  const int64_t frames = points.size(0), count = points.size(1), actors = f.active_actors;
  // Only those who are there: [N] of the F * A places.
  const Tensor present =
      (f.actor_codes.narrow(1, 0, actors).select(-1, kPresentAt) > 0).flatten().nonzero().flatten();
  const auto seen = [&](const Tensor& t) {
    return t.narrow(1, 0, actors).flatten(0, 1).index_select(0, present);
  };
  const Tensor of_frame = torch::floor_divide(present, actors);
  const auto each = [&](const Tensor& t) { return t.index_select(0, of_frame); };
  const Tensor codes = seen(f.actor_codes), curves = seen(f.actor_curves);
  const Tensor rates = seen(f.actor_rates), scene = each(f.scene_codes);
  const Tensor phases = seen(f.actor_phases);
  const Tensor subjects = Chances(codes, kSubjectAt, kSubjectCount);
  const Tensor one = torch::ones_like(curves.narrow(-1, kFlip, 1));
  const Tensor flip = torch::where(curves.narrow(-1, kFlip, 1) < 0, -one, one);
  const Tensor sun = scene.narrow(-1, kSunSideAt, 1);
  const Tensor context =
      torch::cat({subjects, Chances(codes, kColourAt, kColourCount),
                  Chances(scene, kTimeAt, kTimeCount), Chances(scene, kWeatherAt, kWeatherCount),
                  Chances(scene, kLookAt, kLookCount), Chances(scene, kSettingAt, kSettingCount),
                  sun, flip, sun * flip, rates.narrow(-1, kX, 3) * 10,
                  Beats(phases, kActorTimes, kActorBeat), Beats(phases, kTurnTimes, kTurnBeat)},
                 -1);
  const Tensor film = actor_film_(torch::silu(actor_mid_(torch::silu(actor_in_(context)))));
  // Into the actor's own coordinates: y up, facing right, about -1 .. 1.
  const Tensor at = each(points);
  const Tensor scale = torch::exp(curves.narrow(-1, kLogScale, 1));
  const Tensor dx = (at.select(-1, 0) - curves.narrow(-1, kX, 1)) / scale;
  const Tensor dy = (at.select(-1, 1) - curves.narrow(-1, kY, 1)) / scale;
  const Tensor length = torch::sqrt(curves.narrow(-1, kCosine, 1).square() +
                                    curves.narrow(-1, kSine, 1).square() + 1e-6);
  const Tensor c = curves.narrow(-1, kCosine, 1) / length, s = curves.narrow(-1, kSine, 1) / length;
  const Tensor u = (dx * c + dy * s) * flip, v = dy * c - dx * s;
  const Tensor edge = each(torch::clamp_min(f.footprint, kEdgeMin)).unsqueeze(-1) / scale;
  // What is finer than a pixel fades.
  const Tensor fine = torch::exp(-(edge * (2 * kFinest)).square()).unsqueeze(-1);
  const Tensor inputs = torch::cat(
      {torch::stack({u, v}, -1), Fourier(u, {.25f, .5f, 1, 2, 4}), Fourier(v, {.25f, .5f, 1, 2, 4}),
       Fourier(u, {kFinest}) * fine, Fourier(v, {kFinest}) * fine},
      -1);
  const Tensor out = RunMixed(inputs, subjects, sprite_w_, sprite_b_, film);
  const Tensor inside = (torch::abs(u) < C::kSpriteWindow) & (torch::abs(v) < C::kSpriteWindow);
  const Tensor logit = (out.select(-1, 0) * (-4 * kSpriteUnit) / edge)
                           .masked_fill(torch::logical_not(inside), kNowhere);
  Sprites sprites;
  const auto options = points.options();
  sprites.logit = torch::full({frames * actors, count}, kNowhere, options)
                      .index_copy(0, present, logit)
                      .view({frames, actors, count});
  sprites.colour = torch::zeros({frames * actors, count, 3}, options)
                       .index_copy(0, present, out.narrow(-1, 1, 3))
                       .view({frames, actors, count, 3});
  return sprites;
}

PainterImpl::Sheets PainterImpl::PaintSheets(const PainterFrames& f, const Tensor& points,
                                             const Tensor& gates) {
  const int64_t frames = points.size(0);
  const Tensor x = points.select(-1, 0), y = points.select(-1, 1);
  const Tensor time = f.time_s.unsqueeze(-1);
  const Tensor pan = f.scene_curves.narrow(-1, kPan, 1) * 0.8;
  std::vector<Tensor> sums(kSheetKindCount);
  // One more row and column, so that the last blends into the first.
  Tensor sheets = torch::cat({sheets_, sheets_.narrow(1, 0, 1)}, 1);
  sheets = torch::cat({sheets, sheets.narrow(2, 0, 1)}, 2);
  for (int i = 0; i < C::kSheets; ++i) {
    const SheetKind& kind = kSheetKinds[i];
    const Tensor u =
        (x + kind.slant * y + pan + kind.wind * torch::sin(kTau * 0.13 * time)) / kSheetPeriodX;
    const Tensor v = (y + kind.slide_y * time) / kind.period_y;
    const Tensor places = torch::stack({u - torch::floor(u), v - torch::floor(v)}, -1) * 2 - 1;
    const Tensor share = LookUp(sheets[i]
                                    .view({1, 1, C::kSheetSide + 1, C::kSheetSide + 1})
                                    .expand({frames, -1, -1, -1}),
                                places)
                             .squeeze(1);
    Tensor& sum = sums[static_cast<size_t>(kind.kind)];
    sum = sum.defined() ? sum + share : share;
  }
  return {(torch::stack(sums, 1) * gates.unsqueeze(-1)).clamp(0, 1), sheet_colour_};
}

PainterImpl::Painted PainterImpl::Paint(const PainterFrames& f, const Tensor& points,
                                        int64_t sprites_from) {
  const Backdrop b = PaintBackdrop(f, points);
  Painted painted;
  painted.sky_logit = b.distance * 4 / torch::clamp_min(f.footprint, kEdgeMin).unsqueeze(-1);
  const Tensor sky = torch::sigmoid(painted.sky_logit).unsqueeze(-1);
  Tensor colour = b.land + (b.sky - b.land) * sky;
  const int64_t rest = points.size(1) - sprites_from;
  if (rest > 0 && f.active_actors > 0) {
    const Sprites sprites = PaintSprites(f, points.narrow(1, sprites_from, rest));
    Tensor with = colour.narrow(1, sprites_from, rest);
    for (int64_t a = f.active_actors - 1; a >= 0; --a) {  // the first stands before the others
      const Tensor share = torch::sigmoid(sprites.logit.select(1, a)).unsqueeze(-1);
      with = with + (sprites.colour.select(1, a) - with) * share;
    }
    colour = torch::cat({colour.narrow(1, 0, sprites_from), with}, 1);
    painted.actor_logits = sprites.logit;
  }
  colour = colour + (b.veil_colour.unsqueeze(1) - colour) * b.veil.unsqueeze(-1);
  const Sheets sheets = PaintSheets(f, points, b.gates);
  for (int kind = 0; kind < kSheetKindCount; ++kind) {
    const Tensor share = sheets.share.select(1, kind).unsqueeze(-1);
    colour = colour + (sheets.colour[kind] - colour) * share;
  }
  painted.colour = colour;
  return painted;
}

}  // namespace aozora::trainer
