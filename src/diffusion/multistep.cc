// SPDX-License-Identifier: Apache-2.0
#include "diffusion/multistep.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aozora {
namespace {

// Histories: the predictions of the last step and of the one before, and (UniPC) where the last
// step set out from.
constexpr size_t kLast = 0, kBefore = 1, kOrigin = 2;

double Lambda(double sigma) { return std::log((1 - sigma) / sigma); }

// (lambda_t - lambda_s) / (lambda_before - lambda_s), the inverse of the papers' r_k: what a
// difference between the predictions at `before` and at `s` is multiplied by. Negative; 0 if
// `before` is pure noise.
double StepRatio(double sigma_t, double sigma_s, double sigma_before) {
  if (sigma_before >= 1) return 0;
  return (Lambda(sigma_t) - Lambda(sigma_s)) / (Lambda(sigma_before) - Lambda(sigma_s));
}

// Weights of (m_before - m_s) and (m_t - m_s) in UniPC's corrector for the step from s to t.
struct CorrectorWeights {
  double before, here;
};

// Second order: rho solves [1 1; r_k 1] rho = b with the b of "bh2"; `before` is rho_0 / r_k.
CorrectorWeights SecondOrderCorrector(double sigma_t, double sigma_s, double sigma_before) {
  const double hh = Lambda(sigma_s) - Lambda(sigma_t);  // -h
  const double base = std::expm1(hh);                   // B(h)
  const double phi1 = base / hh - 1;
  const double phi2 = phi1 / hh - 0.5;
  const double b1 = phi1 / base, b2 = 2 * phi2 / base;
  const double inverse_rk = StepRatio(sigma_t, sigma_s, sigma_before);
  const double rho0 = (b1 - b2) * inverse_rk / (inverse_rk - 1);
  return {rho0 * inverse_rk, b1 - rho0};
}

}  // namespace

UniPcSampler::UniPcSampler(Schedule schedule, size_t value_count)
    : Sampler(SamplerKind::kUniPc, std::move(schedule), value_count,
              {"x0 last", "x0 before", "origin"}) {}

int UniPcSampler::PredictorOrder(int step) const {
  return std::min({2, step + 1, step_count() - step});
}

void UniPcSampler::Step(std::span<const float> velocity, std::span<float> x) {
  const int step = step_index();
  const std::span<float> last = history(kLast), before = history(kBefore),
                         origin = history(kOrigin);
  const double level = sigma(step);

  // The correction of the step that led here, and its share of x at the step's origin.
  double origin_share = 0;
  CorrectorWeights corrector = {0, 0.5};
  if (step > 0) {
    origin_share = level / sigma(step - 1);
    if (PredictorOrder(step - 1) == 2) {
      corrector = SecondOrderCorrector(level, sigma(step - 1), sigma(step - 2));
    }
  }
  const double next_share = sigma(step + 1) / level;
  const double before_weight =
      PredictorOrder(step) == 2 ? 0.5 * StepRatio(sigma(step + 1), level, sigma(step - 1)) : 0;

  for (size_t i = 0; i < x.size(); ++i) {
    const float here = static_cast<float>(x[i] - level * velocity[i]);
    float corrected = x[i];
    if (step > 0) {
      const double m = last[i];
      const double slope = corrector.before * (before[i] - m) + corrector.here * (here - m);
      corrected = static_cast<float>(origin_share * origin[i] + (1 - origin_share) * (m + slope));
    }
    const double slope = before_weight * (double{last[i]} - here);
    x[i] = static_cast<float>(next_share * corrected + (1 - next_share) * (here + slope));
    before[i] = last[i];
    last[i] = here;
    origin[i] = corrected;
  }
}

DpmPlusSampler::DpmPlusSampler(Schedule schedule, size_t value_count)
    : Sampler(SamplerKind::kDpmPlus, std::move(schedule), value_count, {"x0 last"}) {}

void DpmPlusSampler::Step(std::span<const float> velocity, std::span<float> x) {
  const int step = step_index();
  const std::span<float> last = history(kLast);
  const double level = sigma(step);
  const double share = sigma(step + 1) / level;
  const bool first_order = step == 0 || step == step_count() - 1;
  const double last_weight =
      first_order ? 0 : 0.5 * StepRatio(sigma(step + 1), level, sigma(step - 1));
  for (size_t i = 0; i < x.size(); ++i) {
    const float here = static_cast<float>(x[i] - level * velocity[i]);
    const double slope = last_weight * (double{last[i]} - here);
    x[i] = static_cast<float>(share * x[i] + (1 - share) * (here + slope));
    last[i] = here;
  }
}

}  // namespace aozora
