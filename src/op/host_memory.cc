// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "base/units.h"
#include "op/backend.h"

namespace aozora::op {
namespace {

constexpr uint64_t kAlignment = 64;  // a cache line, and the widest SIMD register
constexpr uint64_t kHugePageBytes = 2_MiB;
// A kept buffer serves a request when it is at most this much larger than needed.
constexpr double kSlackMax = 1.25;

// Buffers by size; a freed one is kept for the next request of about that size.
class HostMemory : public Memory {
 public:
  ~HostMemory() override {
    CHECK_EQ(bytes_in_use_, uint64_t{0});
    HostMemory::Trim();
  }

  void* Allocate(uint64_t bytes) override {
    const uint64_t wanted = Rounded(bytes);
    std::lock_guard lock(mutex_);
    void* data = nullptr;
    uint64_t size = wanted;
    const auto kept = kept_.lower_bound(wanted);
    if (kept != kept_.end() &&
        static_cast<double>(kept->first) <= static_cast<double>(wanted) * kSlackMax) {
      size = kept->first;
      data = kept->second;
      kept_.erase(kept);
    } else {
      const uint64_t alignment = wanted >= kHugePageBytes ? kHugePageBytes : kAlignment;
      data = std::aligned_alloc(alignment, RoundUp(wanted, alignment));
      CHECK(data != nullptr);  // the plan refuses what does not fit before it starts
      if (wanted >= kHugePageBytes) madvise(data, wanted, MADV_HUGEPAGE);
    }
    sizes_[data] = size;
    bytes_in_use_ += size;
    bytes_peak_ = std::max(bytes_peak_, bytes_in_use_);
    return data;
  }

  void Free(void* data, uint64_t) override {
    std::lock_guard lock(mutex_);
    const auto found = sizes_.find(data);
    CHECK(found != sizes_.end());
    bytes_in_use_ -= found->second;
    kept_.emplace(found->second, data);
    sizes_.erase(found);
  }

  void Trim() override {
    std::lock_guard lock(mutex_);
    for (const auto& [size, data] : kept_) std::free(data);
    kept_.clear();
  }

  uint64_t bytes_in_use() const override { return Locked(bytes_in_use_); }
  uint64_t bytes_peak() const override { return Locked(bytes_peak_); }
  void ResetPeak() override {
    std::lock_guard lock(mutex_);
    bytes_peak_ = bytes_in_use_;
  }
  void CopyIn(void* device, const void* host, uint64_t bytes) override {
    if (bytes > 0) std::memcpy(device, host, bytes);
  }
  void CopyOut(void* host, const void* device, uint64_t bytes) override {
    if (bytes > 0) std::memcpy(host, device, bytes);
  }

 private:
  static uint64_t Rounded(uint64_t bytes) {
    const uint64_t n = std::max<uint64_t>(bytes, 1);
    return RoundUp(n, n >= kHugePageBytes ? 64_KiB : kAlignment);
  }
  uint64_t Locked(const uint64_t& value) const {
    std::lock_guard lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  std::multimap<uint64_t, void*> kept_;
  std::map<void*, uint64_t> sizes_;  // of the buffers in use
  uint64_t bytes_in_use_ = 0;
  uint64_t bytes_peak_ = 0;
};

}  // namespace

std::unique_ptr<Memory> MakeHostMemory() { return std::make_unique<HostMemory>(); }

}  // namespace aozora::op
