// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "provenance/mark_rows.cc"
#include "provenance/mark_rows.h"

#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

HWY_BEFORE_NAMESPACE();
namespace aozora::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// BT.709 luma in 1/256, rounded so that they add up.
constexpr uint16_t kRed = 54, kGreen = 183, kBlue = 19;

template <class V16>
HWY_INLINE V16 Weigh(V16 r, V16 g, V16 b) {
  const hn::DFromV<V16> d;
  const auto sum = hn::Add(hn::Add(hn::Mul(r, hn::Set(d, kRed)), hn::Mul(g, hn::Set(d, kGreen))),
                           hn::Add(hn::Mul(b, hn::Set(d, kBlue)), hn::Set(d, uint16_t{128})));
  return hn::ShiftRight<8>(sum);
}

void RunAddLumaRow(const uint8_t* rgb, size_t width, uint8_t* luma, uint16_t* luma_sums,
                   uint16_t* detail_sums) {
  const hn::ScalableTag<uint16_t> d16;
  const hn::Rebind<uint8_t, decltype(d16)> d8;
  const size_t lanes = hn::Lanes(d16);
  size_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    hn::Vec<decltype(d8)> r, g, b;
    hn::LoadInterleaved3(d8, rgb + 3 * x, r, g, b);
    const auto y = Weigh(hn::PromoteTo(d16, r), hn::PromoteTo(d16, g), hn::PromoteTo(d16, b));
    hn::StoreU(hn::Add(hn::LoadU(d16, luma_sums + x), y), d16, luma_sums + x);
    hn::StoreU(hn::DemoteTo(d8, hn::BitCast(hn::RebindToSigned<decltype(d16)>(), y)), d8, luma + x);
  }
  for (; x < width; ++x) {
    const uint32_t y = (kRed * uint32_t{rgb[3 * x]} + kGreen * uint32_t{rgb[3 * x + 1]} +
                        kBlue * uint32_t{rgb[3 * x + 2]} + 128) >>
                       8;
    luma[x] = static_cast<uint8_t>(y);
    luma_sums[x] = static_cast<uint16_t>(luma_sums[x] + y);
  }
  luma[width] = luma[width - 1];
  x = 0;
  for (; x + lanes <= width; x += lanes) {
    const auto here = hn::LoadU(d8, luma + x), right = hn::LoadU(d8, luma + x + 1);
    const auto step = hn::Or(hn::SaturatedSub(here, right), hn::SaturatedSub(right, here));
    const auto sum = hn::Add(hn::LoadU(d16, detail_sums + x), hn::PromoteTo(d16, step));
    hn::StoreU(sum, d16, detail_sums + x);
  }
  for (; x < width; ++x) {
    detail_sums[x] = static_cast<uint16_t>(detail_sums[x] + std::abs(luma[x] - luma[x + 1]));
  }
}

void RunExpandChips(const float* chips, const int32_t* index, const float* share, size_t width,
                    int16_t* out) {
  const hn::ScalableTag<float> df;
  const hn::RebindToSigned<decltype(df)> di;
  const hn::Rebind<int16_t, decltype(df)> d16;
  const size_t lanes = hn::Lanes(df);
  size_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    const auto at = hn::LoadU(di, index + x);
    const auto left = hn::GatherIndex(df, chips, at), right = hn::GatherIndex(df, chips + 1, at);
    const auto value = hn::MulAdd(hn::Sub(right, left), hn::LoadU(df, share + x), left);
    const auto v16 = hn::DemoteTo(d16, hn::NearestInt(value));
    alignas(64) int16_t columns[hn::MaxLanes(d16)];
    hn::StoreU(v16, d16, columns);
    for (size_t i = 0; i < lanes; ++i) {
      int16_t* const pixel = out + 3 * (x + i);
      pixel[0] = pixel[1] = pixel[2] = columns[i];
    }
  }
  for (; x < width; ++x) {
    const float left = chips[index[x]], right = chips[index[x] + 1];
    const float value = left + (right - left) * share[x];
    out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = static_cast<int16_t>(std::lrint(value));
  }
}

void RunBlendRow(const uint8_t* from, const int16_t* above, const int16_t* below, float share,
                 size_t count, uint8_t* to) {
  const hn::ScalableTag<int16_t> d16;
  const hn::Rebind<uint8_t, decltype(d16)> d8;
  const size_t lanes = hn::Lanes(d16);
  const int16_t part = static_cast<int16_t>(std::lrint(share * 32767));
  const auto weight = hn::Set(d16, part), half = hn::Set(d16, int16_t{32});
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto a = hn::LoadU(d16, above + i), b = hn::LoadU(d16, below + i);
    const auto delta = hn::Add(a, hn::MulFixedPoint15(hn::Sub(b, a), weight));
    const auto levels = hn::ShiftRight<6>(hn::Add(delta, half));
    const auto sum = hn::Add(hn::PromoteTo(d16, hn::LoadU(d8, from + i)), levels);
    hn::StoreU(hn::DemoteTo(d8, sum), d8, to + i);
  }
  for (; i < count; ++i) {
    const int delta = above[i] + (((below[i] - above[i]) * part + 16384) >> 15);
    to[i] = static_cast<uint8_t>(std::clamp(from[i] + ((delta + 32) >> 6), 0, 255));
  }
}

}  // namespace aozora::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace aozora {

HWY_EXPORT(RunAddLumaRow);
HWY_EXPORT(RunExpandChips);
HWY_EXPORT(RunBlendRow);

void AddLumaRow(const uint8_t* rgb, size_t width, uint8_t* luma, uint16_t* luma_sums,
                uint16_t* detail_sums) {
  HWY_DYNAMIC_DISPATCH(RunAddLumaRow)(rgb, width, luma, luma_sums, detail_sums);
}
void ExpandChips(const float* chips, const int32_t* index, const float* share, size_t width,
                 int16_t* out) {
  HWY_DYNAMIC_DISPATCH(RunExpandChips)(chips, index, share, width, out);
}
void BlendRow(const uint8_t* from, const int16_t* above, const int16_t* below, float share,
              size_t count, uint8_t* to) {
  HWY_DYNAMIC_DISPATCH(RunBlendRow)(from, above, below, share, count, to);
}

}  // namespace aozora
#endif  // HWY_ONCE
