// SPDX-License-Identifier: Apache-2.0
// What torch.save writes since PyTorch 1.6: a zip file with NAME/data.pkl, a pickle of the state
// dict, and NAME/data/KEY, the bytes of each storage (github.com/pytorch/pytorch,
// torch/serialization.py).
#pragma once

#include "weights/layout.h"

namespace aozora {

// The tensors of the state dict, which may be wrapped in dictionaries ({"state_dict": {...}}).
// Nothing of the file is executed: see pickle.h. Everything in the answer lies inside of `file`.
Result<FileLayout> ParseTorchZip(Bytes file);

}  // namespace aozora
