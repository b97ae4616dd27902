// SPDX-License-Identifier: Apache-2.0
#include "trials.h"

#include <algorithm>
#include <memory>

#include "clips.h"
#include "codec.h"
#include "provenance/mark_search.h"
#include "world/dice.h"

namespace aozora::marks {
namespace {

constexpr uint32_t kClips = 12, kFoldsEach = 8;
constexpr uint32_t kBatchKeys = 16;  // one task's

std::vector<Image> UnmarkedClip(uint32_t index) {
  const Clip clip = MakeClip(index, {.frame_count = 12});
  return ThroughCodec(clip.frames, {"libx264", 23}).value();
}

std::vector<std::unique_ptr<MarkGrid>> UnmarkedFolds(uint64_t seed) {
  world::Dice dice(seed);
  std::vector<std::unique_ptr<MarkGrid>> folds;
  std::vector<float> scratch;
  for (uint32_t i = 0; i < kClips; ++i) {
    MarkAnalysis analysis;
    for (const Image& frame : UnmarkedClip(i)) analysis.Add(frame).value();
    for (uint32_t j = 0; j < kFoldsEach; ++j) {
      const double scale = kMarkScaleMin + (kMarkScaleMax - kMarkScaleMin) * dice.Unit();
      const double degrees = j == 0 ? 0 : kMarkTurnDegreesMax * (2 * dice.Unit() - 1);
      const double shorter = std::min(analysis.width(), analysis.height());
      auto fold = std::make_unique<MarkGrid>();
      Fold(analysis.Turned(degrees), scale * shorter / kChipsAcross / 2, {}, scratch, *fold);
      TransformForward(*fold);
      Whiten(*fold);
      folds.push_back(std::move(fold));
    }
  }
  return folds;
}

MarkKey RandomKey(world::Dice& dice) {
  MarkKey key;
  for (std::byte& byte : key) byte = static_cast<std::byte>(dice.Word());
  return key;
}

void Try(const MarkTemplates& templates, uint32_t mark_class, const MarkGrid& fold,
         const MarkRule& rule, MarkGrid& work, TrialCounts& counts) {
  const SyncPeak peak = templates.FindSync(fold, mark_class, work);
  ++counts.trials;
  counts.z_most = std::max(counts.z_most, peak.z);
  if (peak.z >= rule.z_min) ++counts.high;
  const auto decoded = DecodeMark(templates.ReadBits(fold, peak, work));
  if (!decoded || MarkClassOf(decoded->id) != mark_class) return;
  ++counts.checked;
  counts.fit_most = std::max(counts.fit_most, decoded->fit);
  if (decoded->fit >= rule.fit_min) ++counts.fitting;
  const DetectedMark mark{.id = decoded->id, .z = peak.z, .fit = decoded->fit};
  if (Holds(rule, mark)) ++counts.found;
}

void AddTo(const TrialCounts& part, TrialCounts& sum) {
  sum.trials += part.trials;
  sum.high += part.high;
  sum.checked += part.checked;
  sum.fitting += part.fitting;
  sum.found += part.found;
  sum.z_most = std::max(sum.z_most, part.z_most);
  sum.fit_most = std::max(sum.fit_most, part.fit_most);
}

}  // namespace

TrialCounts RunTrials(uint64_t trials, uint64_t seed, const MarkRule& rule, ThreadPool& pool) {
  const auto folds = UnmarkedFolds(seed);
  std::vector<std::unique_ptr<MarkGrid>> work;
  for (uint32_t i = 0; i < pool.thread_count(); ++i) work.push_back(std::make_unique<MarkGrid>());
  const uint64_t batches =
      (trials + kBatchKeys * kMarkClassCount - 1) / (kBatchKeys * kMarkClassCount);
  std::vector<TrialCounts> parts(batches);
  pool.ParallelFor(batches, [&](uint64_t task, uint32_t worker) {
    world::Dice dice(SplitSeed(seed, task));
    for (uint32_t i = 0; i < kBatchKeys; ++i) {
      const MarkTemplates templates(RandomKey(dice));
      for (uint32_t c = 0; c < kMarkClassCount; ++c) {
        const MarkGrid& fold = *folds[dice.Below(static_cast<uint32_t>(folds.size()))];
        Try(templates, c, fold, rule, *work[worker], parts[task]);
      }
    }
  });
  TrialCounts sum;
  for (const TrialCounts& part : parts) AddTo(part, sum);
  return sum;
}

uint64_t FalseFinds(uint64_t detections, uint64_t seed, ThreadPool& pool) {
  world::Dice dice(seed);
  uint64_t found = 0;
  std::vector<Image> frames;
  for (uint64_t i = 0; i < detections; ++i) {
    if (i % 4 == 0) frames = UnmarkedClip(dice.Below(1000));
    MarkDetector detector(RandomKey(dice), pool);
    for (const Image& frame : frames) detector.Add(frame).value();
    if (detector.Detect()) ++found;
  }
  return found;
}

}  // namespace aozora::marks
