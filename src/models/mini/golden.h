// SPDX-License-Identifier: Apache-2.0
// Runs the networks of this family on golden files (model/golden.h), which the trainer writes.
//
// "mini_painter": a painter's tensors; cases with in.latent [C, T, h, w], in.size (width, height in
// pixels), in.time_s [n] and out.pictures [n, Y, X, 3], 0 to 1, clamped. Pictures are made point by
// point, whatever their size.
// "mini_denoiser": a denoiser's tensors and, in golden.config, "head_width" and "text_len"; cases
// with in.latent [C, T, h, w], in.t (0 to 1000; 1, T or one for each token), in.context [rows,
// width], and out.clean (what the network gives) or out.velocity (what a sampler sees) or both.
// Its text encoder is of a kind that has golden files already ("umt5").
#pragma once

#include <vector>

#include "base/result.h"
#include "model/golden.h"
#include "op/device.h"

namespace aozora::mini {

bool IsMiniGolden(const GoldenFile& file);
// All cases of a file; a row for each tensor it expects.
Result<std::vector<GoldenRow>> RunGolden(op::Device& device, const GoldenFile& file);

}  // namespace aozora::mini
