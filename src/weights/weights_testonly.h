// SPDX-License-Identifier: Apache-2.0
// For tests of readers and writers: a folder that goes away, files, and hostile variants of them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/folder_testonly.h"
#include "tensor/weight.h"
#include "weights/byte_reader.h"

namespace aozora {

class TempFolder : public TemporaryFolder {
 public:
  // Writes a file and answers its path.
  std::filesystem::path Put(std::string_view name, std::string_view content) const;
};

std::filesystem::path GoldenPath(std::string_view name);  // in tests/goldens

template <class T>
void AppendLittle(T value, std::string* out) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out->append(bytes, sizeof(T));
}

// A safetensors file out of its parts.
std::string SafetensorsFile(std::string_view header, std::string_view data);

std::vector<float> Values(const Weight& weight);       // as f32
std::string Floats(const std::vector<float>& values);  // their bytes
std::vector<float> Ramp(size_t count, float step = 0.25f, float first = -1);

// Calls parse with every prefix of `file`, in memory of exactly that size so that a sanitizer sees
// reads past its end, and with single bytes changed to awkward values. parse must not crash; every
// prefix that is shorter than `complete_bytes` must be refused.
void ExpectSurvivesDamage(const std::string& file, size_t complete_bytes,
                          const std::function<bool(Bytes)>& parse_ok);

}  // namespace aozora

#define ASSERT_OK(result) ASSERT_TRUE((result).ok()) << (result).error().message()
#define EXPECT_OK(result) EXPECT_TRUE((result).ok()) << (result).error().message()
// The expression fails, and its message has the text in it.
#define EXPECT_ERROR(expression, text)                                        \
  do {                                                                        \
    const auto error_result_ = (expression);                                  \
    ASSERT_FALSE(error_result_.ok());                                         \
    EXPECT_THAT(error_result_.error().message(), ::testing::HasSubstr(text)); \
  } while (0)
