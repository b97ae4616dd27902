// SPDX-License-Identifier: Apache-2.0
// The options that name a model and its parts, the same for every command that opens one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "model/model.h"

namespace aozora::app {

struct ModelOptions {
  std::string model;
  std::string text_encoder, vae, tiny_decoder, tokenizer;
  std::vector<std::string> loras;  // FILE or FILE:STRENGTH

  void AddTo(CLI::App& app);
  Result<std::unique_ptr<Model>> Open(const Environment& environment) const;
};

// "FILE" or "FILE:STRENGTH"; a colon that no number follows belongs to the file's name.
Result<LoraChoice> ParseLora(std::string_view text);

}  // namespace aozora::app
