// SPDX-License-Identifier: Apache-2.0
#include "diffusion/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace aozora {
namespace {

std::string GoldenText() {
  const char* source_dir = std::getenv("AOZORA_SOURCE_DIR");
  std::ifstream file(std::string(source_dir != nullptr ? source_dir : ".") +
                     "/tests/goldens/schedulers.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(SamplerGolden, EveryCaseOfTheFileIsMet) {
  const auto rows = CompareSamplersWithGolden(GoldenText());
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  // 5 tables x 3 shifts x 4 step counts and 2 x 4 few-step lists, three quantities each.
  EXPECT_EQ(rows->size(), 3u * (5 * 3 * 4 + 2 * 4));
  std::map<std::string, double> worst;
  for (const SamplerGoldenRow& row : *rows) {
    EXPECT_TRUE(row.ok) << row.case_name << ": " << row.quantity << " differ by " << row.max_abs
                        << ", allowed " << row.tolerance;
    double& most = worst[row.quantity];
    most = std::max(most, row.max_abs);
  }
  for (const auto& [quantity, most] : worst) RecordProperty(quantity, std::to_string(most));
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

int FailedRows(const std::string& text) {
  const auto rows = CompareSamplersWithGolden(text);
  EXPECT_TRUE(rows.ok());
  int failed = 0;
  for (const SamplerGoldenRow& row : *rows) failed += row.ok ? 0 : 1;
  return failed;
}

TEST(SamplerGolden, AChangedNumberIsNoticed) {
  const std::string text = GoldenText();
  EXPECT_EQ(FailedRows(Replaced(text, "\"timesteps\":[999.0", "\"timesteps\":[998.0")), 1);
  EXPECT_EQ(FailedRows(Replaced(text, "\"sigmas\":[0.9996664", "\"sigmas\":[0.9996684")), 1);
  EXPECT_EQ(FailedRows(Replaced(text, "\"a\": 0.3", "\"a\": 0.31")), 5 * 3 * 4 + 2 * 4);
}

TEST(SamplerGolden, ForeignTextIsRefused) {
  EXPECT_EQ(CompareSamplersWithGolden("").error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(CompareSamplersWithGolden("[]").error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(CompareSamplersWithGolden(R"({"cases":[],"fake_model":{"a":1,"b":2}})").error().code(),
            ErrorCode::kCorrupt);
  const std::string head = R"({"fake_model":{"a":1,"b":2,"c":3},"cases":[)";
  for (const char* one :
       {"1", "{}", R"({"sampler":7})", R"({"sampler":"euler"})",
        R"({"sampler":"euler","shift":"3"})",
        R"({"sampler":"euler","shift":3,"sigmas":[1],"timesteps":[]})",
        R"({"sampler":"euler","shift":3,"sigmas":[1,0],"timesteps":[1000],"x":[[1]]})",
        R"({"sampler":"euler","shift":3,"sigmas":[1,0],"timesteps":[1000],"x":[[1],[1,2]]})",
        R"({"sampler":"euler","shift":3,"sigmas":[1,0],"timesteps":[1000],"x":[[1],["y"]]})",
        R"({"sampler":"dmd","shift":3,"sigmas":[1],"timesteps":[1000],"x":[[1],[1]]})",
        R"({"sampler":"dmd","shift":3,"sigmas":[1],"timesteps":[1000],"x":[[1],[1]],"noise":[],)"
        R"("list":[1e30]})"}) {
    const auto rows = CompareSamplersWithGolden(head + one + "]}");
    ASSERT_FALSE(rows.ok()) << one;
    EXPECT_EQ(rows.error().code(), ErrorCode::kCorrupt) << one;
  }
  EXPECT_EQ(CompareSamplersWithGolden(head + R"({"sampler":"heun"}]})").error().code(),
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace aozora
