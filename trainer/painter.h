// SPDX-License-Identifier: Apache-2.0
// The decoder of the embedded model (format 3, frozen: src/models/mini computes the same):
// coordinate networks that paint any point of a picture at any time and any size from the slots of
// a latent (trainer/latent.h). Nothing in it is a grid of pixels, so edges are as sharp as the
// picture that is asked for.
//
// Parts. Each class of setting and of subject has a small network of its own; the probabilities
// that the codes stand for mix their weights once a frame (Yang et al., "CondConv", 2019). A
// context network turns the other codes into a scale and a shift for every hidden unit (FiLM, Perez
// et al., 2017). Inputs are coordinates as the camera sees them at several depths, Fourier features
// of them (Tancik et al., 2020) and learned planes looked up there (Mueller et al., "Instant NGP",
// 2022; "K-planes", 2023).
//   backdrop   sky and land, two colours and a signed distance between them, and a veil of fog
//   actors     a signed distance and a colour in the subject's own coordinates
//   sheets     what falls: planes that repeat and slide
#pragma once

#include "trainer/latent.h"
#include "trainer/torch.h"

namespace aozora::trainer {

struct PainterConfig {
  static constexpr int kContext = 96;
  static constexpr int kHidden = 64;
  static constexpr int kLayers = 3;  // hidden layers of a network
  static constexpr int kBackdropInputs = 86;
  static constexpr int kBackdropOutputs = 8;  // sky 3, land 3, distance, veil
  static constexpr int kSpriteInputs = 26;
  static constexpr int kSpriteOutputs = 4;  // distance, colour
  static constexpr int kFarLayers = 3;
  static constexpr int kFarTable = 1024, kFarChannels = 4;
  static constexpr float kFarReach = 2.0f;  // of the table, world units to both sides
  static constexpr int kSkyWidth = 256, kSkyHeight = 64, kSkyChannels = 4;
  static constexpr float kSkyReach = 1.7f, kSkyTop = 1.0f;
  static constexpr int kGroundWidth = 192, kGroundHeight = 64, kGroundChannels = 4;
  static constexpr float kGroundReach = 3.0f;
  static constexpr float kGroundLogNear = -0.6f, kGroundLogFar = 2.6f;  // of the distance
  static constexpr int kWaves = 16;
  static constexpr int kSheets = 5;
  static constexpr int kSheetSide = 384;
  static constexpr float kSpriteWindow = 1.4f;  // local units; nothing is painted beyond
};

// What one sheet is: its period in picture units, how far it slides in a second, its slant and
// which of the three kinds (rain, snow, bubbles) it is.
struct SheetKind {
  float period_y, slide_y, slant, wind;
  int kind;
};
inline constexpr float kSheetPeriodX = 2;
inline constexpr SheetKind kSheetKinds[PainterConfig::kSheets] = {{3.36f, 1.302f, 0.16f, 0, 0},
                                                                  {3.36f, 0.966f, 0.16f, 0, 0},
                                                                  {2, 0.17f, 0, 0.06f, 1},
                                                                  {2, 0.11f, 0, 0.06f, 1},
                                                                  {2, -0.16f, 0, 0, 2}};
inline constexpr int kSheetKindCount = 3;

// The state of `frames` instants, from StateAt, as tensors.
struct PainterFrames {
  torch::Tensor scene_codes;           // [F, 40]; as are the actors', for all kActorsMax slots (A)
  torch::Tensor scene_curves;          // [F, 8]
  torch::Tensor actor_codes;           // [F, A, 40]
  torch::Tensor actor_curves;          // [F, A, 8]
  torch::Tensor actor_rates;           // [F, A, 8]
  torch::Tensor actor_phases;          // [F, A], seconds
  torch::Tensor time_s;                // [F]
  torch::Tensor footprint;             // [F], side of a pixel in picture units
  int64_t active_actors = kActorsMax;  // slots beyond are empty in all frames
};

class PainterImpl : public torch::nn::Module {
 public:
  PainterImpl();

  struct Backdrop {
    torch::Tensor sky, land;    // [F, P, 3]
    torch::Tensor distance;     // [F, P], above 0 in the sky, picture units
    torch::Tensor veil;         // [F, P], 0..1
    torch::Tensor veil_colour;  // [F, 3]
    torch::Tensor gates;        // [F, 3], of rain, snow, bubbles
  };
  // `points` [F, P, 2]: x to the right, y up, picture units.
  Backdrop PaintBackdrop(const PainterFrames& frames, const torch::Tensor& points);
  struct Sprites {
    torch::Tensor logit;   // [F, A, P], of the share that the actor covers
    torch::Tensor colour;  // [F, A, P, 3]
  };
  Sprites PaintSprites(const PainterFrames& frames, const torch::Tensor& points);
  struct Sheets {
    torch::Tensor share;   // [F, 3, P]
    torch::Tensor colour;  // [3, 3]
  };
  Sheets PaintSheets(const PainterFrames& frames, const torch::Tensor& points,
                     const torch::Tensor& gates);

  // All of it: [F, P, 3]. Points from `sprites_from` on may show actors.
  struct Painted {
    torch::Tensor colour;        // [F, P, 3]
    torch::Tensor sky_logit;     // [F, P]
    torch::Tensor actor_logits;  // [F, A, P - sprites_from]
  };
  Painted Paint(const PainterFrames& frames, const torch::Tensor& points, int64_t sprites_from);

 private:
  torch::Tensor BackdropInputs(const PainterFrames& frames, const torch::Tensor& points,
                               const torch::Tensor& settings);
  torch::Tensor ActorInputs(const PainterFrames& frames, const torch::Tensor& points);

  torch::Tensor far_depths_, far_table_, sky_still_, sky_moving_, ground_plane_;
  torch::Tensor wave_weight_, wave_phase_, sheets_, sheet_colour_;
  torch::nn::Linear scene_in_{nullptr}, scene_mid_{nullptr}, scene_film_{nullptr};
  torch::nn::Linear scene_extra_{nullptr};
  torch::nn::Linear actor_in_{nullptr}, actor_mid_{nullptr}, actor_film_{nullptr};
  std::vector<torch::Tensor> backdrop_w_, backdrop_b_, sprite_w_, sprite_b_;
};
TORCH_MODULE(Painter);

}  // namespace aozora::trainer
