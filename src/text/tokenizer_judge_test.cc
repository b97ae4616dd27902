// SPDX-License-Identifier: Apache-2.0
// The tokenizer against SentencePiece, on texts that nobody would write: the ids are the same ones.
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <random>

#include "text/tokenizer.h"
#include "text/tokenizer_testonly.h"
#include "text/unicode.h"

namespace aozora {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Below `bound`. Its being not quite uniform does not matter here.
  size_t Below(size_t bound) { return engine_() % bound; }
  template <class Container>
  const auto& OneOf(const Container& container) {
    return container[Below(std::size(container))];
  }

 private:
  std::mt19937_64 engine_;
};

// One model in both.
class Pair {
 public:
  explicit Pair(std::string proto)
      : proto_(std::move(proto)), ours_(Tokenizer::FromBytes(AsBytes(proto_)).value()) {
    CHECK(judge_.LoadFromSerializedProto(proto_).ok());
  }

  // The ids, without the end.
  std::vector<int32_t> Encode(std::string_view text) const {
    std::vector<int32_t> ids = ours_.Encode(text, Tokenizer::kNormalizedBytesMax).value();
    EXPECT_EQ(ids.back(), ours_.end_id());
    ids.pop_back();
    std::vector<int> expected;
    CHECK(judge_.Encode(text, &expected).ok());
    EXPECT_EQ(ids, expected) << ::testing::PrintToString(text);
    return ids;
  }
  void Decode(const std::vector<int32_t>& ids) const {
    std::string expected;
    CHECK(judge_.Decode(ids, &expected).ok());
    EXPECT_EQ(ours_.Decode(ids).value(), expected) << ::testing::PrintToString(ids);
  }

  size_t vocabulary_size() const { return static_cast<size_t>(ours_.vocabulary_size()); }

 private:
  std::string proto_;
  Tokenizer ours_;
  sentencepiece::SentencePieceProcessor judge_;
};

const std::string kNasty[] = {
    "",
    " ",
    "   ",
    "\u2581",
    "\u2581\u2581 \u2581",
    "  a  fox \t\t walks\n\n through\r\n snow  ",
    "\u2581fox\u2581\u2581fox \u2581 fox\u2581",
    "</s> <pad><unk> <0x41> <s>",
    "\u3000青い\u00A0空\u2003の\u200B下\uFEFF",
    "\uFDFA \uFB03 \u2460 \u3392 \uFF21\uFF22 \u1E9B\u0323",
    "e\u0301 a\u030A\u0323 \u1100\u1161\u11A8 \u0915\u094D\u0937\u093F",
    "👩‍👩‍👧‍👦🏳️‍🌈🇯🇵👍🏽",
    "Снег падает на тихую улицу ночью, ΑΘΗΝΑ, שלום, مرحبا, ไทย, 한국어, தமிழ்",
    "\x01\x02\x1B\x1F\x7F\u0085\u200E\u202E\u2028",
    std::string("\0fox\0 snow\0", 11),
    "\x80",
    "fox\xC3",
    "\xC3(\xE3\x81 \xF0\x9F\x8E snow",
    "\xC0\xAF\xE0\x80\xAF\xED\xA0\x80\xF4\x90\x80\x80\xFE\xFF",
    "\xF8\x88\x80\x80\x80\xEF\xBF\xBD\xEF\xBF",
    std::string(3000, 'x'),
    std::string(3000, ' '),
    std::string(700, '\xE3'),
    "<fox><fox><fo<fox> new york snow\u2581walks",
};

// Parts of which texts are made.
const std::string kParts[] = {" ",      "  ",       "\t",      "\n",     "\u2581",       "\u3000",
                              "fox",    "snow",     "A red",   "walks",  "через",        "läuft",
                              "青い空", "の下で",   "子供",    "</s>",   "<unk>",        "fo",
                              "<fox>",  "new york", "e\u0301", "\uFB01", "\uFF21",       "\u00AD",
                              "\uFDFA", "🎬",        "‍",     "️",    "\u1112\u1161", "\uFFFD",
                              "ing",    "ough",     "Wiese",   "près",   "th",           "e",
                              "a",      "s",        ".",       ","};

std::string RandomText(Random* random) {
  std::string text;
  for (size_t count = random->Below(24); count > 0; --count) {
    switch (random->Below(8)) {
      case 0:
        text.push_back(static_cast<char>(random->Below(256)));
        break;
      case 1: {
        const auto code_point = static_cast<char32_t>(random->Below(kCodePointMax + 1));
        if (!IsSurrogate(code_point)) AppendUtf8(code_point, &text);
        break;
      }
      case 2:  // where most rules are
        AppendUtf8(static_cast<char32_t>(1 + random->Below(0x33FF)), &text);
        break;
      case 3:
        text.push_back(static_cast<char>('a' + random->Below(26)));
        break;
      default:
        text += random->OneOf(kParts);
    }
  }
  return text;
}

void Compare(const std::string& proto) {
  const Pair pair(proto);
  for (const std::string& text : kNasty) pair.Decode(pair.Encode(text));
  Random random(1);
  for (int i = 0; i < 600; ++i) pair.Decode(pair.Encode(RandomText(&random)));
  // Ids that no text has, with bytes that are not UTF-8 and the special ones anywhere.
  for (int i = 0; i < 300; ++i) {
    std::vector<int32_t> ids(random.Below(12));
    for (int32_t& id : ids) id = static_cast<int32_t>(random.Below(pair.vocabulary_size()));
    pair.Decode(ids);
  }
}

class TokenizerJudge : public ::testing::TestWithParam<const char*> {};

TEST_P(TokenizerJudge, FindsTheSameIdsInTrainedModels) { Compare(TrainTinyModel(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Options, TokenizerJudge,
    ::testing::Values("", "--byte_fallback=false --vocab_size=120",
                      "--normalization_rule_name=identity",
                      "--normalization_rule_name=nmt_nfkc_cf --byte_fallback=false "
                      "--vocab_size=120",
                      "--add_dummy_prefix=false", "--remove_extra_whitespaces=false",
                      "--add_dummy_prefix=false --remove_extra_whitespaces=false "
                      "--normalization_rule_name=identity",
                      "--user_defined_symbols=<fox>,fo,snow\u2581,\uFB01,青い空",
                      "--user_defined_symbols=<fox>,fo,e,\uFF21 --byte_fallback=false "
                      "--vocab_size=130 --split_by_whitespace=false"));

TEST(TokenizerJudge, FindsTheSameIdsWhereSpacesStaySpaces) {
  TokenizerModel model = ParseTokenizerModel(AsBytes(TrainTinyModel())).value();
  model.escape_whitespaces = false;
  Compare(SerializeTokenizerModel(model));
  model.pieces.push_back({"new york", -1, PieceType::kUserDefined});
  // Pieces with spaces of either kind.
  for (size_t id = 300; id < model.pieces.size(); ++id) {
    std::string& text = model.pieces[id].text;
    if (text.starts_with("\u2581") && text.size() > 4) text.replace(0, 3, " ");
  }
  ASSERT_TRUE(CheckTokenizerModel(model).ok());
  Compare(SerializeTokenizerModel(model));
}

// Pieces of a few letters with scores of which many sums are the same, so that ties are common;
// some unused, some user-defined, and in some models no normal piece at all.
TokenizerModel RandomModel(Random* random) {
  static constexpr std::string_view kLetters[] = {"a", "b", "é", "\u2581", "雪", "🎬"};
  static constexpr float kScores[] = {-1, -2, -3, -0.1f, -0.7f, 0, 0.3f, 5, -100.125f, 1e-30f};
  TokenizerModel model;
  model.pieces = {{"</s>", 0, PieceType::kControl}, {"<unk>", 0, PieceType::kUnknown}};
  const bool some_normal = random->Below(8) > 0;
  std::vector<std::string> texts(1 + random->Below(24));
  for (std::string& text : texts) {
    for (size_t i = 1 + random->Below(5); i > 0; --i) text += random->OneOf(kLetters);
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  for (const std::string& text : texts) {
    static constexpr PieceType kTypes[] = {PieceType::kUserDefined, PieceType::kUnused};
    const size_t kind = random->Below(some_normal ? 8 : 2);
    model.pieces.push_back(
        {text, random->OneOf(kScores), kind < 2 ? kTypes[kind] : PieceType::kNormal});
  }
  if (random->Below(2) == 0) {
    for (int byte = 0; byte < 256; ++byte) {
      model.pieces.push_back({fmt::format("<0x{:02X}>", byte), 0, PieceType::kByte});
    }
  }
  std::shuffle(model.pieces.begin(), model.pieces.end(), std::mt19937_64(random->Below(1000)));
  model.add_dummy_prefix = random->Below(2) == 0;
  model.remove_extra_whitespaces = random->Below(2) == 0;
  return model;
}

TEST(TokenizerJudge, BreaksTiesInTheSameWay) {
  static constexpr std::string_view kLetters[] = {"a", "b", "é", " ", "雪", "🎬", "\u2581", "c"};
  Random random(2);
  for (int i = 0; i < 400; ++i) {
    const TokenizerModel model = RandomModel(&random);
    const Pair pair(SerializeTokenizerModel(model));
    for (int j = 0; j < 12; ++j) {
      std::string text;
      for (size_t k = random.Below(40); k > 0; --k) text += random.OneOf(kLetters);
      pair.Decode(pair.Encode(text));
    }
    if (::testing::Test::HasFailure()) FAIL() << "model " << i;
  }
}

TEST(TokenizerJudge, TakesTheLongestPiecesThatModelsMayHave) {
  TokenizerModel model;
  model.pieces = {{"</s>", 0, PieceType::kControl}, {"<unk>", 0, PieceType::kUnknown}};
  for (size_t length = 1; length <= kPieceBytesMax; ++length) {
    model.pieces.push_back(
        {std::string(length, 'a'), -1.0f - static_cast<float>(length % 7), PieceType::kNormal});
  }
  for (size_t length = 1; length <= kUserDefinedPieceBytesMax; ++length) {
    model.pieces.push_back({std::string(length, 'b'), 0, PieceType::kUserDefined});
  }
  const Pair pair(SerializeTokenizerModel(model));
  for (const size_t length : {1u, 63u, 64u, 65u, 255u, 256u, 257u, 1000u}) {
    pair.Encode(std::string(length, 'a'));
    pair.Encode(std::string(length, 'b'));
    pair.Encode("b" + std::string(length, 'a') + "b");
  }
}

}  // namespace
}  // namespace aozora
