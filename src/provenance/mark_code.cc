// SPDX-License-Identifier: Apache-2.0
#include "provenance/mark_code.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace aozora {
namespace {

constexpr int kMemory = 8;
constexpr uint32_t kStateCount = 1u << kMemory;
constexpr std::array<uint32_t, 3> kGenerators = {0557, 0663, 0711};
// Laps of the decoder around the circle before the one that it decides on.
constexpr int kWarmUpLaps = 2;

// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff (ITU-T V.41's polynomial).
uint16_t Check(uint32_t id) {
  uint32_t crc = 0xffff;
  for (int bit = kMarkIdBits - 1; bit >= 0; --bit) {
    const uint32_t top = (crc >> 15 & 1) ^ (id >> bit & 1);
    crc = (crc << 1 & 0xffff) ^ (top != 0 ? 0x1021u : 0u);
  }
  return static_cast<uint16_t>(crc);
}

using Payload = std::array<uint8_t, kMarkPayloadBits>;

// `window`: the newest bit at kMemory, the oldest at 0. Bit g: output g.
uint32_t Outputs(uint32_t window) {
  uint32_t out = 0;
  for (int g = 0; g < 3; ++g) {
    const uint32_t tapped = window & kGenerators[static_cast<size_t>(g)];
    out |= static_cast<uint32_t>(std::popcount(tapped) & 1) << g;
  }
  return out;
}

MarkCodeword Encode(const Payload& payload) {
  uint32_t state = 0;  // the last kMemory bits, the newest on top
  for (int i = kMarkPayloadBits - kMemory; i < kMarkPayloadBits; ++i) {
    state = state >> 1 | static_cast<uint32_t>(payload[static_cast<size_t>(i)]) << (kMemory - 1);
  }
  MarkCodeword word;
  for (int i = 0; i < kMarkPayloadBits; ++i) {
    const uint32_t window = state | static_cast<uint32_t>(payload[static_cast<size_t>(i)])
                                        << kMemory;
    const uint32_t out = Outputs(window);
    for (int g = 0; g < 3; ++g) {
      word[static_cast<size_t>(3 * i + g)] = (out >> g & 1) != 0 ? int8_t{1} : int8_t{-1};
    }
    state = window >> 1;
  }
  return word;
}

// The trellis walked with soft bits: metrics of states, and which predecessor each came from.
class Trellis {
 public:
  explicit Trellis(std::span<const float, kMarkCodedBits> soft) : soft_(soft) {
    for (uint32_t window = 0; window < 2 * kStateCount; ++window) {
      outputs_[window] = static_cast<uint8_t>(Outputs(window));
    }
  }

  Payload BestCircle() {
    for (int lap = 0; lap <= kWarmUpLaps; ++lap) Lap();
    std::array<uint32_t, kStateCount> order;
    for (uint32_t s = 0; s < kStateCount; ++s) order[s] = s;
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return metric_[a] > metric_[b]; });
    Payload best = {};
    for (size_t i = 0; i < order.size(); ++i) {
      Payload payload;
      const uint32_t start = TraceBack(order[i], &payload);
      if (i == 0) best = payload;
      if (start == order[i]) return payload;
    }
    return best;  // no path meets its own tail: noise
  }

 private:
  void Lap() {
    for (size_t i = 0; i < kMarkPayloadBits; ++i) {
      std::array<float, 8> gain;
      for (uint32_t out = 0; out < 8; ++out) {
        gain[out] = 0;
        for (uint32_t g = 0; g < 3; ++g) {
          gain[out] += (out >> g & 1) != 0 ? soft_[3 * i + g] : -soft_[3 * i + g];
        }
      }
      std::array<float, kStateCount> next;
      for (uint32_t state = 0; state < kStateCount; ++state) {
        // A state's top bit is the newest; the bit that fell out at the bottom is open.
        const uint32_t window = state << 1;
        const float zero = metric_[window & (kStateCount - 1)] + gain[outputs_[window]];
        const float one = metric_[(window | 1) & (kStateCount - 1)] + gain[outputs_[window | 1]];
        fell_out_[i][state] = one > zero ? 1 : 0;
        next[state] = std::max(zero, one);
      }
      metric_ = next;
    }
  }

  // Fills the bits of the last lap that ends in `state`; gives the state where it began.
  uint32_t TraceBack(uint32_t state, Payload* payload) const {
    for (size_t i = kMarkPayloadBits; i-- > 0;) {
      (*payload)[i] = static_cast<uint8_t>(state >> (kMemory - 1));
      state = (state << 1 | fell_out_[i][state]) & (kStateCount - 1);
    }
    return state;
  }

  std::span<const float, kMarkCodedBits> soft_;
  std::array<uint8_t, 2 * kStateCount> outputs_;
  std::array<float, kStateCount> metric_ = {};
  std::array<std::array<uint8_t, kStateCount>, kMarkPayloadBits> fell_out_;
};

}  // namespace

MarkCodeword EncodeMark(uint32_t id) {
  const uint64_t bits = uint64_t{id} << kMarkCheckBits | Check(id);
  Payload payload;
  for (int i = 0; i < kMarkPayloadBits; ++i) {
    payload[static_cast<size_t>(i)] = static_cast<uint8_t>(bits >> (kMarkPayloadBits - 1 - i) & 1);
  }
  return Encode(payload);
}

std::optional<DecodedMark> DecodeMark(std::span<const float, kMarkCodedBits> soft) {
  const Payload payload = Trellis(soft).BestCircle();
  uint64_t bits = 0;
  for (const uint8_t bit : payload) bits = bits << 1 | bit;
  const uint32_t id = static_cast<uint32_t>(bits >> kMarkCheckBits);
  if (Check(id) != (bits & 0xffff)) return std::nullopt;
  const MarkCodeword word = Encode(payload);
  double product = 0, square = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    product += word[i] * double{soft[i]};
    square += double{soft[i]} * double{soft[i]};
  }
  return DecodedMark{id, square > 0 ? product / std::sqrt(square * kMarkCodedBits) : 0};
}

}  // namespace aozora
