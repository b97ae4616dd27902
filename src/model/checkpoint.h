// SPDX-License-Identifier: Apache-2.0
// What lies on disk for a model, before any family has looked at it: every checkpoint file at a
// path, opened (mapped, nothing read but the headers).
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
  std::filesystem::path model = {};
  std::filesystem::path text_encoder = {};
  std::filesystem::path decoder = {};  // full VAE
  std::filesystem::path tiny_decoder = {};
  std::filesystem::path tokenizer = {};
};

struct Checkpoint {
  struct TextFile {  // small JSON beside the weights: config.json, model_index.json ...
    std::filesystem::path path;
    std::string content;
  };
  std::filesystem::path root;     // of the model: the folder, or the one that its file is in
  std::vector<TensorFile> files;  // shards of one index are one entry
  size_t named_count = 0;         // files at the front that were given by themselves
  std::vector<TextFile> configs;
  std::vector<std::filesystem::path> tokenizers;  // SentencePiece model files; if given, that alone
};

inline constexpr size_t kCheckpointFilesMax = 256;
inline constexpr int kCheckpointFolderDepth = 3;

// Files come sorted by path, after those given by themselves; the model's own file, where it is
// one, is the first of all. One half of a pair of files ("..._high_noise_...") brings the other
// half, if that is beside it. Hidden folders are left out. Limits: folders kCheckpointFolderDepth
// deep, kCheckpointFilesMax files. An unreadable file among them is an error that names it, not a
// file less.
Result<Checkpoint> OpenCheckpoint(const CheckpointPaths& paths);

}  // namespace aozora
