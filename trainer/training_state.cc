// SPDX-License-Identifier: Apache-2.0
#include "trainer/training_state.h"

#include <algorithm>
#include <cmath>

#include "weights/safetensors_writer.h"
#include "weights/tensor_file.h"
#include "weights/tensor_set.h"

namespace aozora::trainer {
namespace {

constexpr std::string_view kStepKey = "step_count";

Shape ShapeOf(const torch::Tensor& tensor) {
  return Shape(std::span<const int64_t>(tensor.sizes().data(), tensor.sizes().size()));
}

Result<DType> TypeOf(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat32:
      return DType::kF32;
    case torch::kFloat16:
      return DType::kF16;
    case torch::kBFloat16:
      return DType::kBF16;
    case torch::kInt64:
      return DType::kI64;
    default:
      return Error::Unsupported("tensors of type {} are not saved", torch::toString(type));
  }
}

torch::Tensor ToTorch(const Weight& weight) {
  const Weight plain = ToF32(weight);
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < weight.view.shape().rank(); ++axis) {
    sizes.push_back(weight.view.shape()[axis]);
  }
  const torch::Tensor out = torch::empty(sizes, torch::kFloat32);
  const auto from = plain.stored();
  std::copy(from.begin(), from.end(), static_cast<std::byte*>(out.data_ptr()));
  return out;
}

}  // namespace

Status SaveTensors(const std::filesystem::path& path,
                   const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                   const std::map<std::string, std::string>& metadata) {
  std::vector<SafetensorsWriter::Declaration> declarations;
  for (const auto& [name, tensor] : tensors) {
    const auto type = TRY(TypeOf(tensor.scalar_type()));
    declarations.push_back({name, type, ShapeOf(tensor)});
  }
  SafetensorsWriter writer = TRY(SafetensorsWriter::Create(path, declarations, metadata));
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor flat = tensor.detach().to(torch::kCPU).contiguous();
    TRY(writer.Append(name, {static_cast<const std::byte*>(flat.data_ptr()), flat.nbytes()}));
  }
  return writer.Finish();
}

TrainingState::TrainingState(torch::nn::Module& module, AdamSettings settings)
    : settings_(std::move(settings)) {
  for (const auto& item : module.named_parameters()) {
    Entry entry;
    entry.name = item.key();
    entry.value = item.value();
    entry.mean = item.value().detach().clone();
    entry.first = torch::zeros_like(entry.mean);
    entry.second = torch::zeros_like(entry.mean);
    for (const auto& [part, factor] : settings_.rate_factors) {
      if (entry.name.find(part) != std::string::npos) entry.rate_factor = factor;
    }
    entries_.push_back(std::move(entry));
  }
}

void TrainingState::Step(double share) {
  const torch::NoGradGuard no_grad;
  ++step_count_;
  double square = 0;
  for (const Entry& e : entries_) {
    if (e.value.grad().defined()) square += e.value.grad().square().sum().item<double>();
  }
  gradient_norm_ = std::sqrt(square);
  const double n = static_cast<double>(step_count_);
  const double clip = std::isfinite(gradient_norm_)
                          ? std::min(1.0, settings_.gradient_norm_max / (gradient_norm_ + 1e-12))
                          : 0.0;
  const double unbias1 = 1 - std::pow(settings_.beta1, n),
               unbias2 = 1 - std::pow(settings_.beta2, n);
  const double keep = std::min(settings_.ema_decay, (1 + n) / (10 + n));
  for (Entry& e : entries_) {
    torch::Tensor& gradient = e.value.mutable_grad();
    if (!gradient.defined() || clip == 0) continue;
    e.first.mul_(settings_.beta1).add_(gradient, (1 - settings_.beta1) * clip);
    e.second.mul_(settings_.beta2)
        .addcmul_(gradient, gradient, (1 - settings_.beta2) * clip * clip);
    const double rate = settings_.rate * e.rate_factor * share;
    if (settings_.weight_decay > 0) e.value.mul_(1 - rate * settings_.weight_decay);
    const torch::Tensor scale = (e.second / unbias2).sqrt_().add_(settings_.epsilon);
    e.value.addcdiv_(e.first, scale, -rate / unbias1);
    e.mean.lerp_(e.value, 1 - keep);
    gradient.reset();
  }
}

void TrainingState::Swap() {
  const torch::NoGradGuard no_grad;
  for (Entry& e : entries_) {
    const torch::Tensor kept = e.value.detach().clone();
    e.value.copy_(e.mean);
    e.mean.copy_(kept);
  }
}

Status TrainingState::Save(const std::filesystem::path& path,
                           const std::map<std::string, double>& notes) const {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  for (const Entry& e : entries_) {
    tensors.emplace_back("value/" + e.name, e.value);
    tensors.emplace_back("mean/" + e.name, e.mean);
    tensors.emplace_back("first/" + e.name, e.first);
    tensors.emplace_back("second/" + e.name, e.second);
  }
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : notes) metadata[key] = fmt::format("{:.17g}", value);
  metadata[std::string(kStepKey)] = std::to_string(step_count_);
  return SaveTensors(path, tensors, metadata);
}

Result<std::map<std::string, double>> TrainingState::Load(const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  const TensorFile file = TRY(OpenTensorFile(path));
  const TensorSet set = TRY(MakeTensorSet(file, [](std::string_view n) { return std::string(n); }));
  const auto take = [&](const std::string& name, torch::Tensor into) {
    const Weight* weight = set.Find(name);
    if (weight == nullptr || ShapeOf(into) != weight->view.shape()) return;
    into.copy_(ToTorch(*weight));
  };
  for (Entry& e : entries_) {
    take("value/" + e.name, e.value);
    take("mean/" + e.name, e.mean);
    take("first/" + e.name, e.first);
    take("second/" + e.name, e.second);
  }
  std::map<std::string, double> notes;
  for (const auto& [key, value] : file.metadata) notes[key] = std::strtod(value.c_str(), nullptr);
  step_count_ = static_cast<int64_t>(notes[std::string(kStepKey)]);
  return notes;
}

Status TrainingState::CopyRow(std::string_view name, int64_t from, int64_t to) {
  const torch::NoGradGuard no_grad;
  for (Entry& e : entries_) {
    if (e.name != name) continue;
    for (torch::Tensor* tensor : {&e.value, &e.mean}) (*tensor)[to].copy_((*tensor)[from]);
    for (torch::Tensor* tensor : {&e.first, &e.second}) (*tensor)[to].zero_();
    return Ok();
  }
  return Error::NotFound("there is no parameter {}", name);
}

Status TrainingState::TakeExported(const std::string& prefix, const std::filesystem::path& path,
                                   const std::map<std::string, int64_t>& groups) {
  const torch::NoGradGuard no_grad;
  const TensorFile file = TRY(OpenTensorFile(path));
  const TensorSet set = TRY(MakeTensorSet(file, [](std::string_view n) { return std::string(n); }));
  for (Entry& e : entries_) {
    if (!e.name.starts_with(prefix)) continue;
    const Weight* weight = set.Find(e.name.substr(prefix.size()));
    if (weight == nullptr) return Error::NotFound("{} has no {}", path.string(), e.name);
    torch::Tensor from = ToTorch(*weight), corner = e.value;
    for (const auto& [part, count] : groups) {
      if (e.name.find(part) == std::string::npos || from.dim() == 0) continue;
      from = from.unflatten(0, {count, from.size(0) / count});
      corner = corner.unflatten(0, {count, corner.size(0) / count});
    }
    bool fits = from.dim() == corner.dim();
    for (int64_t axis = 0; fits && axis < from.dim(); ++axis) {
      fits = from.size(axis) <= corner.size(axis);
      if (fits) corner = corner.narrow(axis, 0, from.size(axis));
    }
    if (!fits) {
      return Error::Invalid("{}: {} has shape {}, and there is room for {}", path.string(), e.name,
                            ToString(ShapeOf(from)), ToString(ShapeOf(e.value)));
    }
    e.value.zero_();
    corner.copy_(from);
    e.mean.copy_(e.value);
  }
  return Ok();
}

Status TrainingState::ExportPart(const std::string& prefix, const std::filesystem::path& path,
                                 torch::ScalarType type) const {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  for (const Entry& e : entries_) {
    if (e.name.starts_with(prefix)) {
      tensors.emplace_back(e.name.substr(prefix.size()), e.mean.to(type));
    }
  }
  return SaveTensors(path, tensors, {});
}

Status LoadParameters(torch::nn::Module& module, const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  const TensorFile file = TRY(OpenTensorFile(path));
  TensorSet set = TRY(MakeTensorSet(file, [](std::string_view name) -> std::optional<std::string> {
    for (const std::string_view other : {"value/", "first/", "second/"}) {
      if (name.starts_with(other)) return std::nullopt;
    }
    return std::string(name.starts_with("mean/") ? name.substr(5) : name);
  }));
  for (auto& item : module.named_parameters()) {
    const Weight weight = TRY(set.Take(item.key(), ShapeOf(item.value())));
    item.value().copy_(ToTorch(weight));
  }
  return set.CheckAllTaken();
}

}  // namespace aozora::trainer
