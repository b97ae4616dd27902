// SPDX-License-Identifier: Apache-2.0
#include "diffusion/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace aozora {
namespace {

constexpr SamplerKind kKinds[] = {SamplerKind::kUniPc, SamplerKind::kEuler, SamplerKind::kDpmPlus,
                                  SamplerKind::kDmd,   SamplerKind::kLcm,   SamplerKind::kTrigFlow};
constexpr SamplerKind kSolvers[] = {SamplerKind::kUniPc, SamplerKind::kEuler,
                                    SamplerKind::kDpmPlus};

using Velocity = std::function<double(double x, const StepInput& input)>;

std::unique_ptr<Sampler> Make(SamplerKind kind, int steps, double shift, size_t count) {
  Schedule schedule = MakeDefaultSchedule(kind, steps, shift).value();
  return MakeSampler(kind, std::move(schedule), count, MakeSplitStepNoise(NormalKind::kPhilox, 11));
}

void RunSteps(Sampler* sampler, const Velocity& velocity, int count, std::vector<float>* x) {
  std::vector<float> answer(x->size());
  for (int i = 0; i < count; ++i) {
    const StepInput input = sampler->Next();
    for (size_t j = 0; j < x->size(); ++j) {
      answer[j] = static_cast<float>(velocity((*x)[j], input));
    }
    sampler->Advance(answer, *x);
  }
}

double Wavy(double x, const StepInput& input) {
  return std::sin(3 * x) + 0.2 * x - input.timestep / 1000;
}

TEST(Sampler, OneStepGoesStraightToThePrediction) {
  for (const SamplerKind kind : kKinds) {
    const auto sampler = Make(kind, 1, 5, 2);
    const double sigma = sampler->Next().sigma;
    std::vector<float> x = {1, -2};
    RunSteps(
        sampler.get(), [](double, const StepInput&) { return 0.5; }, 1, &x);
    EXPECT_TRUE(sampler->done());
    // The only rounding is that of the result, half an ulp of 2.
    EXPECT_NEAR(x[0], 1 - 0.5 * sigma, 1.2e-7) << Name(kind);
    EXPECT_NEAR(x[1], -2 - 0.5 * sigma, 1.2e-7) << Name(kind);
  }
}

TEST(Sampler, APerfectModelIsFollowedToItsPicture) {
  // v = (x - picture) / sigma is the velocity of a model that knows the picture; all end on it.
  // Each step rounds v (up to 3, divided by sigma as small as 0.02 near the end but multiplied by
  // it again).
  for (const double shift : {1.0, 5.0, 12.0}) {
    for (const SamplerKind kind : kKinds) {
      const int steps = kind == SamplerKind::kUniPc || kind == SamplerKind::kEuler ? 30 : 3;
      const auto sampler = Make(kind, steps, shift, 2);
      std::vector<float> x = {1.5f, -0.3f};
      RunSteps(
          sampler.get(),
          [](double value, const StepInput& input) { return (value - 0.75) / input.sigma; }, steps,
          &x);
      EXPECT_NEAR(x[0], 0.75, 1e-6) << Name(kind);
      EXPECT_NEAR(x[1], 0.75, 1e-6) << Name(kind);
    }
  }
}

double ErrorOnExponential(SamplerKind kind, SigmaTable table, int steps) {
  // dx/dsigma = v = x, so x(0) = x(sigma) e^-sigma.
  Schedule schedule = MakeSchedule(table, steps, 3).value();
  const double start = schedule.sigmas[0];
  const auto sampler = MakeSampler(kind, std::move(schedule), 1, nullptr);
  std::vector<float> x = {1};
  RunSteps(
      sampler.get(), [](double value, const StepInput&) { return value; }, steps, &x);
  return std::fabs(x[0] - std::exp(-start));
}

TEST(Sampler, HalvingTheStepsDividesTheErrorByTheOrder) {
  // Far above float rounding (1e-7 a step): errors here are 1e-2 to 1e-4.
  const auto ratio = [](SamplerKind kind, SigmaTable table) {
    return ErrorOnExponential(kind, table, 10) / ErrorOnExponential(kind, table, 20);
  };
  EXPECT_NEAR(ratio(SamplerKind::kEuler, SigmaTable::kLinear), 2, 0.2);
  EXPECT_GT(ratio(SamplerKind::kDpmPlus, SigmaTable::kLinearTruncated), 3.2);
  EXPECT_GT(ratio(SamplerKind::kUniPc, SigmaTable::kUniPcTruncated), 3.2);
}

TEST(Sampler, AnyTableSuitsAnySolver) {
  // Tables that begin at sigma 1 have lambda = -inf there; nothing infinite may come of it.
  for (const SamplerKind kind : kSolvers) {
    for (const SigmaTable table :
         {SigmaTable::kUniPcTruncated, SigmaTable::kUniPcDiffusers, SigmaTable::kLinearTruncated,
          SigmaTable::kLinear, SigmaTable::kLinearLowEndShiftedTwice}) {
      EXPECT_LT(ErrorOnExponential(kind, table, 50), 0.02) << Name(kind) << ", " << Name(table);
    }
  }
}

TEST(Sampler, CountsStepsWhereTimestepsRepeat) {
  for (const int steps : {92, 100, 1000}) {
    const auto sampler = Make(SamplerKind::kUniPc, steps, 12, 1);
    std::vector<float> x = {1};
    int repeats = 0;
    float before = -1;
    while (!sampler->done()) {
      repeats += sampler->Next().timestep == before ? 1 : 0;
      before = sampler->Next().timestep;
      RunSteps(
          sampler.get(), [](double value, const StepInput&) { return value; }, 1, &x);
    }
    EXPECT_EQ(sampler->step_index(), steps);
    EXPECT_GT(repeats, 0);
    // Second order: some h^2 with h = 12/92 at most in lambda's densest part.
    EXPECT_NEAR(x[0], std::exp(-sampler->schedule().sigmas[0]), 1e-3) << steps;
  }
}

TEST(Sampler, ResumedAtAnyStepItGivesTheSameBits) {
  for (const SamplerKind kind : kKinds) {
    const int steps = kind == SamplerKind::kDmd ? 3 : 4;
    const std::vector<float> start = {1, -0.5f, 0.25f, 2, -1.75f};
    const auto whole = Make(kind, steps, 8, start.size());
    std::vector<float> want = start;
    RunSteps(whole.get(), Wavy, steps, &want);
    for (int stop = 0; stop <= steps; ++stop) {
      std::vector<float> x = start;
      const auto first = Make(kind, steps, 8, x.size());
      RunSteps(first.get(), Wavy, stop, &x);
      const auto second = Make(kind, steps, 8, x.size());
      ASSERT_TRUE(second->Load(first->Save()).ok());
      EXPECT_EQ(second->step_index(), stop);
      RunSteps(second.get(), Wavy, steps - stop, &x);
      EXPECT_EQ(x, want) << Name(kind) << " stopped at " << stop;
    }
  }
}

TEST(Sampler, ALongRunIsResumedWithTheSameBits) {
  constexpr int kSteps = 20;
  for (const SamplerKind kind : kSolvers) {
    std::vector<float> want = {0.3f, -1};
    const auto whole = Make(kind, kSteps, 5, 2);
    RunSteps(whole.get(), Wavy, kSteps, &want);
    for (int stop = 0; stop <= kSteps; ++stop) {
      std::vector<float> x = {0.3f, -1};
      const auto first = Make(kind, kSteps, 5, 2), second = Make(kind, kSteps, 5, 2);
      RunSteps(first.get(), Wavy, stop, &x);
      ASSERT_TRUE(second->Load(first->Save()).ok());
      RunSteps(second.get(), Wavy, kSteps - stop, &x);
      EXPECT_EQ(x, want) << Name(kind) << " stopped at " << stop;
    }
  }
}

TEST(Sampler, ForeignStatesAreRefusedAndChangeNothing) {
  const auto sampler = Make(SamplerKind::kUniPc, 6, 5, 2);
  std::vector<float> x = {1, 2};
  RunSteps(sampler.get(), Wavy, 3, &x);
  const SavedState good = sampler->Save();
  const auto code_after = [&](auto change) {
    SavedState state = good;
    change(&state);
    const auto other = Make(SamplerKind::kUniPc, 6, 5, 2);
    const Status status = other->Load(state);
    EXPECT_EQ(other->step_index(), 0);
    for (const SavedState::Buffer& buffer : other->Save().buffers) {
      if (buffer.name == "sigmas") continue;
      EXPECT_EQ(buffer.values, std::vector<float>(2));
    }
    return status.error().code();
  };
  EXPECT_EQ(code_after([](SavedState* s) { s->kind = "euler"; }), ErrorCode::kInvalid);
  EXPECT_EQ(code_after([](SavedState* s) { s->step_index = -1; }), ErrorCode::kCorrupt);
  EXPECT_EQ(code_after([](SavedState* s) { s->step_index = 7; }), ErrorCode::kCorrupt);
  EXPECT_EQ(code_after([](SavedState* s) { s->buffers[0].values[1] = 0.9f; }), ErrorCode::kInvalid);
  for (size_t i = 0; i < good.buffers.size(); ++i) {
    EXPECT_EQ(code_after([i](SavedState* s) { s->buffers[i].name += "?"; }), ErrorCode::kCorrupt);
    EXPECT_EQ(code_after([i](SavedState* s) { s->buffers[i].values.pop_back(); }),
              ErrorCode::kCorrupt);
  }
  const auto longer = Make(SamplerKind::kUniPc, 7, 5, 2);
  EXPECT_FALSE(longer->Load(good).ok());
}

TEST(SamplerDeathTest, GoingOnAfterTheLastStepIsABug) {
  const auto sampler = Make(SamplerKind::kEuler, 1, 5, 1);
  std::vector<float> x = {1};
  RunSteps(sampler.get(), Wavy, 1, &x);
  EXPECT_DEATH(sampler->Next(), "done");
  EXPECT_DEATH(sampler->Advance(x, x), "done");
}

TEST(SamplerKind, NamesAreReadBack) {
  for (const SamplerKind kind : kKinds) EXPECT_EQ(ParseSamplerKind(Name(kind)).value(), kind);
  EXPECT_EQ(ParseSamplerKind("heun").error().message(),
            "there is no sampler \"heun\": choose one of unipc, euler, dpm++, dmd, lcm, rcm");
  EXPECT_FALSE(ParseSamplerKind("").ok());
  EXPECT_FALSE(ParseSamplerKind("UniPC").ok());
}

TEST(DefaultSchedule, DistilledModelsKnowTheirNumbersOfSteps) {
  EXPECT_EQ(MakeDefaultSchedule(SamplerKind::kDmd, 3, 8)->timesteps,
            (std::vector<float>{1000, 757, 522}));
  EXPECT_EQ(MakeDefaultSchedule(SamplerKind::kLcm, 4, 5)->timesteps[1], 937.5f);
  for (const SamplerKind kind : {SamplerKind::kDmd, SamplerKind::kLcm, SamplerKind::kTrigFlow}) {
    EXPECT_EQ(MakeDefaultSchedule(kind, 0, 5).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(MakeDefaultSchedule(kind, 51, 5).error().code(), ErrorCode::kInvalid);
  }
}

TEST(StepNoise, DependsOnTheStepAlone) {
  for (const auto make : {&MakeSplitStepNoise, &MakeContinuedStepNoise}) {
    for (const NormalKind kind : {NormalKind::kPhilox, NormalKind::kTwister}) {
      std::vector<float> forward(40), backward(40), other(40);
      const auto a = make(kind, 5), b = make(kind, 5);
      a->Fill(0, other);
      a->Fill(1, forward);
      b->Fill(1, backward);
      EXPECT_EQ(forward, backward);
      EXPECT_NE(forward, other);
    }
  }
}

TEST(StepNoise, ContinuedIsWhatOneSequenceGives) {
  const auto source = MakeNormalSource(NormalKind::kTwister, 42);
  const auto noise = MakeContinuedStepNoise(NormalKind::kTwister, 42);
  std::vector<float> want(40), got(40);
  source->Fill(want);  // the initial noise
  for (int step = 0; step < 3; ++step) {
    source->Fill(want);
    noise->Fill(step, got);
    EXPECT_EQ(got, want);
  }
}

}  // namespace
}  // namespace aozora
