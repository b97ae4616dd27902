// SPDX-License-Identifier: Apache-2.0
#include "media/poster.h"

#include <algorithm>

#include "media/image_io.h"
#include "media/scale.h"

namespace aozora {

Status PosterSink::Write(const Image& frame) {
  // The frames before the wanted one are kept too, since any may turn out to be the last.
  if (next_index_++ <= frame_index_) kept_ = frame;
  return Ok();
}

Status PosterSink::Finish() {
  if (next_index_ == 0) return Error::Invalid("{}: a poster of no frames", path_.string());
  const uint64_t longer_px = std::max(kept_.width_px, kept_.height_px);
  if (longer_px <= side_px_max_) {
    return WriteImage(path_, kept_, ImageFormat::kWebp, kPosterQuality);
  }
  const auto fitted = [&](uint64_t px) {
    const uint64_t rounded = (2 * px * side_px_max_ + longer_px) / (2 * longer_px);
    return static_cast<uint32_t>(std::max<uint64_t>(rounded, 1));
  };
  const Image small = TRY(Resize(kept_, fitted(kept_.width_px), fitted(kept_.height_px), pool_));
  return WriteImage(path_, small, ImageFormat::kWebp, kPosterQuality);
}

}  // namespace aozora
