// SPDX-License-Identifier: Apache-2.0
// What is the same for all points of a picture: networks mixed for its classes, with the context's
// scales and shifts folded into them, tables mixed for its setting, where the camera and the actors
// are. The names are those of trainer/painter.cc, which is the definition.
#pragma once

#include <array>
#include <vector>

#include "models/mini/painter_weights.h"
#include "models/mini/slots.h"

namespace aozora::mini {

// Outputs of a layer that are computed together; their number is rounded up to a multiple.
inline constexpr int64_t kOutputGroup = 4;

// A layer of one network: y = x W + b.
struct MixedLayer {
  int64_t in = 0, out = 0;    // out: rounded up
  std::vector<float> weight;  // [out / kOutputGroup, in, kOutputGroup]
  std::vector<float> bias;    // [out]
};
using MixedNetwork = std::vector<MixedLayer>;

// The places of some values in a table, -1 to 1 both ways.
struct Plane {
  int64_t height = 0, width = 0;
  const float* values = nullptr;  // [height, width, kPlaneChannels]
};

struct FarLayer {
  float depth = 0, zoom = 1;
  Plane table;  // of height 1
};

// Marks around an actor, for shadows, mirrored images and halos.
struct ActorMark {
  float present = 0;  // 0 to 1
  float x = 0, y = 0, inverse = 1, foot = 0;
};

// An actor that is there, in its own coordinates: u, v about -1 to 1, facing right, y up.
struct ActorSetup {
  float x = 0, y = 0, inverse = 1;  // of its scale
  float cosine = 1, sine = 0, flip = 1;
  float logit_scale = 0;  // of the network's distance, to the logit of the share of a pixel
  float fine_share = 1;   // of the finest frequency of its coordinates, which fades in small sizes
  MixedNetwork network;
};

struct PictureSetup {
  float time_s = 0;
  float footprint = 0;   // side of a grid point's cell, picture units
  float edge_scale = 0;  // of the backdrop's distance, to the logit of the sky's share of a pixel
  float pan = 0, horizon = 0, zoom = 1, sun = 0;
  MixedNetwork backdrop;
  std::array<FarLayer, kFarLayers> far;
  Plane sky_still, sky_moving, ground;
  std::array<ActorMark, kActorsMax> marks;
  std::array<float, 3> veil_colour = {};
  std::array<float, kSheetKinds> gates = {};
  std::vector<ActorSetup> actors;                // from the foremost to the last
  std::vector<float> far_values, ground_values;  // what the planes point at
};

// The weights as a picture wants them.
class PainterTables {
 public:
  explicit PainterTables(PainterWeights weights);
  const PainterWeights& weights() const { return weights_; }

  // `pixel` is the side of a pixel and `grid` that of a point of the backdrop's grid.
  PictureSetup SetUp(const SlotStates& states, double time_s, float pixel, float grid) const;

 private:
  void SetUpBackdrop(const SlotStates& states, PictureSetup& picture) const;
  void SetUpActor(const SlotStates& states, int slot, double time_s, float pixel,
                  PictureSetup& picture) const;

  PainterWeights weights_;  // tables with their channels last
};

}  // namespace aozora::mini
