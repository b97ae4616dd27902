// SPDX-License-Identifier: Apache-2.0
// What happens to clips outside: the matrix that the invisible mark is judged by.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec.h"
#include "tensor/image.h"

namespace aozora::marks {

enum class Promise {
  kCore,  // promised, and part of the quick run
  kFull,  // promised
  kNone,  // shown, not promised
};

struct Attack {
  std::string name;
  Promise promise = Promise::kFull;
  // Changes the frames; unset: leaves them.
  std::function<std::vector<Image>(const std::vector<Image>&)> change;
  std::optional<CodecChoice> codec;  // then encodes them
  bool one_frame = false;            // and at last keeps only one
};

const std::vector<Attack>& AllAttacks();
// kUnsupported if the encoder is missing.
Result<std::vector<Image>> Apply(const Attack& attack, const std::vector<Image>& frames);

}  // namespace aozora::marks
