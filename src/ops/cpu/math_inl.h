// SPDX-License-Identifier: Apache-2.0
// Exponentials and activations on vectors. Included once for each instruction set.
#if defined(AOZORA_OPS_CPU_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AOZORA_OPS_CPU_MATH_INL_H_
#undef AOZORA_OPS_CPU_MATH_INL_H_
#else
#define AOZORA_OPS_CPU_MATH_INL_H_
#endif

#include <hwy/highway.h>

#include "op/op.h"

HWY_BEFORE_NAMESPACE();
namespace aozora::ops::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Whether the instruction set converts f16. Where it does not, Highway's stand-ins know neither NaN
// nor infinity.
inline constexpr bool kHasF16 = HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128 &&
                                HWY_TARGET != HWY_SSSE3 && HWY_TARGET != HWY_SSE4;

// 2^n * 2^fraction for whole n in [-126, 127], given as kRound + n, and fraction in [-1/2, 1/2].
// The polynomial is the best of degree 5 for the relative error (Remez): 7.5e-8, and with the
// rounding of its evaluation the result is within 2 ulp. NaN stays NaN.
//
// Adding kRound = 1.5 * 2^23 + 127 rounds to a whole number and leaves, in the lowest bits, the
// exponent of 2^n as f32 has it.
inline constexpr float kRound = 12583039.0f;
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ScaledExp2(D d, V rounded, V fraction) {
  V p = hn::Set(d, 1.3276471979478776e-3f);
  p = hn::MulAdd(p, fraction, hn::Set(d, 9.67554133421605e-3f));
  p = hn::MulAdd(p, fraction, hn::Set(d, 5.550713273542586e-2f));
  p = hn::MulAdd(p, fraction, hn::Set(d, 2.4022119723848476e-1f));
  p = hn::MulAdd(p, fraction, hn::Set(d, 6.931469670647331e-1f));
  p = hn::MulAdd(p, fraction, hn::Set(d, 1.0000000716546822f));
  const hn::RebindToUnsigned<D> du;
  return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(du, rounded))));
}

// 2^x for x <= 0; below 2^-125 the result is 2^-125. For softmax.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp2NotPositive(D d, V x) {
  const V lowest = hn::Set(d, -125.0f);
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  x = hn::Max(lowest, x);  // maxps gives its second operand if one is NaN
#else
  x = hn::IfThenElse(hn::Lt(x, lowest), lowest, x);  // keeps NaN
#endif
  const V rounded = hn::Add(x, hn::Set(d, kRound));
  const V whole = hn::Sub(rounded, hn::Set(d, kRound));
  return ScaledExp2(d, rounded, hn::Sub(x, whole));
}

// e^x, with x clamped to [-86, 86] so that neither the result nor its inverse overflows. log2(e) in
// two parts keeps the error at 2 ulp for large x.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpClamped(D d, V x) {
  constexpr float kLog2EHigh = 1.44269502162933349609375f;
  constexpr float kLog2ELow = 1.92596299112661746887e-8f;
  x = hn::Min(hn::Max(x, hn::Set(d, -86.0f)), hn::Set(d, 86.0f));
  const V rounded = hn::MulAdd(x, hn::Set(d, kLog2EHigh), hn::Set(d, kRound));
  const V whole = hn::Sub(rounded, hn::Set(d, kRound));
  const V fraction =
      hn::MulAdd(x, hn::Set(d, kLog2ELow), hn::MulSub(x, hn::Set(d, kLog2EHigh), whole));
  return ScaledExp2(d, rounded, fraction);
}

// 1 / x for ordinary x: the processor's estimate and Newton steps are faster than its division.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Inverse(D d, V x) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  const V estimate = hn::ApproximateReciprocal(x);
  return hn::Mul(estimate, hn::NegMulAdd(x, estimate, hn::Set(d, 2.0f)));
#else
  return hn::Div(hn::Set(d, 1.0f), x);
#endif
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Sigmoid(D d, V x) {
  return Inverse(d, hn::Add(hn::Set(d, 1.0f), ExpClamped(d, hn::Neg(x))));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Tanh(D d, V x) {
  // Near zero 1 - 2 / (e^2x + 1) would cancel: there an odd polynomial (Cephes, tanhf.c).
  const V square = hn::Mul(x, x);
  V p = hn::Set(d, -5.70498872745e-3f);
  p = hn::MulAdd(p, square, hn::Set(d, 2.06390887954e-2f));
  p = hn::MulAdd(p, square, hn::Set(d, -5.37397155531e-2f));
  p = hn::MulAdd(p, square, hn::Set(d, 1.33314422036e-1f));
  p = hn::MulAdd(p, square, hn::Set(d, -3.33332819422e-1f));
  const V small = hn::MulAdd(hn::Mul(p, square), x, x);
  const V one = hn::Set(d, 1.0f);
  const V e = ExpClamped(d, hn::Add(x, x));
  const V large = hn::NegMulAdd(hn::Set(d, 2.0f), Inverse(d, hn::Add(e, one)), one);
  return hn::IfThenElse(hn::Ge(hn::Abs(x), hn::Set(d, 0.625f)), large, small);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V GeluTanh(D d, V x) {
  // (1 + tanh u) / 2 = sigmoid(2 u)
  constexpr float kTwiceRootTwoOverPi = 1.5957691216057308f;
  const V cubic = hn::MulAdd(hn::Mul(x, x), hn::Set(d, 0.044715f * kTwiceRootTwoOverPi),
                             hn::Set(d, kTwiceRootTwoOverPi));
  return hn::Mul(x, Sigmoid(d, hn::Mul(x, cubic)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V Activate(D d, op::Activation activation, V x) {
  switch (activation) {
    case op::Activation::kNone:
      return x;
    case op::Activation::kSilu:
      return hn::Mul(x, Sigmoid(d, x));
    case op::Activation::kGeluTanh:
      return GeluTanh(d, x);
    case op::Activation::kRelu:
      return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x);  // unlike max, keeps NaN
    case op::Activation::kTanh:
      return Tanh(d, x);
  }
  return x;
}

}  // namespace aozora::ops::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
