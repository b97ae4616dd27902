// SPDX-License-Identifier: Apache-2.0
// Samplers that fit a line through the predictions of neighbouring steps.
//
// Both work on the predicted clean latent m = x0 and on lambda = log((1 - sigma) / sigma). Their
// papers write a step from level s to level t, h = lambda_t - lambda_s, with alpha_t (e^-h - 1); in
// flow matching, alpha = 1 - sigma, this is r - 1 with r = sigma_t / sigma_s, so that
//
//   x_t = r x_s + (1 - r) (m_s + correction)
//
// holds without infinities at both ends: at sigma_s = 1 (lambda = -inf) and at sigma_t = 0, where r
// = 0 and x_t = m_s. Corrections weigh differences of predictions by ratios of steps in lambda; a
// difference that reaches back to lambda = -inf has the weight 0.
#pragma once

#include "diffusion/sampler.h"

namespace aozora {

// UniPC of order 2 with B(h) = e^h - 1 ("bh2"), predicting x0, lower orders first and last:
// predictor orders 1, 2, 2, ..., 2, 1, and at each new level first a correction of the step that
// led there, of the order of that step's predictor. (Zhao et al., "UniPC", NeurIPS 2023; the
// constants as in diffusers scheduling_unipc_multistep.py: 0.5 in the predictor and in the
// first-order corrector.)
class UniPcSampler final : public Sampler {
 public:
  UniPcSampler(Schedule schedule, size_t value_count);

 private:
  void Step(std::span<const float> velocity, std::span<float> x) override;
  int PredictorOrder(int step) const;
};

// DPM-Solver++ (2M, midpoint): order 1 first and last. (Lu et al. 2022, arXiv 2211.01095; as in
// diffusers scheduling_dpmsolver_multistep.py with a final sigma of 0.)
class DpmPlusSampler final : public Sampler {
 public:
  DpmPlusSampler(Schedule schedule, size_t value_count);

 private:
  void Step(std::span<const float> velocity, std::span<float> x) override;
};

}  // namespace aozora
