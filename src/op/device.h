// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "op/backend.h"

namespace aozora::op {

class Device;

// A tensor that owns its device memory. Movable; gives the memory back when destroyed, which must
// be before its Device is.
class Tensor {
 public:
  Tensor() = default;
  Tensor(Tensor&& other) noexcept { *this = std::move(other); }
  Tensor& operator=(Tensor&& other) noexcept;
  ~Tensor() { Reset(); }

  explicit operator bool() const { return memory_ != nullptr; }
  View view() const { return view_; }
  operator View() const { return view_; }       // NOLINT(runtime/explicit)
  operator ConstView() const { return view_; }  // NOLINT(runtime/explicit)
  const Shape& shape() const { return view_.shape(); }
  int64_t dim(int axis) const { return view_.dim(axis); }
  void Reset();

 private:
  friend class Device;
  Memory* memory_ = nullptr;
  uint64_t bytes_ = 0;
  View view_;
};

// Where networks run: memory, threads, and backends in order of preference (the fast one first, the
// reference last). Passed to every model call; one thread uses it at a time.
class Device {
 public:
  Device(std::vector<std::unique_ptr<Backend>> backends, std::unique_ptr<Memory> memory,
         ThreadPool& pool, const CancelToken& cancel);

  // Memory for a result; content undefined.
  Tensor New(const Shape& shape, DType dtype = DType::kF32);
  // Small host data to the device and back. Download needs a dense view.
  Tensor Upload(std::span<const float> values, const Shape& shape);
  Tensor UploadF32(const Weight& weight);  // any dtype, dequantised
  void Download(ConstView view, std::span<float> values);
  void Copy(ConstView from, View to);  // same shape, item strides may differ
  void Zero(View view);                // dense

  // Runs an op on the first backend that supports it. Fails only with kCancelled.
  Status Run(const Op& op);

  // Lets the backend that would use the weight lay it out (see Backend::Pack).
  std::unique_ptr<Packed> Pack(const Weight& weight);

  Memory& memory() { return *memory_; }
  ThreadPool& pool() { return pool_; }
  const CancelToken& cancel() const { return cancel_; }

  // How often each (op, backend) ran, with the reasons of those that declined: `bench --explain`.
  struct Record {
    uint64_t run_count = 0;
    double flops = 0;
    double seconds = 0;
    std::string declined;  // "cpu: conv3d: dilation"; empty if the first backend ran it
  };
  const std::map<std::string, Record>& records() const { return records_; }
  void ClearRecords() { records_.clear(); }

 private:
  std::vector<std::unique_ptr<Backend>> backends_;
  std::unique_ptr<Memory> memory_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  std::map<std::string, Record> records_;  // "linear/cpu" ...
};

}  // namespace aozora::op
