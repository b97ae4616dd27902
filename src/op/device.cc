// SPDX-License-Identifier: Apache-2.0
#include "op/device.h"

#include <cstring>

#include "base/clock.h"
#include "tensor/decode.h"

namespace aozora::op {

Tensor& Tensor::operator=(Tensor&& other) noexcept {
  if (this != &other) {
    Reset();
    memory_ = std::exchange(other.memory_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
    view_ = std::exchange(other.view_, View());
  }
  return *this;
}

void Tensor::Reset() {
  if (memory_ != nullptr) memory_->Free(view_.data(), bytes_);
  memory_ = nullptr;
  bytes_ = 0;
  view_ = View();
}

Device::Device(std::vector<std::unique_ptr<Backend>> backends, std::unique_ptr<Memory> memory,
               ThreadPool& pool, const CancelToken& cancel)
    : backends_(std::move(backends)), memory_(std::move(memory)), pool_(pool), cancel_(cancel) {
  CHECK(!backends_.empty());
}

Tensor Device::New(const Shape& shape, DType dtype) {
  Tensor tensor;
  const std::optional<uint64_t> bytes = BytesOf(dtype, static_cast<uint64_t>(shape.count()));
  CHECK(bytes.has_value());
  tensor.bytes_ = *bytes;
  tensor.memory_ = memory_.get();
  tensor.view_ = View(memory_->Allocate(tensor.bytes_), dtype, shape);
  return tensor;
}

Tensor Device::Upload(std::span<const float> values, const Shape& shape) {
  CHECK_EQ(static_cast<int64_t>(values.size()), shape.count());
  Tensor tensor = New(shape);
  memory_->CopyIn(tensor.view().data(), values.data(), values.size_bytes());
  return tensor;
}

Tensor Device::UploadF32(const Weight& weight) {
  std::vector<float> values(static_cast<size_t>(weight.view.count()));
  DecodeToF32(weight.view.dtype(), weight.view.data(), weight.view.count(), values.data());
  if (weight.scale != 1) {
    for (float& value : values) value *= weight.scale;
  }
  return Upload(values, weight.view.shape());
}

void Device::Download(ConstView view, std::span<float> values) {
  CHECK(view.dense());
  CHECK(view.dtype() == DType::kF32);
  CHECK_EQ(view.count(), static_cast<int64_t>(values.size()));
  memory_->CopyOut(values.data(), view.data(), values.size_bytes());
}

void Device::Copy(ConstView from, View to) {
  CHECK(from.shape() == to.shape());
  CHECK(from.dtype() == DType::kF32 && to.dtype() == DType::kF32);
  const bool single = from.shape().rank() == 0;
  const int64_t item_count = single ? 1 : from.shape().item_count();
  for (int64_t i = 0; i < (single ? 1 : from.dim(0)); ++i) {
    std::memmove(to.f32() + i * to.item_stride(), from.f32() + i * from.item_stride(),
                 static_cast<size_t>(item_count) * sizeof(float));
  }
}

void Device::Zero(View view) {
  CHECK(view.dense());
  std::memset(view.data(), 0, *BytesOf(view.dtype(), static_cast<uint64_t>(view.count())));
}

Status Device::Run(const Op& op) {
  if (cancel_.cancelled()) return Error::Cancelled();
  CheckShapes(op);
  RunContext context{pool_, *memory_, cancel_};
  std::string declined;
  for (const std::unique_ptr<Backend>& backend : backends_) {
    const Support support = backend->Supports(op);
    if (!support.yes) {
      if (!declined.empty()) declined += "; ";
      declined += fmt::format("{}: {}", backend->name(), support.reason);
      continue;
    }
    const double start = SystemClock().Seconds();
    backend->Run(context, op);
    Record& record = records_[fmt::format("{}/{}", Name(op), backend->name())];
    record.run_count += 1;
    record.flops += Flops(op);
    record.seconds += SystemClock().Seconds() - start;
    if (record.declined.empty()) record.declined = std::move(declined);
    if (cancel_.cancelled()) return Error::Cancelled();
    return Ok();
  }
  internal::CheckFailed(__FILE__, __LINE__, "some backend runs every op",
                        fmt::format("{}: {}", Describe(op), declined));
}

std::unique_ptr<Packed> Device::Pack(const Weight& weight) {
  RunContext context{pool_, *memory_, cancel_};
  return backends_.front()->Pack(context, weight);
}

}  // namespace aozora::op
