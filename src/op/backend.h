// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/thread_pool.h"
#include "op/op.h"

namespace aozora::op {

// Whether a backend will run an op, and if not, why ("conv3d: stride 2 in time").
struct Support {
  bool yes;
  std::string reason;
  static Support Yes() { return {true, {}}; }
  static Support No(std::string reason) { return {false, std::move(reason)}; }
};

// Device memory. Buffers are reused: networks ask for the same sizes over and over, and fresh pages
// cost more than the arithmetic on them. Thread-safe.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual void* Allocate(uint64_t bytes) = 0;  // aligned to 64; content undefined
  virtual void Free(void* data, uint64_t bytes) = 0;
  virtual void Trim() = 0;  // gives unused buffers back to the system
  virtual uint64_t bytes_in_use() const = 0;
  virtual uint64_t bytes_peak() const = 0;  // since construction or ResetPeak
  virtual void ResetPeak() = 0;
  virtual void CopyIn(void* device, const void* host, uint64_t bytes) = 0;
  virtual void CopyOut(void* host, const void* device, uint64_t bytes) = 0;
};

// The device memory that is just host memory, for backends that compute on the CPU.
std::unique_ptr<Memory> MakeHostMemory();

// What an op may use while it runs.
struct RunContext {
  ThreadPool& pool;
  Memory& memory;  // for scratch
  const CancelToken&
      cancel;  // long ops look at it between tiles and return early, output undefined
};

// One implementation of (some of) the ops. Stateless but for caches of compiled kernels; used by
// one thread at a time. All backends of one Device work on the same memory.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  virtual Support Supports(const Op& op) const = 0;
  // The op is supported and its shapes are checked. Results do not depend on the number of threads.
  // `packed` of an op may be what another backend of the device made, when that one declined the
  // op: a backend looks at the type (dynamic_cast) and reads the weight itself if it is not its
  // own.
  virtual void Run(RunContext& context, const Op& op) = 0;
  // Lays a weight of a Linear ([N, K]) or Conv3d ([Cout, Cin, ...]) out for this backend, if that
  // pays; null if the backend reads the weight as it is.
  virtual std::unique_ptr<Packed> Pack(RunContext& context, const Weight& weight) = 0;
};

}  // namespace aozora::op
