// SPDX-License-Identifier: Apache-2.0
// CHECK crashes the process on a bug of ours. What comes from outside (files, prompts, requests) is
// never checked with it: that is an Error (base/result.h). Checks stay on in every build.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace aozora::internal {

// Prints "file:line: CHECK failed: condition; detail" to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              std::string_view detail);

template <class A, class B>
[[noreturn]] void CheckCompareFailed(const char* file, int line, const char* condition, const A& a,
                                     const B& b) {
  CheckFailed(file, line, condition, fmt::format("{} against {}", a, b));
}

}  // namespace aozora::internal

// Other libraries (libtorch among them) define macros of these names.
#undef CHECK
#undef CHECK_EQ
#undef CHECK_LE
#undef CHECK_LT

#define CHECK(condition)                                                                   \
  do {                                                                                     \
    if (!(condition)) [[unlikely]] {                                                       \
      ::aozora::internal::CheckFailed(__FILE__, __LINE__, #condition, std::string_view()); \
    }                                                                                      \
  } while (0)

#define AOZORA_CHECK_COMPARE(a, op, b)                                                        \
  do {                                                                                        \
    const auto& check_a_ = (a);                                                               \
    const auto& check_b_ = (b);                                                               \
    if (!(check_a_ op check_b_)) [[unlikely]] {                                               \
      ::aozora::internal::CheckCompareFailed(__FILE__, __LINE__, #a " " #op " " #b, check_a_, \
                                             check_b_);                                       \
    }                                                                                         \
  } while (0)

#define CHECK_EQ(a, b) AOZORA_CHECK_COMPARE(a, ==, b)
#define CHECK_LE(a, b) AOZORA_CHECK_COMPARE(a, <=, b)
#define CHECK_LT(a, b) AOZORA_CHECK_COMPARE(a, <, b)
