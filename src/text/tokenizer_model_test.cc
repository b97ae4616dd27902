// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "text/charsmap.h"
#include "text/tokenizer.h"
#include "text/tokenizer_testonly.h"

namespace aozora {
namespace {

using ::testing::HasSubstr;

// <pad> </s> <unk> and a few pieces, no rules: small enough to know by heart.
TokenizerModel SmallModel() {
  TokenizerModel model;
  model.pieces = {{"<pad>", 0, PieceType::kControl}, {"</s>", 0, PieceType::kControl},
                  {"<unk>", 0, PieceType::kUnknown}, {"▁", -3, PieceType::kNormal},
                  {"a", -2, PieceType::kNormal},     {"b", -2, PieceType::kNormal},
                  {"ab", -1, PieceType::kNormal}};
  return model;
}

TEST(TokenizerModel, SurvivesWritingAndReading) {
  TokenizerModel model = SmallModel();
  model.precompiled_charsmap = "anything";
  model.add_dummy_prefix = false;
  model.remove_extra_whitespaces = false;
  const TokenizerModel copy = ParseTokenizerModel(AsBytes(SerializeTokenizerModel(model))).value();
  ASSERT_EQ(copy.pieces.size(), model.pieces.size());
  for (size_t id = 0; id < copy.pieces.size(); ++id) {
    EXPECT_EQ(copy.pieces[id].text, model.pieces[id].text);
    EXPECT_EQ(copy.pieces[id].score, model.pieces[id].score);
    EXPECT_EQ(copy.pieces[id].type, model.pieces[id].type);
  }
  EXPECT_EQ(copy.precompiled_charsmap, "anything");
  EXPECT_FALSE(copy.add_dummy_prefix);
  EXPECT_FALSE(copy.remove_extra_whitespaces);
  EXPECT_TRUE(copy.escape_whitespaces);
}

TEST(TokenizerModel, PicksTheLikeliestPieces) {
  const Tokenizer tokenizer = Tokenizer::FromModel(SmallModel()).value();
  // "▁aab": ▁ -3, a -2, ab -1 beats ▁ a a b.
  EXPECT_EQ(tokenizer.Encode("aab", 16).value(), (std::vector<int32_t>{3, 4, 6, 1}));
  EXPECT_EQ(tokenizer.Encode("b?", 16).value(), (std::vector<int32_t>{3, 5, 2, 1}));
}

TEST(TokenizerModel, ReadsWhatTheTrainerWrites) {
  const TokenizerModel model = ParseTokenizerModel(AsBytes(TrainTinyModel())).value();
  EXPECT_EQ(model.pieces[0].text, "<pad>");
  EXPECT_EQ(model.pieces[2].type, PieceType::kUnknown);
  EXPECT_EQ(model.pieces[3].text, "<0x00>");
  EXPECT_EQ(model.pieces[3].type, PieceType::kByte);
  EXPECT_GT(model.precompiled_charsmap.size(), 100'000u);  // nmt_nfkc
  EXPECT_TRUE(model.add_dummy_prefix);
  EXPECT_TRUE(CheckTokenizerModel(model).ok());
}

TEST(TokenizerModel, KeepsOptionsOfTheNormalizer) {
  const TokenizerModel model =
      ParseTokenizerModel(AsBytes(TrainTinyModel("--add_dummy_prefix=false "
                                                 "--remove_extra_whitespaces=false "
                                                 "--normalization_rule_name=identity")))
          .value();
  EXPECT_FALSE(model.add_dummy_prefix);
  EXPECT_FALSE(model.remove_extra_whitespaces);
  EXPECT_TRUE(model.precompiled_charsmap.empty());
}

TEST(TokenizerModel, RefusesOtherKindsOfModel) {
  for (const char* options : {"--model_type=bpe", "--treat_whitespace_as_suffix=true"}) {
    Result<TokenizerModel> model = ParseTokenizerModel(AsBytes(TrainTinyModel(options)));
    ASSERT_FALSE(model.ok()) << options;
    EXPECT_EQ(model.error().code(), ErrorCode::kUnsupported);
  }
}

TEST(TokenizerModel, RefusesBytesThatAreNoMessage) {
  const std::string proto = SerializeTokenizerModel(SmallModel());
  const auto fails = [](std::string_view bytes) {
    Result<TokenizerModel> model = ParseTokenizerModel(AsBytes(bytes));
    return !model.ok() && model.error().code() == ErrorCode::kCorrupt;
  };
  EXPECT_TRUE(fails(proto.substr(0, proto.size() - 1)));               // ends within a message
  EXPECT_TRUE(fails("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));  // 11 bytes of varint
  EXPECT_TRUE(fails(std::string("\x00\x00", 2)));                      // field 0
  EXPECT_TRUE(fails("\x0B"));                                          // a group
  EXPECT_TRUE(fails("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));  // 2^64 - 1 bytes
  EXPECT_TRUE(fails("\x0A\x02\x18\x09"));                              // a piece of type 9
  EXPECT_TRUE(fails(std::string(kTokenizerBytesMax + 1, '\0')));
}

struct Spoiled {
  const char* name;
  std::function<void(TokenizerModel*)> spoil;
  const char* message;
};

TEST(TokenizerModel, RefusesWhatSentencePieceWouldTripOver) {
  const Spoiled kCases[] = {
      {"no pieces", [](auto* m) { m->pieces.clear(); }, "no pieces for text"},
      {"no unk", [](auto* m) { m->pieces[2].type = PieceType::kControl; }, "0 unknown"},
      {"two unk", [](auto* m) { m->pieces[0].type = PieceType::kUnknown; }, "2 unknown"},
      {"empty piece", [](auto* m) { m->pieces[4].text.clear(); }, "piece 4: no text"},
      {"zero byte", [](auto* m) { m->pieces[4].text.push_back('\0'); }, "zero byte"},
      {"not UTF-8", [](auto* m) { m->pieces[4].text = "a\xC3"; }, "not UTF-8"},
      {"too long", [](auto* m) { m->pieces[4].text.assign(kPieceBytesMax + 1, 'x'); }, "257 bytes"},
      {"too long, user defined",
       [](auto* m) {
         m->pieces[4] = {std::string(65, 'x'), 0, PieceType::kUserDefined};
       },
       "65 bytes"},
      {"twice", [](auto* m) { m->pieces[4].text = "ab"; }, "\"ab\" is there already"},
      {"not a number", [](auto* m) { m->pieces[4].score = std::nanf(""); }, "score"},
      {"infinite", [](auto* m) { m->pieces[4].score = -std::numeric_limits<float>::infinity(); },
       "score"},
      {"a byte missing",
       [](auto* m) {
         m->pieces.push_back({"<0x41>", 0, PieceType::kByte});
       },
       "no piece for byte 0"},
      {"odd byte",
       [](auto* m) {
         m->pieces.push_back({"<0x4g>", 0, PieceType::kByte});
       },
       "byte piece"},
      {"rules", [](auto* m) { m->precompiled_charsmap = "abc"; }, "normalization rules"},
  };
  ASSERT_TRUE(CheckTokenizerModel(SmallModel()).ok());
  for (const Spoiled& spoiled : kCases) {
    TokenizerModel model = SmallModel();
    spoiled.spoil(&model);
    Status status = CheckTokenizerModel(model);
    ASSERT_FALSE(status.ok()) << spoiled.name;
    EXPECT_EQ(status.error().code(), ErrorCode::kCorrupt) << spoiled.name;
    EXPECT_THAT(status.error().message(), HasSubstr(spoiled.message));
    EXPECT_FALSE(Tokenizer::FromModel(model).ok()) << spoiled.name;
  }
}

// A charsmap with these units and replacements.
std::string Charsmap(std::vector<uint32_t> units, std::string_view replacements) {
  std::string map(4 + 4 * units.size(), '\0');
  const uint32_t trie_bytes = static_cast<uint32_t>(4 * units.size());
  std::memcpy(map.data(), &trie_bytes, 4);
  std::copy_n(reinterpret_cast<const char*>(units.data()), trie_bytes, map.data() + 4);
  return map + std::string(replacements);
}

constexpr uint32_t kLeafBit = 1u << 8;
constexpr uint32_t Offset(uint32_t offset) { return offset << 10; }

// "a" becomes "b". The children of unit u lie at u ^ offset ^ byte, here those of the root around 1
// and those of "a" around 0x80; the leaf, child 0, says where the replacement begins.
constexpr uint32_t kRootChildren = 1;
constexpr uint32_t kUnitOfA = kRootChildren ^ 'a';
constexpr uint32_t kNoUnit = 0x80000000u;
std::vector<uint32_t> OneRule(uint32_t replacement) {
  std::vector<uint32_t> units(256, kNoUnit);
  units[0] = Offset(kRootChildren);
  units[kUnitOfA] = 'a' | kLeafBit | Offset(kUnitOfA ^ 0x80);
  units[0x80] = replacement | 0x80000000u;
  return units;
}

TEST(Charsmap, IsFollowedByTheTokenizer) {
  TokenizerModel model = SmallModel();
  model.precompiled_charsmap = Charsmap(OneRule(0), std::string_view("b\0", 2));
  ASSERT_TRUE(CheckCharsmap(model.precompiled_charsmap).ok());
  const Tokenizer tokenizer = Tokenizer::FromModel(model).value();
  EXPECT_EQ(tokenizer.Encode("a", 16).value(), (std::vector<int32_t>{3, 5, 1}));
}

TEST(Charsmap, MustStayInsideOfItself) {
  const std::string_view kReplacements("b\0", 2);
  EXPECT_TRUE(CheckCharsmap(Charsmap(OneRule(0), kReplacements)).ok());
  // Replacements beyond the end, and one without an end.
  EXPECT_FALSE(CheckCharsmap(Charsmap(OneRule(2), kReplacements)).ok());
  EXPECT_FALSE(CheckCharsmap(Charsmap(OneRule(0), "b")).ok());
  // A replacement so long that a short text could fill the memory.
  const std::string longest(kReplacementBytesMax, 'b');
  EXPECT_TRUE(CheckCharsmap(Charsmap(OneRule(0), longest + '\0')).ok());
  EXPECT_FALSE(CheckCharsmap(Charsmap(OneRule(0), longest + 'b' + '\0')).ok());
  // Children beyond the end.
  std::vector<uint32_t> units = OneRule(0);
  units[kUnitOfA] = 'a' | kLeafBit | Offset(0x100);
  EXPECT_FALSE(CheckCharsmap(Charsmap(units, kReplacements)).ok());
  units = OneRule(0);
  units.resize(255);
  EXPECT_FALSE(CheckCharsmap(Charsmap(units, kReplacements)).ok());
  EXPECT_FALSE(CheckCharsmap(Charsmap({}, kReplacements)).ok());
  // A trie that says that it is longer than the map.
  std::string map = Charsmap(OneRule(0), kReplacements);
  map.resize(map.size() - 3);
  EXPECT_FALSE(CheckCharsmap(map).ok());
  EXPECT_FALSE(CheckCharsmap("abc").ok());
}

TEST(Charsmap, MustNotGoInCircles) {
  // 'a' leads to itself: "aaaa..." would match one rule more with each letter.
  std::vector<uint32_t> units = OneRule(0);
  units[kUnitOfA] = 'a' | kLeafBit | Offset(kUnitOfA ^ kRootChildren);
  EXPECT_FALSE(CheckCharsmap(Charsmap(units, std::string_view("b\0", 2))).ok());
}

// A chain of `depth` rules, "a", "aa", "aaa" ..., each in a block of 256 units.
std::vector<uint32_t> Chain(uint32_t depth) {
  std::vector<uint32_t> units((depth + 1) * 256, kNoUnit);
  units[0] = Offset(kRootChildren);
  uint32_t children = kRootChildren;
  for (uint32_t level = 1; level <= depth; ++level) {
    const uint32_t unit = children ^ 'a';
    children = level * 256;
    units[unit] = 'a' | kLeafBit | Offset(unit ^ children);
    units[children] = 0x80000000u;  // the leaf: replacement 0
  }
  return units;
}

TEST(Charsmap, MayNestAsManyRulesAsThereIsRoomFor) {
  const std::string_view kReplacements("b\0", 2);
  EXPECT_TRUE(CheckCharsmap(Charsmap(Chain(32), kReplacements)).ok());
  Status status = CheckCharsmap(Charsmap(Chain(33), kReplacements));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message(), HasSubstr("more than 32"));
}

}  // namespace
}  // namespace aozora
