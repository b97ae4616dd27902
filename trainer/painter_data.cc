// SPDX-License-Identifier: Apache-2.0
#include "trainer/painter_data.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "world/dice.h"
#include "world/frame.h"

namespace aozora::trainer {
namespace {

using world::Dice;
using world::FrameSetup;

constexpr float kCodeNoise = 0.15f;  // what a denoiser may leave
constexpr int kTriesMax = 24;        // to find a point outside of all actors
constexpr float kWindow = PainterConfig::kSpriteWindow - 0.02f;

struct PictureSize {
  uint32_t width_px, height_px;
};
// Many small pictures show more of the world for the same time, large ones sharp edges.
constexpr PictureSize kSizes[] = {{192, 108}, {256, 144}, {256, 144}, {384, 216}, {512, 288}};

struct Picture {
  PictureSize size;
  FrameSetup frame;
  std::vector<uint8_t> rgb;
  std::vector<float> coverage;
};

Picture Render(const world::Scene& scene, double time_s, PictureSize size) {
  Picture p{size, SetUpFrame(scene, time_s, size.width_px, size.height_px), {}, {}};
  const size_t area = size_t{size.width_px} * size.height_px;
  p.rgb.resize(3 * area);
  p.coverage.resize(world::kMapCount * area);
  RenderRows(p.frame, size.width_px, size.height_px, p.rgb.data(), p.coverage.data());
  return p;
}

bool Inside(const world::Sprite& s, float x, float y) {
  const float dx = (x - s.x) * s.inverse, dy = (y - s.y) * s.inverse;
  const float u = dx * s.cosine + dy * s.sine, v = dy * s.cosine - dx * s.sine;
  return std::fabs(u) < PainterConfig::kSpriteWindow && std::fabs(v) < PainterConfig::kSpriteWindow;
}

std::vector<const world::Sprite*> SpritesOf(const FrameSetup& f) {
  std::vector<const world::Sprite*> sprites;
  for (const world::ActorFrame& actor : f.actors) {
    if (!actor.present) continue;
    for (int i = 0; i < actor.count; ++i) sprites.push_back(&actor.sprites[i]);
  }
  return sprites;
}

struct PixelPlace {
  uint32_t column, row;
};

class PointPicker {
 public:
  PointPicker(const Picture& picture, Dice& dice)
      : picture_(picture), dice_(dice), sprites_(SpritesOf(picture.frame)) {}

  PixelPlace Open() {
    PixelPlace place = {};
    for (int i = 0; i < kTriesMax; ++i) {
      place = {dice_.Below(picture_.size.width_px), dice_.Below(picture_.size.height_px)};
      const auto [x, y] = PointOf(place);
      if (std::none_of(sprites_.begin(), sprites_.end(),
                       [x = x, y = y](const world::Sprite* s) { return Inside(*s, x, y); })) {
        return place;
      }
    }
    return {0, 0};  // a corner: as good as never covered
  }

  PixelPlace OnActor() {
    for (int i = 0; i < kTriesMax && !sprites_.empty(); ++i) {
      const world::Sprite& s = *sprites_[dice_.Below(static_cast<uint32_t>(sprites_.size()))];
      const float u = dice_.Between(-kWindow, kWindow), v = dice_.Between(-kWindow, kWindow);
      const float x = s.x + (u * s.cosine - v * s.sine) / s.inverse;
      const float y = s.y + (u * s.sine + v * s.cosine) / s.inverse;
      const float column = (x - picture_.frame.x_first) / picture_.frame.step + 0.5f;
      const float row = (picture_.frame.y_first - y) / picture_.frame.step + 0.5f;
      if (column < 0 || row < 0) continue;
      const PixelPlace place = {static_cast<uint32_t>(column), static_cast<uint32_t>(row)};
      if (place.column < picture_.size.width_px && place.row < picture_.size.height_px)
        return place;
    }
    return {dice_.Below(picture_.size.width_px), dice_.Below(picture_.size.height_px)};
  }

  std::pair<float, float> PointOf(PixelPlace place) const {
    return {picture_.frame.x_first + picture_.frame.step * static_cast<float>(place.column),
            picture_.frame.y_first - picture_.frame.step * static_cast<float>(place.row)};
  }

 private:
  const Picture& picture_;
  Dice& dice_;
  std::vector<const world::Sprite*> sprites_;
};

void Blur(SlotLatent& latent, Dice& dice) {
  for (int frame = 0; frame < latent.frame_count; ++frame) {
    for (int slot = 0; slot < kSlotCount; ++slot) {
      float* values = latent.slot(frame, slot);
      if (slot > 0 && values[kPresentAt] < 0) continue;
      const int end = slot == 0 ? kSunSideAt : kPresentAt;
      for (int i = 0; i < end; ++i) {
        values[i] += kCodeNoise * (dice.Unit() + dice.Unit() + dice.Unit() - 1.5f) * 2;
      }
    }
  }
}

torch::Tensor Make(const std::vector<float>& values, std::vector<int64_t> sizes,
                   const torch::Device& device) {
  return torch::tensor(values).view(sizes).to(device);
}

}  // namespace

void FrameCollector::Add(const SlotLatent& latent, double time_s, double footprint) {
  const auto append = [](std::vector<float>& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  const SlotState scene = StateAt(latent, 0, time_s);
  append(scene_codes_, scene.codes), append(scene_curves_, scene.curves);
  std::array<SlotState, kActorsMax> actors;
  for (int a = 0; a < kActorsMax; ++a) {
    SlotState& actor = actors[static_cast<size_t>(a)];
    actor = StateAt(latent, a + 1, time_s);
    append(actor_codes_, actor.codes), append(actor_curves_, actor.curves);
    append(actor_rates_, actor.rates);
    if (actor.codes[kPresentAt] > 0) active_ = std::max<int64_t>(active_, a + 1);
  }
  append(actor_phases_, PhasesAt(actors, time_s));
  time_s_.push_back(static_cast<float>(time_s));
  footprint_.push_back(static_cast<float>(footprint));
}

PainterFrames FrameCollector::Finish(const torch::Device& device) {
  const int64_t n = static_cast<int64_t>(time_s_.size());
  PainterFrames f;
  f.scene_codes = Make(scene_codes_, {n, kCurvesAt}, device);
  f.scene_curves = Make(scene_curves_, {n, kCurveCount}, device);
  f.actor_codes = Make(actor_codes_, {n, kActorsMax, kCurvesAt}, device);
  f.actor_curves = Make(actor_curves_, {n, kActorsMax, kCurveCount}, device);
  f.actor_rates = Make(actor_rates_, {n, kActorsMax, kCurveCount}, device);
  f.actor_phases = Make(actor_phases_, {n, kActorsMax}, device);
  f.time_s = Make(time_s_, {n}, device);
  f.footprint = Make(footprint_, {n}, device);
  f.active_actors = active_;
  return f;
}

PainterBatch MakePainterBatch(uint64_t seed, const world::WorldSubset& subset,
                              const PainterBatchSize& size, const torch::Device& device) {
  Dice dice(SplitSeed(seed, 77));
  FrameCollector collector;
  const int64_t per_frame = size.open_points + size.actor_points;
  std::vector<float> points, colour, sky, covered;
  for (int i = 0; i < size.frame_count; ++i) {
    const world::Scene scene =
        OnKnownGround(SampleScene(SplitSeed(seed, static_cast<uint64_t>(i) + 100), subset));
    const double time_s = dice.Unit() * scene.duration_s;
    const PictureSize picture_size = kSizes[dice.Below(std::size(kSizes))];
    const Picture picture = Render(scene, time_s, picture_size);
    SlotLatent latent = EncodeScene(scene);
    Blur(latent, dice);
    collector.Add(latent, time_s, picture.frame.step);
    PointPicker picker(picture, dice);
    const size_t area = size_t{picture_size.width_px} * picture_size.height_px;
    for (int64_t k = 0; k < per_frame; ++k) {
      const PixelPlace place = k < size.open_points ? picker.Open() : picker.OnActor();
      const auto [x, y] = picker.PointOf(place);
      points.push_back(x), points.push_back(y);
      const size_t at = size_t{place.row} * picture_size.width_px + place.column;
      for (size_t c = 0; c < 3; ++c) {
        colour.push_back(static_cast<float>(picture.rgb[3 * at + c]) / 255.0f);
      }
      const auto map = [&](world::MapKind kind) {
        return picture.coverage[static_cast<size_t>(kind) * area + at];
      };
      const float actors = map(world::MapKind::kFirst) + map(world::MapKind::kSecond);
      const float open = map(world::MapKind::kSky) + map(world::MapKind::kLight);
      covered.push_back(actors);
      sky.push_back(actors > 0.98f ? 0.5f : std::min(open / (1 - actors), 1.0f));
    }
  }
  PainterBatch batch;
  batch.frames = collector.Finish(device);
  batch.points = Make(points, {size.frame_count, per_frame, 2}, device);
  batch.colour = Make(colour, {size.frame_count, per_frame, 3}, device);
  batch.sky = Make(sky, {size.frame_count, per_frame}, device);
  batch.covered = Make(covered, {size.frame_count, per_frame}, device);
  batch.sprites_from = size.open_points;
  return batch;
}

double FootprintOf(uint32_t width_px, uint32_t height_px) {
  return 1 / std::sqrt(double{1} * width_px * height_px * 9 / 16);
}

torch::Tensor PicturePoints(uint32_t width_px, uint32_t height_px) {
  const double step = FootprintOf(width_px, height_px);
  const torch::Tensor x = (torch::arange(int64_t{width_px}) - (width_px - 1) / 2.0) * step;
  // A number minus a tensor of whole numbers would be made whole first.
  const torch::Tensor y = (torch::arange(int64_t{height_px}) - (height_px - 1) / 2.0) * -step;
  return torch::stack({x.unsqueeze(0).expand({height_px, width_px}),
                       y.unsqueeze(1).expand({height_px, width_px})},
                      -1)
      .to(torch::kFloat32)
      .reshape({1, int64_t{width_px} * height_px, 2});
}

torch::Tensor PaintPicture(Painter& painter, const SlotLatent& latent, double time_s,
                           uint32_t width_px, uint32_t height_px, const torch::Device& device) {
  const torch::NoGradGuard no_grad;
  FrameCollector collector;
  collector.Add(latent, time_s, FootprintOf(width_px, height_px));
  const PainterFrames frames = collector.Finish(device);
  const torch::Tensor points = PicturePoints(width_px, height_px).to(device);
  return painter->Paint(frames, points, 0).colour.clamp(0, 1).view({height_px, width_px, 3}).cpu();
}

}  // namespace aozora::trainer
