// SPDX-License-Identifier: Apache-2.0
// Sizes and times are written with their unit (64_MiB, 7 * kDayMs) and printed for people ("1.4
// GB").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aozora {

using Bytes = std::span<const std::byte>;

inline Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

constexpr uint64_t operator""_KiB(unsigned long long n) { return n << 10; }
constexpr uint64_t operator""_MiB(unsigned long long n) { return n << 20; }
constexpr uint64_t operator""_GiB(unsigned long long n) { return n << 30; }

std::string HumanBytes(uint64_t bytes);    // "1.4 GB"; powers of ten, as disks and df -H count
std::string HumanSeconds(double seconds);  // "850 ms", "12.3 s", "4 min 05 s", "2 h 03 min"

inline constexpr int64_t kHourMs = 3'600'000;
inline constexpr int64_t kDayMs = 24 * kHourMs;

constexpr uint64_t DivideUp(uint64_t n, uint64_t by) { return (n + by - 1) / by; }
constexpr uint64_t RoundUp(uint64_t n, uint64_t to) { return DivideUp(n, to) * to; }

// a * b, or nothing if it does not fit: for sizes that come from files.
bool CheckedMultiply(uint64_t a, uint64_t b, uint64_t* product);

}  // namespace aozora
