// SPDX-License-Identifier: Apache-2.0
#include "media/interpolate.h"

#include <numeric>

#include "media/motion.h"

namespace aozora {

// The motion between the two frames that are held, estimated when the first time between them asks.
class InterpolatingSink::Between {
 public:
  explicit Between(ThreadPool& pool) : motion_(pool) {}

  void Forget() { estimated_ = false; }
  // The picture at `time` in (0, 1); lives until the next call.
  Result<const Image*> At(const Image& before, const Image& after, double time) {
    if (!estimated_) TRY(motion_.Estimate(before, after));
    estimated_ = true;
    if (motion_.is_cut()) return time < 0.5 ? &before : &after;
    TRY(motion_.Synthesize(before, after, static_cast<float>(time), &image_));
    return &image_;
  }

 private:
  Motion motion_;
  bool estimated_ = false;
  Image image_;
};

InterpolatingSink::InterpolatingSink(FrameSink& next, FrameRate from, FrameRate to,
                                     ThreadPool& pool)
    : next_(next), from_(from), to_(to), between_(std::make_unique<Between>(pool)) {
  CHECK(from.Validate().ok() && to.Validate().ok());
  // Both products are at most 1e12 and their ratio at most 120, so a million frames stay exact.
  step_ = uint64_t{from.numerator} * to.denominator;
  unit_ = uint64_t{to.numerator} * from.denominator;
  const uint64_t divisor = std::gcd(step_, unit_);
  step_ /= divisor;
  unit_ /= divisor;
}

InterpolatingSink::~InterpolatingSink() = default;

Status InterpolatingSink::Write(const Image& frame) {
  if (input_count_ >= kInterpolateFrameCountMax) {
    return Error::Exhausted("a clip has at most {} frames", kInterpolateFrameCountMax);
  }
  if (from_ == to_) return next_.Write(frame);
  if (input_count_ == 0) {
    const auto side_ok = [](uint32_t px) {
      return px >= kInterpolateSidePxMin && px <= kInterpolateSidePxMax;
    };
    if (!side_ok(frame.width_px) || !side_ok(frame.height_px)) {
      return Error::Invalid("changing the frame rate of {}x{}: sides must be {} to {}",
                            frame.width_px, frame.height_px, kInterpolateSidePxMin,
                            kInterpolateSidePxMax);
    }
  } else {
    CHECK_EQ(frame.width_px, previous_.width_px);
    CHECK_EQ(frame.height_px, previous_.height_px);
  }
  between_->Forget();
  TRY(WriteUpTo(input_count_, frame));
  previous_ = frame;
  ++input_count_;
  return Ok();
}

// Hands on all output frames whose time is not after input frame `input_index`, which is `frame`;
// all before previous_ are out already.
Status InterpolatingSink::WriteUpTo(uint64_t input_index, const Image& frame) {
  while (NextFloor() < input_index || (NextFloor() == input_index && NextRest() == 0)) {
    if (NextRest() == 0) {
      TRY(next_.Write(NextFloor() == input_index ? frame : previous_));
    } else {
      const double time = static_cast<double>(NextRest()) / static_cast<double>(unit_);
      const Image* picture = TRY(between_->At(previous_, frame, time));
      TRY(next_.Write(*picture));
    }
    ++output_count_;
  }
  return Ok();
}

Status InterpolatingSink::Finish() {
  if (!(from_ == to_)) {
    const uint64_t total = ConvertedFrameCount(input_count_, from_, to_);
    for (; output_count_ < total; ++output_count_) TRY(next_.Write(previous_));
  }
  return next_.Finish();
}

}  // namespace aozora
