// SPDX-License-Identifier: Apache-2.0
#include "model/fingerprint.h"

#include "base/hash.h"

namespace aozora {
namespace {

std::string FileLine(const std::filesystem::path& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  const auto time = std::filesystem::last_write_time(path, error);
  return fmt::format("{} {} {}\n", path.filename().string(), size, time.time_since_epoch().count());
}

}  // namespace

void Fingerprint::Add(std::string_view line) { text_ += fmt::format("{}\n", line); }

void Fingerprint::Add(const std::string& name, const Weight& weight) {
  if (weight.file != nullptr) AddFile(weight.file->path());
  Add(fmt::format("{} {} {}", name, ToString(weight.view.shape()), Name(weight.view.dtype())));
}

void Fingerprint::Add(const TensorSet& weights) {
  for (const std::string& name : weights.Names()) Add(name, *weights.Find(name));
}

void Fingerprint::AddFile(const std::filesystem::path& path) { files_.insert(path); }

std::string Fingerprint::Hash() const {
  std::string text = text_;
  for (const std::filesystem::path& path : files_) text += FileLine(path);
  return Sha256Hex(text);
}

}  // namespace aozora
