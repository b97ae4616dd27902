// SPDX-License-Identifier: Apache-2.0
#include "pipeline/machine.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/file.h"

namespace aozora {
namespace {

constexpr uint64_t kProcFileBytesMax = 64_KiB;

// The number behind "NAME:" in a /proc file, in its own unit.
std::optional<uint64_t> Field(std::string_view text, std::string_view name) {
  const size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const size_t digit = text.find_first_of("0123456789", at + name.size());
  if (digit == std::string_view::npos) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(text.data() + digit, text.data() + text.size(), value);
  return value;
}

// What the control group that this process is in may still take; nothing where there is no limit.
std::optional<uint64_t> ControlGroupBytes() {
  const Result<std::string> groups = ReadFile("/proc/self/cgroup", kProcFileBytesMax);
  if (!groups.ok()) return std::nullopt;
  const size_t at = groups->find("0::");  // version 2
  if (at == std::string::npos) return std::nullopt;
  std::filesystem::path group = "/sys/fs/cgroup";
  group += groups->substr(at + 3, groups->find('\n', at) - at - 3);
  const Result<std::string> limit = ReadFile(group / "memory.max", kProcFileBytesMax);
  const Result<std::string> used = ReadFile(group / "memory.current", kProcFileBytesMax);
  if (!limit.ok() || !used.ok() || limit->starts_with("max")) return std::nullopt;
  const uint64_t limit_bytes = Field(*limit, "").value_or(0);
  const uint64_t used_bytes = Field(*used, "").value_or(0);
  return limit_bytes > used_bytes ? limit_bytes - used_bytes : 0;
}

}  // namespace

uint64_t PeakResidentBytes() {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<uint64_t>(usage.ru_maxrss) << 10 : 0;
}

Result<uint64_t> AvailableMemoryBytes() {
  const std::string info = TRY(ReadFile("/proc/meminfo", kProcFileBytesMax));
  const std::optional<uint64_t> available_kib = Field(info, "MemAvailable:");
  if (!available_kib) return Error::Unsupported("/proc/meminfo has no MemAvailable");
  uint64_t bytes = *available_kib << 10;
  if (const std::optional<uint64_t> group = ControlGroupBytes()) bytes = std::min(bytes, *group);
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    bytes = std::min<uint64_t>(bytes, limit.rlim_cur);
  }
  return bytes;
}

Result<double> MeasureFlopsPerSecond(op::Device& device, const Clock& clock) {
  constexpr int64_t kRows = 512, kWidth = 1024;  // large enough to be bound by arithmetic
  constexpr double kSeconds = 0.15;              // longer than what other programs need to start
  constexpr int kRepetitionsMax = 200;
  const std::vector<float> ones(kWidth * kWidth, 1.0f);
  Weight weight;
  weight.view = ConstView(ones.data(), DType::kF32, Shape{kWidth, kWidth});
  const op::Tensor x = device.Upload(std::span(ones).first(kRows * kWidth), Shape{kRows, kWidth});
  const op::Tensor y = device.New(Shape{kRows, kWidth});
  const op::Linear product{.x = x, .weight = &weight, .y = y};
  double best = 0;
  const double begin = clock.Seconds();
  double start = begin;
  for (int i = 0; i < kRepetitionsMax && start < begin + kSeconds; ++i) {
    TRY(device.Run(product));
    const double end = clock.Seconds();
    if (end > start) best = std::max(best, op::Flops(product) / (end - start));
    start = end;
  }
  return best;
}

}  // namespace aozora
