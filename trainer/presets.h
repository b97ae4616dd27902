// SPDX-License-Identifier: Apache-2.0
// What can be trained. Each preset goes on from its checkpoint, ends when its time is over, and
// leaves the engine's files in options.out.
#pragma once

#include "trainer/run.h"

namespace aozora::trainer {

Status TrainPainter(const RunOptions& options);
Status TrainDenoiser(const RunOptions& options);  // needs options.out/tokenizer.model
Status TrainEncoder(const RunOptions& options);
Status TrainJudge(const RunOptions& options);

// options.out/vocabulary.json: the words that captions of the subset are made of.
Status WriteVocabulary(const RunOptions& options);
// options.out/golden/*.safetensors: what libtorch makes of the weights in options.out.
Status WriteGoldens(const RunOptions& options);
// Which words of captions options.from (or options.out) does not understand.
Status TestWords(const RunOptions& options);
// Clips of held-out prompts by options.program with the weights in options.out, read by
// options.judge: a table, options.out/eval.json and a contact sheet.
Status Evaluate(const RunOptions& options);

}  // namespace aozora::trainer
