// SPDX-License-Identifier: Apache-2.0
// What can be trained. Each preset goes on from its checkpoint, ends when its time is over, and
// leaves the engine's files in options.out.
#pragma once

#include "trainer/run.h"

namespace aozora::trainer {

Status TrainPainter(const RunOptions& options);
Status TrainDenoiser(const RunOptions& options);  // needs options.out/tokenizer.model

}  // namespace aozora::trainer
