// SPDX-License-Identifier: Apache-2.0
// What the tensors of this family's networks are called in the files that people have. Canonical
// are the names of the original repositories (github.com/Wan-Video/Wan2.2, wan/modules/*.py;
// github.com/madebyollin/taehv, taehv.py). Files for ComfyUI keep these, some behind a prefix.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/tensor_set.h"

namespace aozora::wan {

enum class Network : uint8_t { kDit, kUmt5, kVae21, kVae22, kTinyVae };

enum class Layout : uint8_t {
  kOriginal,
  kDiffusers,    // github.com/huggingface/diffusers, scripts/convert_wan_to_diffusers.py
  kHuggingFace,  // UMT5 as in github.com/huggingface/transformers, also used by ComfyUI
  kLlamaCpp,     // UMT5 as in github.com/ggml-org/llama.cpp, gguf-py/gguf/tensor_mapping.py
};
std::string_view Name(Network network);  // "denoiser", "text encoder", "VAE 2.1" ... for people
std::string_view Name(Layout layout);    // "original", "diffusers" ... for people

struct NetworkLayout {
  Network network;
  Layout layout;
  friend bool operator==(const NetworkLayout&, const NetworkLayout&) = default;
};

// What a file holds, by the names in it: nothing, one network, or (test data) one network twice.
std::vector<NetworkLayout> FindNetworks(const TensorFile& file);

// The name of one tensor. Names that the layout does not know come back as they are, so that the
// network that has no place for them can say so.
std::string CanonicalName(const NetworkLayout& from, std::string_view stored);
std::string StoredName(const NetworkLayout& to, std::string_view canonical);

// The map for a whole file: prefixes stripped, duplicates of tied weights and things that are no
// weights left out.
NameMap CanonicalNames(const TensorFile& file, const NetworkLayout& layout);

}  // namespace aozora::wan
