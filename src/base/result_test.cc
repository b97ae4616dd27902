// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace aozora {
namespace {

Result<int> ParseDigit(char c) {
  if (c < '0' || c > '9') return Error::Invalid("'{}' is no digit", c);
  return c - '0';
}

Result<int> Sum(std::string_view digits, int* seen_count) {
  int sum = 0;
  for (const char c : digits) {
    sum += TRY(ParseDigit(c));
    ++*seen_count;
  }
  return sum;
}

Status AllDigits(std::string_view text) {
  for (const char c : text) TRY_WITHIN(fmt::format("text \"{}\"", text), ParseDigit(c));
  return Ok();
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> five = ParseDigit('5');
  EXPECT_TRUE(five.ok());
  EXPECT_TRUE(static_cast<bool>(five));
  EXPECT_EQ(*five, 5);
  const Result<int> none = ParseDigit('x');
  EXPECT_FALSE(none.ok());
  EXPECT_EQ(none.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(none.error().message(), "'x' is no digit");
}

TEST(Try, GivesTheValueOrLeavesTheFunction) {
  int seen_count = 0;
  EXPECT_EQ(Sum("123", &seen_count).value(), 6);
  EXPECT_EQ(seen_count, 3);
  seen_count = 0;
  EXPECT_EQ(Sum("1x3", &seen_count).error().message(), "'x' is no digit");
  EXPECT_EQ(seen_count, 1);  // nothing behind the error ran
}

TEST(Try, PutsWhatWasDoneInFrontOfTheMessage) {
  EXPECT_TRUE(AllDigits("42").ok());
  const Status status = AllDigits("4y");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "text \"4y\": 'y' is no digit");
  EXPECT_EQ(status.error().code(), ErrorCode::kInvalid);
}

TEST(Try, EvaluatesTheDescriptionOnlyForAnError) {
  int described_count = 0;
  const auto describe = [&] {
    ++described_count;
    return std::string("here");
  };
  const auto run = [&](char c) -> Status {
    TRY_WITHIN(describe(), ParseDigit(c));
    return Ok();
  };
  EXPECT_TRUE(run('1').ok());
  EXPECT_EQ(described_count, 0);
  EXPECT_FALSE(run('x').ok());
  EXPECT_EQ(described_count, 1);
}

// Counts its copies; moves are free.
struct Counted {
  explicit Counted(int* copies) : copy_count(copies) {}
  Counted(const Counted& other) : copy_count(other.copy_count) { ++*copy_count; }
  Counted(Counted&&) = default;
  int* copy_count;
};

TEST(Result, MovesItsValueWithoutACopy) {
  int copy_count = 0;
  const auto make = [&]() -> Result<Counted> { return Counted(&copy_count); };
  const auto pass = [&]() -> Result<Counted> {
    Counted counted = TRY(make());
    return counted;
  };
  const Counted counted = pass().value();
  EXPECT_EQ(counted.copy_count, &copy_count);
  EXPECT_EQ(copy_count, 0);
}

TEST(Result, TakesWhatCanOnlyBeMoved) {
  const auto make = [](bool good) -> Result<std::unique_ptr<int>> {
    if (!good) return Error::Io("no");
    return std::make_unique<int>(7);
  };
  std::unique_ptr<int> seven = make(true).value();
  EXPECT_EQ(*seven, 7);
  EXPECT_FALSE(make(false).ok());
}

TEST(Result, MayHoldWhatCouldBeMistakenForAnError) {
  const Result<std::string> text = std::string("fine");
  EXPECT_EQ(text->size(), 4u);
  // A Result of a Result's error type would be ambiguous; a vector of them is a value.
  const Result<std::vector<Error>> errors = std::vector<Error>{Error::Cancelled()};
  EXPECT_TRUE(errors.ok());
}

TEST(ResultDeathTest, CrashesWhenAskedForTheWrongOne) {
  EXPECT_DEATH((void)ParseDigit('x').value(), "'x' is no digit");
  EXPECT_DEATH((void)ParseDigit('1').error(), "CHECK failed");
  EXPECT_DEATH(AllDigits("q").value(), "'q' is no digit");
  EXPECT_DEATH((void)Ok().error(), "CHECK failed");
}

TEST(Error, HasANameForEachCode) {
  std::set<std::string_view> names;
  for (const ErrorCode code :
       {ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kCorrupt, ErrorCode::kUnsupported,
        ErrorCode::kExhausted, ErrorCode::kCancelled, ErrorCode::kIo}) {
    names.insert(ErrorCodeName(code));
  }
  EXPECT_EQ(names.size(), 7u);
  EXPECT_EQ(Error::Cancelled().code(), ErrorCode::kCancelled);
  EXPECT_EQ(Error::NotFound("{}", 1).code(), ErrorCode::kNotFound);
  EXPECT_EQ(Error::Corrupt("{}", 1).code(), ErrorCode::kCorrupt);
  EXPECT_EQ(Error::Unsupported("{}", 1).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(Error::Exhausted("{}", 1).code(), ErrorCode::kExhausted);
  EXPECT_EQ(Error::Io("{}", 1).code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace aozora
