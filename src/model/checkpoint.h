// SPDX-License-Identifier: Apache-2.0
// What lies on disk for a model, before any family has looked at it: every checkpoint file at a path,
// opened (mapped, nothing read but the headers).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "weights/tensor_file.h"

namespace aozora {

// Where the parts of a model are. `model` is a folder (original or diffusers layout, or a ComfyUI
// models folder), or the denoiser's file; parts given by themselves win over what is found there.
// For a single file, the folders beside it are searched (../vae, ../text_encoders, ../tokenizer).
struct CheckpointPaths {
  std::filesystem::path model;
  std::filesystem::path text_encoder;
  std::filesystem::path decoder;        // full VAE
  std::filesystem::path tiny_decoder;
  std::filesystem::path tokenizer;
};

struct Checkpoint {
  struct TextFile {  // small JSON beside the weights: config.json, model_index.json
    std::filesystem::path path;
    std::string content;
  };
  std::filesystem::path root;
  std::vector<TensorFile> files;        // shards of one index are one entry
  std::vector<TextFile> configs;
  std::vector<std::filesystem::path> tokenizers;  // SentencePiece model files
};

// Limits: folders three deep, kCheckpointFilesMax files. An unreadable file among them is an error
// that names it, not a file less.
Result<Checkpoint> OpenCheckpoint(const CheckpointPaths& paths);

}  // namespace aozora
