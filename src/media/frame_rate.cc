// SPDX-License-Identifier: Apache-2.0
#include "media/frame_rate.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace aozora {
namespace {

// A whole decimal number without sign or spaces.
std::optional<uint32_t> ParseNumber(std::string_view text) {
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<FrameRate> ParseFraction(std::string_view text) {
  if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
    const auto numerator = ParseNumber(text.substr(0, slash));
    const auto denominator = ParseNumber(text.substr(slash + 1));
    if (!numerator || !denominator) return std::nullopt;
    return FrameRate{*numerator, *denominator};
  }
  const size_t point = text.find('.');
  const auto whole = ParseNumber(text.substr(0, point));
  if (!whole) return std::nullopt;
  if (point == std::string_view::npos) return FrameRate{*whole, 1};
  const std::string_view digits = text.substr(point + 1);
  const auto thousandths = ParseNumber(digits);
  if (!thousandths || digits.size() > 3 || *whole > kFrameRateMax) return std::nullopt;
  uint32_t scale = 1;
  for (size_t i = 0; i < digits.size(); ++i) scale *= 10;
  const uint32_t numerator = *whole * scale + *thousandths;
  const uint32_t divisor = std::gcd(numerator, scale);
  return FrameRate{numerator / divisor, scale / divisor};
}

}  // namespace

Result<FrameRate> FrameRate::Parse(std::string_view text) {
  const std::optional<FrameRate> rate = ParseFraction(text);
  if (!rate) return Error::Invalid("\"{}\" is not a frame rate; write 24 or 30000/1001", text);
  TRY(rate->Validate());
  return *rate;
}

Status FrameRate::Validate() const {
  const bool terms_ok = numerator >= 1 && numerator <= kFrameRateTermMax && denominator >= 1 &&
                        denominator <= kFrameRateTermMax;
  if (terms_ok && numerator >= uint64_t{kFrameRateMin} * denominator &&
      numerator <= uint64_t{kFrameRateMax} * denominator) {
    return Ok();
  }
  return Error::Invalid("frame rate {}: must be {} to {} frames per second", ToString(),
                        kFrameRateMin, kFrameRateMax);
}

std::string FrameRate::ToString() const {
  return denominator == 1 ? fmt::format("{}", numerator)
                          : fmt::format("{}/{}", numerator, denominator);
}

bool FrameRate::operator==(const FrameRate& other) const {
  return uint64_t{numerator} * other.denominator == uint64_t{other.numerator} * denominator;
}

uint64_t ConvertedFrameCount(uint64_t frame_count, FrameRate from, FrameRate to) {
  CHECK_LE(frame_count, uint64_t{1'000'000});
  if (frame_count == 0) return 0;
  const uint64_t to_per_from = uint64_t{to.numerator} * from.denominator;    // <= 1e12
  const uint64_t from_per_from = uint64_t{from.numerator} * to.denominator;  // <= 1e12
  const uint64_t rounded = (2 * frame_count * to_per_from + from_per_from) / (2 * from_per_from);
  return std::max<uint64_t>(rounded, 1);
}

}  // namespace aozora
