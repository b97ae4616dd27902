// SPDX-License-Identifier: Apache-2.0
#include "matrix.h"

#include <algorithm>

#include "base/clock.h"
#include "base/rng.h"
#include "measure.h"
#include "media/clip_reader.h"
#include "media/media_testonly.h"
#include "media/video_writer.h"
#include "provenance/invisible_mark.h"
#include "provenance/mark_detector.h"
#include "provenance/visible_mark.h"

namespace aozora::marks {
namespace {

MarkKey BenchKey() {
  MarkKey key = {};
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(7 * i + 1);
  return key;
}

class Discard : public FrameSink {
 public:
  Status Write(const Image&) override { return Ok(); }
  Status Finish() override { return Ok(); }
};

Result<std::vector<Image>> Delivered(const std::vector<Image>& frames) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "clip.mp4";
  auto writer = VideoWriter::Create(path, frames[0].width_px, frames[0].height_px, {});
  if (!writer.ok()) return writer.error();
  for (const Image& frame : frames) TRY((*writer)->Write(frame));
  TRY((*writer)->Finish());
  auto reader = ClipReader::Open(path);
  if (!reader.ok()) return reader.error();
  std::vector<Image> out;
  for (;;) {
    auto frame = (*reader)->Next();
    if (!frame.ok()) return frame.error();
    if (!frame->has_value()) return out;
    out.push_back(std::move(**frame));
  }
}

}  // namespace

Result<MarkedClip> Matrix::Mark(uint32_t index, const ClipShape& shape) const {
  const Clip clip = MakeClip(index, shape);
  MarkedClip marked;
  marked.name = clip.name;
  marked.id = static_cast<uint32_t>(SplitSeed(1000, index));
  CollectingSink keep;
  InvisibleMarkSink sink({.key = BenchKey(), .id = marked.id}, pool_, keep);
  for (const Image& frame : clip.frames) TRY(sink.Write(frame));
  double sum = 0, worst = 0;
  for (size_t i = 0; i < keep.frames.size(); ++i) {
    const double square = LumaSquare(clip.frames[i], keep.frames[i]);
    sum += square;
    worst = std::max(worst, square);
  }
  const size_t middle = keep.frames.size() / 2;
  marked.psnr_y_db = PsnrOf(sum / static_cast<double>(keep.frames.size()));
  marked.psnr_y_db_worst = PsnrOf(worst);
  marked.ssim = Ssim(clip.frames[middle], keep.frames[middle]);
  auto delivered = Delivered(keep.frames);
  if (!delivered.ok()) return delivered.error();
  marked.delivered = std::move(delivered).value();
  return marked;
}

Outcome Matrix::Run(const MarkedClip& clip, const Attack& attack) const {
  Outcome outcome;
  const auto frames = Apply(attack, clip.delivered);
  if (!frames.ok()) {
    outcome.kind = Outcome::kNotRun;
    return outcome;
  }
  const double begin_s = SystemClock().Seconds();
  MarkDetector detector(BenchKey(), pool_);
  for (const Image& frame : *frames) detector.Add(frame).value();
  const auto mark = detector.Detect();
  outcome.seconds = SystemClock().Seconds() - begin_s;
  if (!mark) return outcome;
  outcome.kind = mark->id == clip.id ? Outcome::kFound : Outcome::kWrong;
  outcome.z = mark->z;
  outcome.fit = mark->fit;
  return outcome;
}

Result<Cost> MeasureCost(uint32_t clip_index, uint32_t frame_count, ThreadPool& pool) {
  const Clip clip =
      MakeClip(clip_index, {.width_px = 1920, .height_px = 1080, .frame_count = frame_count});
  const auto timed = [&](FrameSink& sink) -> Result<double> {
    const double begin_s = SystemClock().Seconds();
    for (const Image& frame : clip.frames) TRY(sink.Write(frame));
    TRY(sink.Finish());
    return (SystemClock().Seconds() - begin_s) * 1000 / frame_count;
  };
  Discard discard;
  InvisibleMarkSink invisible({.key = BenchKey(), .id = 5}, pool, discard);
  VisibleMarkSettings settings;
  settings.width_px = 1920;
  settings.height_px = 1080;
  settings.creator = "somebody";
  VisibleMarkSink visible(settings, discard);
  const TemporaryFolder folder;
  auto writer = VideoWriter::Create(folder.path() / "clip.mp4", 1920, 1080, {});
  if (!writer.ok()) return writer.error();
  Cost cost;
  cost.invisible_ms = TRY(timed(invisible));
  cost.visible_ms = TRY(timed(visible));
  cost.encode_ms = TRY(timed(**writer));
  return cost;
}

}  // namespace aozora::marks
