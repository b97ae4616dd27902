// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "provenance/mark_code.h"
#include "provenance/mark_grid.h"
#include "provenance/mark_search.h"

namespace aozora {
namespace {

// A tile that is drawn or turned by this much too much is off by half a chip at the far end of a
// picture of 16:9, and correlates with the right one still.
constexpr double kStep = 0.0084;
constexpr double kWideAspect = 16.0 / 9;
constexpr double kTurnStepDegrees = kStep * 180 / std::numbers::pi;
// Places that are looked at closely: those that stand out this far, and the best of them.
constexpr double kWorthALook = 4.9;
constexpr size_t kLooksMax = 8;
// The look: steps are halved so often.
constexpr int kRefinements = 3;

// How the picture is taken to have been changed, and where the tile is then.
struct Guess {
  double scale = 1;
  double degrees = 0;
  FoldShift shift = {};
  SyncPeak peak = {};
};
bool IsBetter(const Guess& a, const Guess& b) { return a.peak.z > b.peak.z; }

std::vector<double> Scales(double aspect) {
  std::vector<double> scales;
  for (double scale = kMarkScaleMin; scale <= kMarkScaleMax;) {
    scales.push_back(scale);
    scale *= 1 + std::clamp(kStep * scale * kWideAspect / std::max(aspect, 1.0), 0.004, 0.012);
  }
  return scales;
}

std::vector<double> Turns() {
  std::vector<double> degrees;
  for (int i = 1; i * kTurnStepDegrees <= kMarkTurnDegreesMax; ++i) {
    degrees.push_back(i * kTurnStepDegrees);
    degrees.push_back(-i * kTurnStepDegrees);
  }
  return degrees;
}

// One worker's memory.
struct Bench {
  MarkGrid fold, work;
  std::vector<float> scratch;
};

class Search {
 public:
  Search(const MarkAnalysis& analysis, const MarkTemplates& templates, ThreadPool& pool)
      : analysis_(analysis), templates_(templates), pool_(pool) {
    for (uint32_t i = 0; i < pool.thread_count(); ++i) {
      benches_.push_back(std::make_unique<Bench>());
    }
    const double longer = std::max(analysis.width(), analysis.height());
    shorter_ = std::min(analysis.width(), analysis.height());
    scales_ = Scales(longer / shorter_);
  }

  std::optional<DetectedMark> Upright(const MarkRule& rule) {
    const TurnedPlane plane = analysis_.Turned(0);
    std::vector<Guess> guesses(scales_.size());
    pool_.ParallelFor(scales_.size(), [&](uint64_t task, uint32_t worker) {
      guesses[task] = Try(plane, {.scale = scales_[task]}, *benches_[worker]);
    });
    return LookClosely(std::move(guesses), rule);
  }

  std::optional<DetectedMark> Turned(const MarkRule& rule) {
    const std::vector<double> turns = Turns();
    std::vector<double> scales = scales_;
    std::erase_if(scales, [](double scale) {
      return scale < kMarkTurnedScaleMin || scale > kMarkTurnedScaleMax;
    });
    std::vector<Guess> guesses(turns.size() * scales.size());
    pool_.ParallelFor(turns.size(), [&](uint64_t task, uint32_t worker) {
      const TurnedPlane plane = analysis_.Turned(turns[task]);
      for (size_t i = 0; i < scales.size(); ++i) {
        guesses[task * scales.size() + i] =
            Try(plane, {.scale = scales[i], .degrees = turns[task]}, *benches_[worker]);
      }
    });
    return LookClosely(std::move(guesses), rule);
  }

 private:
  void Transform(const TurnedPlane& plane, const Guess& guess, Bench& bench) const {
    Fold(plane, guess.scale * shorter_ / kChipsAcross / 2, guess.shift, bench.scratch, bench.fold);
    TransformForward(bench.fold);
    Whiten(bench.fold);
  }

  Guess Try(const TurnedPlane& plane, Guess guess, Bench& bench) const {
    Transform(plane, guess, bench);
    guess.peak = templates_.FindSync(bench.fold, bench.work);
    return guess;
  }

  // The best guesses, each made better step by step, until one holds.
  std::optional<DetectedMark> LookClosely(std::vector<Guess> guesses, const MarkRule& rule) {
    const size_t looks = std::min(guesses.size(), kLooksMax);
    std::partial_sort(guesses.begin(), guesses.begin() + static_cast<ptrdiff_t>(looks),
                      guesses.end(), IsBetter);
    std::vector<std::optional<DetectedMark>> found(looks);
    pool_.ParallelFor(looks, [&](uint64_t task, uint32_t worker) {
      if (guesses[task].peak.z < kWorthALook) return;
      found[task] = ReadRefined(guesses[task], rule, *benches_[worker]);
    });
    for (const auto& mark : found) {
      if (mark) return mark;
    }
    return std::nullopt;
  }

  // What can be read at the guess, or as it gets better.
  std::optional<DetectedMark> ReadRefined(Guess guess, const MarkRule& rule, Bench& bench) const {
    double step = kStep / 2, shift = 0.5;
    for (int round = 0;; ++round, step /= 2, shift /= 2) {
      const auto mark = Read(guess, bench);
      if (mark && Holds(rule, *mark)) return mark;
      if (round == kRefinements) return std::nullopt;
      guess = Refine(guess, step, shift, bench);
    }
  }

  // The best of the guess and its neighbours in angle, scale and place.
  Guess Refine(const Guess& from, double step, double shift, Bench& bench) const {
    Guess best = from;
    for (const double turn : {0.0, -step, step}) {
      const double degrees = from.degrees + turn * 180 / std::numbers::pi;
      const TurnedPlane plane = analysis_.Turned(degrees);
      for (const double stretch : {0.0, -step, step}) {
        Guess next = from;
        next.degrees = degrees;
        next.scale = from.scale * (1 + stretch);
        ImproveShift(plane, shift, next, bench);
        if (IsBetter(next, best)) best = next;
      }
    }
    return best;
  }

  // The peak at `guess`, or at a neighbour less than a cell away if that is higher.
  void ImproveShift(const TurnedPlane& plane, double shift, Guess& guess, Bench& bench) const {
    const Guess from = guess;
    guess.peak.z = 0;
    for (const auto& [x, y] : {std::pair(0.0, 0.0), std::pair(shift, 0.0), std::pair(0.0, shift),
                               std::pair(shift, shift)}) {
      Guess next = from;
      next.shift = {from.shift.x + x, from.shift.y + y};
      Transform(plane, next, bench);
      next.peak =
          templates_.FindSync(bench.fold, from.peak.mark_class, from.peak.flipped, bench.work);
      if (IsBetter(next, guess)) guess = next;
    }
  }

  std::optional<DetectedMark> Read(const Guess& guess, Bench& bench) const {
    Transform(analysis_.Turned(guess.degrees), guess, bench);
    const auto bits = templates_.ReadBits(bench.fold, guess.peak, bench.work);
    const std::optional<DecodedMark> decoded = DecodeMark(bits);
    if (!decoded || MarkClassOf(decoded->id) != guess.peak.mark_class) return std::nullopt;
    return DetectedMark{.id = decoded->id,
                        .z = guess.peak.z,
                        .fit = decoded->fit,
                        .scale = guess.scale,
                        .rotation_degrees = guess.degrees,
                        .flipped = guess.peak.flipped,
                        .frame_count = analysis_.frame_count()};
  }

  const MarkAnalysis& analysis_;
  const MarkTemplates& templates_;
  ThreadPool& pool_;
  std::vector<std::unique_ptr<Bench>> benches_;
  double shorter_ = 0;
  std::vector<double> scales_;
};

}  // namespace

bool Holds(const MarkRule& rule, const DetectedMark& mark) {
  if (mark.z < rule.z_min) return false;
  return mark.fit >= (mark.z < rule.z_sure ? rule.fit_min : rule.fit_min_when_sure);
}

MarkDetector::MarkDetector(const MarkKey& key, ThreadPool& pool)
    : pool_(pool), templates_(std::make_unique<const MarkTemplates>(key)) {}
MarkDetector::~MarkDetector() = default;

Status MarkDetector::Add(const Image& frame) { return analysis_.Add(frame); }

std::optional<DetectedMark> MarkDetector::Detect(const MarkRule& rule) {
  if (analysis_.frame_count() == 0) return std::nullopt;
  Search search(analysis_, *templates_, pool_);
  if (const auto mark = search.Upright(rule)) return mark;
  return search.Turned(rule);
}

}  // namespace aozora
