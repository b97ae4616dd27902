// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run_folder.h"

#include <charconv>
#include <system_error>

#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

constexpr std::string_view kLatent = "latent";
constexpr std::string_view kSampler = "sampler.";
constexpr std::string_view kCache = "cache.";
constexpr std::string_view kFileStem = "segment-";
constexpr std::string_view kFileExtension = ".safetensors";

void Declare(const SavedState& state, std::string_view prefix,
             std::vector<SafetensorsWriter::Declaration>* tensors,
             std::map<std::string, std::string>* metadata) {
  for (const SavedState::Buffer& buffer : state.buffers) {
    tensors->push_back({fmt::format("{}{}", prefix, buffer.name), DType::kF32,
                        Shape{static_cast<int64_t>(buffer.values.size())}});
  }
  (*metadata)[fmt::format("{}kind", prefix)] = state.kind;
  (*metadata)[fmt::format("{}step_index", prefix)] = fmt::format("{}", state.step_index);
}

Status Append(const SavedState& state, std::string_view prefix, SafetensorsWriter* writer) {
  for (const SavedState::Buffer& buffer : state.buffers) {
    TRY(writer->AppendF32(fmt::format("{}{}", prefix, buffer.name), buffer.values));
  }
  return Ok();
}

std::vector<float> Values(const StoredTensor& tensor) {
  const int64_t count = tensor.weight.view.count();
  std::vector<float> values(static_cast<size_t>(count));
  DecodeValues(tensor.weight, 0, count, values.data());
  return values;
}

// The state that was saved under `prefix`, or nothing.
std::optional<SavedState> Read(const TensorFile& file, std::string_view prefix) {
  const auto kind = file.metadata.find(fmt::format("{}kind", prefix));
  const auto step = file.metadata.find(fmt::format("{}step_index", prefix));
  if (kind == file.metadata.end() || step == file.metadata.end()) return std::nullopt;
  SavedState state;
  state.kind = kind->second;
  const std::string& text = step->second;
  std::from_chars(text.data(), text.data() + text.size(), state.step_index);
  for (const StoredTensor& tensor : file.tensors) {
    if (!std::string_view(tensor.name).starts_with(prefix)) continue;
    state.buffers.push_back({tensor.name.substr(prefix.size()), Values(tensor)});
  }
  return state;
}

}  // namespace

Result<RunFolder> RunFolder::Open(std::filesystem::path folder, std::string identity) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Error::Io("cannot make folder {}: {}", folder.string(), error.message());
  return RunFolder(std::move(folder), std::move(identity));
}

std::filesystem::path RunFolder::FileOf(uint32_t segment_index) const {
  return folder_ / fmt::format("{}{}{}", kFileStem, segment_index, kFileExtension);
}

Result<std::optional<StepState>> RunFolder::Load(uint32_t segment_index) const {
  const std::filesystem::path path = FileOf(segment_index);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::optional<StepState>();
  const TensorFile file = TRY(OpenSafetensors(path));
  const auto identity = file.metadata.find("identity");
  if (identity == file.metadata.end() || identity->second != identity_) {
    return Error::Invalid(
        "{} holds another run (other settings, model or program): resume with the same ones, or "
        "name another folder",
        folder_.string());
  }
  StepState state;
  state.segment_index = segment_index;
  const StoredTensor* latent = file.Find(kLatent);
  std::optional<SavedState> sampler = Read(file, kSampler);
  if (latent == nullptr || !sampler) {
    return Error::Corrupt("{} has no latent or sampler state", path.string());
  }
  state.latent = Values(*latent);
  state.sampler = *std::move(sampler);
  state.cache = Read(file, kCache);
  return std::optional<StepState>(std::move(state));
}

Status RunFolder::Save(const StepState& state) const {
  std::map<std::string, std::string> metadata = {{"identity", identity_}};
  std::vector<SafetensorsWriter::Declaration> tensors = {
      {std::string(kLatent), DType::kF32, Shape{static_cast<int64_t>(state.latent.size())}}};
  Declare(state.sampler, kSampler, &tensors, &metadata);
  if (state.cache) Declare(*state.cache, kCache, &tensors, &metadata);
  SafetensorsWriter writer =
      TRY(SafetensorsWriter::Create(FileOf(state.segment_index), tensors, metadata));
  TRY(writer.AppendF32(kLatent, state.latent));
  TRY(Append(state.sampler, kSampler, &writer));
  if (state.cache) TRY(Append(*state.cache, kCache, &writer));
  return writer.Finish();
}

Status RunFolder::Clear() const {
  std::error_code error;
  for (uint32_t index = 0; std::filesystem::remove(FileOf(index), error); ++index) {
  }
  std::filesystem::remove(folder_,
                          error);  // fails, and that is right, when something else is there
  return Ok();
}

}  // namespace aozora
