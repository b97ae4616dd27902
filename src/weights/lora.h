// SPDX-License-Identifier: Apache-2.0
// Low-rank updates of a network's weights, merged once when the model is loaded: W + s * up * down.
#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "weights/tensor_set.h"

namespace aozora {

struct LoraReport {
  int weight_count = 0;  // weights that were changed
  int64_t rank_max = 0;  // 0 where the file only has full differences
  uint64_t bytes = 0;    // of memory that the changed weights own now
};

// Merges a LoRA file into the weights of `set`, which then own their memory. `map` is the map that
// the set was made with: stored names that it knows are found under it, also with the prefixes of
// tools in front ("diffusion_model.", "transformer.", "base_model.model."); kohya's names with
// underscores (lora_unet_blocks_0_attn_q) are found among the names of the set.
//
// For a module X with the weight W [out, ...], matrices up [out, rank] and down [rank, ...]:
//   X.lora_down/lora_up(.weight), X.lora_A/lora_B(.default)(.weight)   W += strength * a/rank * up
//   down
//     with a = X.alpha, or that of the file's metadata (lora_metadata.h), or else rank
//   X.diff, X.diff_b, X.diff_m                     weight, bias, modulation of X += strength * it
//
// Plain floats keep their dtype (the sum is made in f32, then rounded); block-quantised, 8-bit and
// integer weights become f16. The result does not depend on the number of threads; `pool` may be
// null. Nothing is changed unless all of the file can be: a key that matches nothing, half of a
// pair, a shape that disagrees, and other kinds of adapters (LoHa, LoKr, DoRA) are errors that name
// examples.
Result<LoraReport> MergeLora(const TensorFile& lora, const NameMap& map, float strength,
                             TensorSet* set, ThreadPool* pool = nullptr);

// What MergeLora would say, without the work: so that a LoRA that does not fit is refused when the
// model is opened and not when its turn comes.
Status CheckLora(const TensorFile& lora, const NameMap& map, float strength, const TensorSet& set);

}  // namespace aozora
