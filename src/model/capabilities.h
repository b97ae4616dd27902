// SPDX-License-Identifier: Apache-2.0
// What a model can do and how it wants to be used. The engine asks for these properties, never for
// a model's name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/geometry.h"

namespace aozora {

class Vocabulary;  // model/vocabulary.h

// How a picture to start from reaches the denoiser.
enum class ImageConditioning : uint8_t {
  kNone,         // text only
  kFirstLatent,  // latent frame 0 is the encoded picture, given back before every step, timestep 0
  kExtraChannels,  // mask and encoded picture as further input channels of the denoiser
};

struct Capabilities {
  std::string family;   // for people: "Wan"
  std::string variant;  // for people: "T2V 1.3B"
  LatentGeometry latent;
  bool text_to_video = true;
  ImageConditioning image_conditioning = ImageConditioning::kNone;
  uint32_t text_token_count_max = 512;
  uint32_t side_px_min = 16;          // of a picture
  uint32_t trained_frame_count = 81;  // longer clips are made piece by piece
  // How a piece goes on where the one before ended: so many of its last latent frames are given as
  // the first of the next, and all are one latent for the decoder, so that nothing shows between
  // them. 0: it starts from the last picture, decoded and encoded again.
  uint32_t continued_latent_count = 0;
  bool bridges = false;              // it can make what lies between two clips
  uint64_t trained_pixel_count = 0;  // of one frame; larger works, and is said to be a risk
  uint32_t denoiser_count = 1;       // experts, used one after the other
  bool has_full_decoder = false;
  bool has_tiny_decoder = false;
  bool has_encoder = false;  // for pictures and continuation
  std::string image_note;    // what a person should know who gives a picture, or empty
  std::shared_ptr<const Vocabulary> vocabulary;  // null: it takes any words
};

// What the makers of a checkpoint recommend; each can be overridden by the user.
struct Preset {
  std::string name;               // "3-step distilled", for people
  std::string sampler = "unipc";  // a name that diffusion/ knows
  uint32_t step_count = 50;
  double shift = 5;
  std::vector<double> timesteps;       // few-step recipes: the fixed list; step_count is its size
  std::vector<double> guidance = {5};  // one for each denoiser; 1 means no second forward
  double boundary = 0;  // from timestep boundary*1000 up denoiser 0, below it the next
  double frame_rate = 16;
  ClipSize clip = {832, 480, 81};
  std::string negative_prompt;
  bool distilled = false;  // few steps, no guidance: caches and guidance do harm
};

}  // namespace aozora
