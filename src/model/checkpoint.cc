// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "base/file.h"
#include "base/units.h"

namespace aozora {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kConfigBytesMax = 1_MiB;
constexpr size_t kFolderEntriesMax = 20000;  // looked at in all
constexpr std::array<std::string_view, 4> kWeightExtensions = {".safetensors", ".gguf", ".pth",
                                                               ".pt"};
constexpr std::string_view kIndexSuffix = ".safetensors.index.json";
constexpr std::array<std::string_view, 3> kConfigNames = {"config.json", "model_index.json",
                                                          "vocabulary.json"};
constexpr std::array<std::string_view, 2> kTokenizerNames = {"spiece.model", "tokenizer.model"};
// Where the other parts lie when the model is one file, seen from that file's folder.
constexpr std::array<std::string_view, 7> kSiblingFolders = {
    "../vae",  "../vae_approx", "../text_encoders", "../text_encoder",
    "../clip", "../tokenizer",  "../tokenizers"};
// How the two halves of a pair of experts are told in file names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kHalves = {
    {{"high", "low"}, {"High", "Low"}, {"HIGH", "LOW"}}};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Files of interest, as paths; nothing is opened.
struct Listing {
  std::vector<fs::path> weights, configs, tokenizers;
};

void Classify(const fs::path& path, Listing* listing) {
  const std::string name = path.filename().string();
  if (name.ends_with(kIndexSuffix) || Contains(kWeightExtensions, path.extension().string())) {
    listing->weights.push_back(path);
  } else if (Contains(kConfigNames, name)) {
    listing->configs.push_back(path);
  } else if (Contains(kTokenizerNames, name)) {
    listing->tokenizers.push_back(path);
  }
}

Status List(const fs::path& folder, int depth, size_t* entry_count, Listing* listing) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) return Error::Io("cannot list {}: {}", folder.string(), error.message());
  for (const fs::directory_entry& entry : entries) {
    if (++*entry_count > kFolderEntriesMax) {
      return Error::Exhausted(
          "{} holds more than {} files and folders: name the model's own folder", folder.string(),
          kFolderEntriesMax);
    }
    if (entry.path().filename().string().starts_with('.')) continue;
    if (entry.is_directory(error)) {
      if (depth > 1) TRY(List(entry.path(), depth - 1, entry_count, listing));
    } else if (entry.is_regular_file(error)) {
      Classify(entry.path(), listing);
    }
  }
  return Ok();
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The index that would list this file if it is a shard, "NAME-00001-of-00003.safetensors".
std::optional<fs::path> IndexOfShard(const fs::path& path) {
  if (path.extension() != ".safetensors") return std::nullopt;
  const std::string stem = path.stem().string();
  const size_t of = stem.rfind("-of-");
  if (of == std::string::npos || !IsDigits(std::string_view(stem).substr(of + 4))) {
    return std::nullopt;
  }
  const size_t dash = stem.rfind('-', of - 1);
  if (of == 0 || dash == std::string::npos ||
      !IsDigits(std::string_view(stem).substr(dash + 1, of - dash - 1))) {
    return std::nullopt;
  }
  return path.parent_path() / (stem.substr(0, dash) + std::string(kIndexSuffix));
}

// Leaves out shards whose index is there, and sorts.
void Tidy(Listing* listing) {
  const std::set<fs::path> all(listing->weights.begin(), listing->weights.end());
  std::erase_if(listing->weights, [&](const fs::path& path) {
    const std::optional<fs::path> index = IndexOfShard(path);
    return index && all.contains(*index);
  });
  for (auto* paths : {&listing->weights, &listing->configs, &listing->tokenizers}) {
    std::sort(paths->begin(), paths->end());
  }
}

Result<Listing> ListFolder(const fs::path& folder, int depth) {
  Listing listing;
  size_t entry_count = 0;
  TRY(List(folder, depth, &entry_count, &listing));
  Tidy(&listing);
  return listing;
}

// The other half of a pair of experts, if such a file exists.
std::optional<fs::path> OtherHalf(const fs::path& path) {
  const std::string name = path.filename().string();
  for (const auto& pair : kHalves) {
    for (const auto& [mine, other] : {pair, std::pair(pair.second, pair.first)}) {
      const size_t at = name.find(mine);
      if (at == std::string::npos) continue;
      std::string twin = name;
      twin.replace(at, mine.size(), other);
      std::error_code error;
      fs::path candidate = path.parent_path() / twin;
      if (fs::is_regular_file(candidate, error)) return candidate;
    }
  }
  return std::nullopt;
}

class Opener {
 public:
  explicit Opener(const CheckpointPaths& paths) : paths_(paths) {}
  Result<Checkpoint> Open();

 private:
  Status AddFile(const fs::path& path);
  Status AddNamed(const fs::path& path);
  Status AddListing(const Listing& listing);
  Status AddFolder(const fs::path& path, int depth);
  Status AddModelFile();

  const CheckpointPaths& paths_;
  Checkpoint checkpoint_;
  std::set<fs::path> seen_;
};

// Once, whatever ways lead to it.
Status Opener::AddFile(const fs::path& path) {
  std::error_code error;
  fs::path same = fs::canonical(path, error);
  if (error) return Error::NotFound("there is no file {}", path.string());
  if (!seen_.insert(std::move(same)).second) return Ok();
  if (checkpoint_.files.size() == kCheckpointFilesMax) {
    return Error::Exhausted("{} holds more than {} checkpoint files: name the model's own folder",
                            checkpoint_.root.string(), kCheckpointFilesMax);
  }
  checkpoint_.files.push_back(TRY(OpenTensorFile(path)));
  return Ok();
}

// A part given by itself: a file (any shard of several stands for all), or a folder of one part.
Status Opener::AddNamed(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const Listing listing = TRY(ListFolder(path, 1));
    if (listing.weights.empty()) {
      return Error::NotFound("{} holds no checkpoint files", path.string());
    }
    return AddListing(listing);
  }
  const std::optional<fs::path> index = IndexOfShard(path);
  return AddFile(index && fs::exists(*index, error) ? *index : path);
}

Status Opener::AddListing(const Listing& listing) {
  for (const fs::path& path : listing.weights) TRY(AddFile(path));
  for (const fs::path& path : listing.configs) {
    std::string config = TRY(ReadFile(path, kConfigBytesMax));
    checkpoint_.configs.push_back({path, std::move(config)});
  }
  if (!paths_.tokenizer.empty()) return Ok();
  checkpoint_.tokenizers.insert(checkpoint_.tokenizers.end(), listing.tokenizers.begin(),
                                listing.tokenizers.end());
  return Ok();
}

Status Opener::AddFolder(const fs::path& path, int depth) {
  const Listing listing = TRY(ListFolder(path, depth));
  return AddListing(listing);
}

// The model's file, its other half, and the configuration and tokenizer beside it.
Status Opener::AddModelFile() {
  TRY(AddNamed(paths_.model));
  if (const auto half = OtherHalf(paths_.model)) TRY(AddNamed(*half));
  Listing beside = TRY(ListFolder(checkpoint_.root, 1));
  beside.weights.clear();
  return AddListing(beside);
}

Result<Checkpoint> Opener::Open() {
  std::error_code error;
  const bool is_folder = fs::is_directory(paths_.model, error);
  if (!is_folder && !fs::is_regular_file(paths_.model, error)) {
    return Error::NotFound("there is no model at {}", paths_.model.string());
  }
  const fs::path parent = paths_.model.parent_path();
  checkpoint_.root = is_folder ? paths_.model : parent.empty() ? fs::path(".") : parent;
  if (!is_folder) TRY(AddModelFile());
  for (const fs::path* part : {&paths_.text_encoder, &paths_.decoder, &paths_.tiny_decoder}) {
    if (!part->empty()) TRY(AddNamed(*part));
  }
  checkpoint_.named_count = checkpoint_.files.size();
  if (!paths_.tokenizer.empty()) {
    fs::path tokenizer = paths_.tokenizer;
    if (fs::is_directory(tokenizer, error)) tokenizer /= kTokenizerNames[0];
    if (!fs::is_regular_file(tokenizer, error)) {
      return Error::NotFound("there is no tokenizer at {}", tokenizer.string());
    }
    checkpoint_.tokenizers = {tokenizer};
  }
  if (is_folder) {
    TRY(AddFolder(paths_.model, kCheckpointFolderDepth));
  } else {
    for (const std::string_view sibling : kSiblingFolders) {
      const fs::path folder = (checkpoint_.root / sibling).lexically_normal();
      if (fs::is_directory(folder, error)) TRY(AddFolder(folder, 2));
    }
  }
  if (checkpoint_.files.empty()) {
    return Error::NotFound("{} holds no checkpoint files (.safetensors, .gguf, .pth)",
                           checkpoint_.root.string());
  }
  return std::move(checkpoint_);
}

}  // namespace

Result<Checkpoint> OpenCheckpoint(const CheckpointPaths& paths) { return Opener(paths).Open(); }

}  // namespace aozora
