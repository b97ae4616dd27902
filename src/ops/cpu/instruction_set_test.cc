// SPDX-License-Identifier: Apache-2.0
#include "ops/cpu/instruction_set.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "ops/cpu/peak.h"

namespace aozora::ops {
namespace {

class InstructionSet : public testing::Test {
 public:
  ~InstructionSet() override { hwy::DisableTargets(0); }

  std::string InUse() {
    ThreadPool pool(1);
    return MeasurePeak(pool, SystemClock(), 1).instruction_set;
  }
};

TEST_F(InstructionSet, IsTheOneAskedForFromThenOn) {
  const std::vector<std::string> names = InstructionSets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(InUse(), names.front());
  for (const std::string& name : names) {  // best first, each of them leaves the narrower ones
    ASSERT_TRUE(LimitInstructionSet(name).ok());
    EXPECT_EQ(InUse(), name);
    EXPECT_EQ(InstructionSets().front(), name);
  }
}

TEST_F(InstructionSet, GoesByItsNameInLowerCaseToo) {
  std::string name = InstructionSets().back();
  for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
  ASSERT_TRUE(LimitInstructionSet(name).ok());
  EXPECT_EQ(InUse(), InstructionSets().back());
}

TEST_F(InstructionSet, ThatIsUnknownIsToldWithThoseThereAre) {
  const Status status = LimitInstructionSet("neon9");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("neon9"), std::string::npos);
  EXPECT_NE(status.error().message().find(InstructionSets().front()), std::string::npos);
  EXPECT_EQ(InUse(), InstructionSets().front()) << "nothing was limited";
}

}  // namespace
}  // namespace aozora::ops
