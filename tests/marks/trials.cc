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
constexpr uint32_t kBatchKeys = 64;  // one task's

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

// A picture without a mark, ready for any key.
struct Unmarked {
  std::unique_ptr<MarkGrid> spectrum;
  std::unique_ptr<MarkGrid> chips;  // its real part: what data chips are read from
};

void Judge(const MarkPattern& pattern, const GridPlane& correlation, const Unmarked& unmarked,
           const MarkRule& rule, TrialCounts& counts) {
  const SyncPeak peak = HighestOf(correlation);
  ++counts.trials;
  counts.z_most = std::max(counts.z_most, peak.z);
  if (peak.z >= rule.z_min) ++counts.high;
  if (peak.z < rule.z_min && counts.trials % kReadAnyway != 0) return;
  ++counts.read;
  const auto decoded = DecodeMark(ReadBits(pattern, unmarked.chips->re, peak));
  if (!decoded) return;
  ++counts.checked;
  counts.fit_most = std::max(counts.fit_most, decoded->fit);
  if (decoded->fit >= rule.fit_min) ++counts.fitting;
  DetectedMark mark;
  mark.z = peak.z;
  mark.fit = decoded->fit;
  if (Holds(rule, mark)) ++counts.found;
}

// Two tiles at once: one in the real part, one in the imaginary.
void TryTwo(const MarkKey& key, const Unmarked& unmarked, const MarkRule& rule, MarkGrid& work,
            MarkGrid& out, TrialCounts& counts) {
  const MarkPattern first = MakeMarkPattern(key, 0), second = MakeMarkPattern(key, 1);
  work.re.fill(0);
  work.im.fill(0);
  DrawSync(first, false, 1, work.re);
  DrawSync(second, false, -1, work.im);
  TransformForward(work);
  // With a spectrum of a real fold F and of tiles A - iB: F conj(A - iB) = F conj(A) + i F conj(B).
  static const auto zero = std::make_unique<MarkGrid>();
  CorrelatePair(*unmarked.spectrum, work, *zero, out);
  TransformBackward(out);
  Judge(first, out.re, unmarked, rule, counts);
  Judge(second, out.im, unmarked, rule, counts);
}

void AddTo(const TrialCounts& part, TrialCounts& sum) {
  sum.trials += part.trials;
  sum.high += part.high;
  sum.read += part.read;
  sum.checked += part.checked;
  sum.fitting += part.fitting;
  sum.found += part.found;
  sum.z_most = std::max(sum.z_most, part.z_most);
  sum.fit_most = std::max(sum.fit_most, part.fit_most);
}

}  // namespace

TrialCounts RunTrials(uint64_t trials, uint64_t seed, const MarkRule& rule, ThreadPool& pool) {
  std::vector<Unmarked> unmarked;
  const MarkTemplates any(MarkKey{});  // chips have the same shape for all keys
  for (auto& spectrum : UnmarkedFolds(seed)) {
    unmarked.push_back({std::move(spectrum), std::make_unique<MarkGrid>()});
    any.FindChips(*unmarked.back().spectrum, *unmarked.back().chips);
  }
  std::vector<std::unique_ptr<MarkGrid>> work;
  for (uint32_t i = 0; i < 2 * pool.thread_count(); ++i) {
    work.push_back(std::make_unique<MarkGrid>());
  }
  const uint64_t batches = (trials + 2 * kBatchKeys - 1) / (2 * kBatchKeys);
  std::vector<TrialCounts> parts(batches);
  pool.ParallelFor(batches, [&](uint64_t task, uint32_t worker) {
    world::Dice dice(SplitSeed(seed, task));
    for (uint32_t i = 0; i < kBatchKeys; ++i) {
      TryTwo(RandomKey(dice), unmarked[dice.Below(static_cast<uint32_t>(unmarked.size()))], rule,
             *work[2 * worker], *work[2 * worker + 1], parts[task]);
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
