// SPDX-License-Identifier: Apache-2.0
// The tensors of the painter (models/mini/painter.h), under the names and in the layouts that
// trainer/painter.cc gives them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/mini/slots.h"
#include "weights/tensor_set.h"

namespace aozora::mini {

// What is the same for all painters: the meaning of inputs and outputs.
inline constexpr int kFarLayers = 3;      // ridges at three depths
inline constexpr int kPlaneChannels = 4;  // of every table and plane that is looked up
inline constexpr int kWavePlaces = 5;     // x, up, side, far, time
inline constexpr int kSheetCount = 5;     // what falls or rises
inline constexpr int kSheetKinds = 3;     // rain, snow, bubbles
inline constexpr int kSceneBeats = 6, kActorBeats = 20, kTurnBeats = 4;
inline constexpr int kSceneContext = kSettingCount + kTimeCount + kWeatherCount + kLookCount + 1 +
                                     kSubjectCount + 3 + 2 * kSceneBeats;
inline constexpr int kActorContext = kSubjectCount + kColourCount + kTimeCount + kWeatherCount +
                                     kLookCount + kSettingCount + 3 + 3 + 2 * kActorBeats +
                                     2 * kTurnBeats;
inline constexpr int kBackdropInputsBesidesWaves = 70;
inline constexpr int kBackdropOutputs = 8;  // sky 3, land 3, distance, veil
inline constexpr int kSpriteInputs = 26;
inline constexpr float kSpriteFinest = 8;  // turns per unit of its coordinates
inline constexpr int kSpriteOutputs = 4;   // distance, colour 3

// What may differ, read from the shapes.
struct PainterSizes {
  int64_t context = 96;     // units of the context networks
  int64_t hidden = 64;      // units of the coordinate networks
  int64_t layer_count = 3;  // hidden layers of these
  int64_t wave_count = 16;
  int64_t far_cells = 1024;
  int64_t sky_height = 64, sky_width = 256;
  int64_t ground_height = 64, ground_width = 192;
  int64_t sheet_side = 384;

  int64_t backdrop_inputs() const { return kBackdropInputsBesidesWaves + wave_count; }
  int64_t film_width() const { return 2 * hidden * layer_count; }
};

// A fully connected layer.
struct PainterDense {
  std::vector<float> weight;  // [out, in]
  std::vector<float> bias;    // [out]
};

// A coordinate network for each of some classes, whose weights are mixed for each picture.
struct PainterNetwork {
  struct Layer {
    int64_t in = 0, out = 0;
    std::vector<float> weight;  // [class, in, out]
    std::vector<float> bias;    // [class, out]
  };
  int64_t class_count = 0;
  std::vector<Layer> layers;
};

struct PainterWeights {
  PainterSizes sizes;
  std::vector<float> far_depths;             // [setting, layer]
  std::vector<float> far_table;              // [setting, layer * channel, cell]
  std::vector<float> sky_still, sky_moving;  // [1, channel, row, column]
  std::vector<float> ground_plane;           // [setting, channel, row, column]
  std::vector<float> wave_weight;            // [wave, place]
  std::vector<float> wave_phase;             // [wave]
  std::vector<float> sheets;                 // [sheet, row, column]
  std::vector<float> sheet_colour;           // [kind, colour]
  PainterDense scene_in, scene_mid, scene_film, scene_extra;
  PainterDense actor_in, actor_mid, actor_film;
  PainterNetwork backdrop, sprite;
};

// Calls `visit` with every tensor of a painter of these sizes and where its values belong; stops at
// the first error.
using TensorVisitor =
    std::function<Status(const std::string& name, const Shape& shape, std::vector<float>& values)>;
Status VisitPainterTensors(PainterWeights& weights, const TensorVisitor& visit);

// Everything must be there, in the one shape that fits the others, and nothing else.
Status CheckPainterShapes(const TensorSet& weights);
Result<PainterWeights> TakePainterWeights(TensorSet weights);

}  // namespace aozora::mini
