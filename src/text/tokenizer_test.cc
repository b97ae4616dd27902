// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include <filesystem>
#include <fstream>

#include "text/tokenizer_testonly.h"

namespace aozora {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string& TinyProto() {
  static const std::string proto = TrainTinyModel();
  return proto;
}

const Tokenizer& TinyTokenizer() {
  static const Tokenizer tokenizer = Tokenizer::FromBytes(AsBytes(TinyProto())).value();
  return tokenizer;
}

constexpr std::string_view kTexts[] = {
    "A red fox walks through fresh snow at dawn.", "fox", "Un chat près de la fenêtre, 青い空",
    "emoji 🎬 and Ελληνικά through byte pieces",    "x",
};

TEST(Tokenizer, AgreesWithSentencePieceOnTheOriginalModel) {
  // The library gets the model as it was trained; the tokenizer, what it read and wrote anew.
  sentencepiece::SentencePieceProcessor original;
  ASSERT_TRUE(original.LoadFromSerializedProto(TinyProto()).ok());
  const Tokenizer& tokenizer = TinyTokenizer();
  EXPECT_EQ(tokenizer.vocabulary_size(), original.GetPieceSize());
  for (const std::string_view text : kTexts) {
    std::vector<int> expected;
    ASSERT_TRUE(original.Encode(text, &expected).ok());
    expected.push_back(original.eos_id());
    EXPECT_EQ(tokenizer.Encode(text, 512).value(), expected) << text;
  }
}

TEST(Tokenizer, DecodesWhatItEncoded) {
  const Tokenizer& tokenizer = TinyTokenizer();
  for (const std::string_view text : kTexts) {
    EXPECT_EQ(tokenizer.Decode(tokenizer.Encode(text, 512).value()).value(), text);
  }
}

TEST(Tokenizer, EndsEachTextWithTheEndToken) {
  const Tokenizer& tokenizer = TinyTokenizer();
  EXPECT_EQ(tokenizer.end_id(), 1);
  EXPECT_THAT(tokenizer.Encode("", 512).value(), ElementsAre(1));
  EXPECT_THAT(tokenizer.Encode("   ", 512).value(), ElementsAre(1));
}

TEST(Tokenizer, CutsLongTextsAndKeepsRoomForTheEnd) {
  const Tokenizer& tokenizer = TinyTokenizer();
  const std::string_view text = kTexts[0];
  const std::vector<int32_t> whole = tokenizer.Encode(text, 512).value();
  ASSERT_GT(whole.size(), 5u);
  EXPECT_EQ(tokenizer.Encode(text, whole.size()).value(), whole);
  for (size_t count = 1; count < whole.size(); ++count) {
    std::vector<int32_t> expected(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(count - 1));
    expected.push_back(1);
    EXPECT_EQ(tokenizer.Encode(text, count).value(), expected) << count;
  }
}

TEST(Tokenizer, TakesNamesOfControlTokensForText) {
  const Tokenizer& tokenizer = TinyTokenizer();
  const std::vector<int32_t> ids = tokenizer.Encode("</s> <pad>", 512).value();
  EXPECT_GT(ids.size(), 3u);
  const std::vector<int32_t> inside(ids.begin(), ids.end() - 1);
  EXPECT_THAT(inside, Not(::testing::Contains(tokenizer.end_id())));
  EXPECT_THAT(inside, Not(::testing::Contains(0)));
}

TEST(Tokenizer, SpellsUnknownCharactersAsBytes) {
  const Tokenizer& tokenizer = TinyTokenizer();
  // The dummy prefix, the four bytes of the emoji, the end.
  const std::vector<int32_t> ids = tokenizer.Encode("🎬", 512).value();
  EXPECT_EQ(ids.size(), 6u);
  EXPECT_EQ(tokenizer.Decode(std::vector<int32_t>(ids.begin(), ids.end() - 1)).value(), "🎬");
}

TEST(Tokenizer, WorksWithoutBytePieces) {
  const std::string proto = TrainTinyModel("--byte_fallback=false --vocab_size=120");
  const Tokenizer tokenizer = Tokenizer::FromBytes(AsBytes(proto)).value();
  const std::vector<int32_t> ids = tokenizer.Encode("🎬", 512).value();
  EXPECT_THAT(ids, ::testing::Contains(2));  // <unk>
}

TEST(Tokenizer, IsTheSameFromAFile) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / fmt::format("spiece-{}.model", getpid());
  std::ofstream(path, std::ios::binary) << TinyProto();
  const Tokenizer from_file = Tokenizer::FromFile(path).value();
  const Tokenizer& from_bytes = TinyTokenizer();
  EXPECT_EQ(from_file.vocabulary_size(), from_bytes.vocabulary_size());
  for (const std::string_view text : kTexts) {
    EXPECT_EQ(from_file.Encode(text, 64).value(), from_bytes.Encode(text, 64).value());
  }
  std::filesystem::remove(path);
}

TEST(Tokenizer, NamesTheFileThatIsNotThereOrBroken) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / fmt::format("broken-{}.model", getpid());
  Result<Tokenizer> missing = Tokenizer::FromFile(path);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr(path.string()));
  std::ofstream(path) << "not a model";
  Result<Tokenizer> broken = Tokenizer::FromFile(path);
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(broken.error().message(), HasSubstr(path.string()));
  std::filesystem::remove(path);
}

TEST(Tokenizer, RefusesTextsAndIdsOutOfRange) {
  const Tokenizer& tokenizer = TinyTokenizer();
  const std::string longest(Tokenizer::kTextBytesMax, 'a');
  EXPECT_TRUE(tokenizer.Encode(longest, 512).ok());
  Result<std::vector<int32_t>> ids = tokenizer.Encode(longest + "a", 512);
  ASSERT_FALSE(ids.ok());
  EXPECT_EQ(ids.error().code(), ErrorCode::kInvalid);
  EXPECT_FALSE(tokenizer.Decode(std::vector<int32_t>{-1}).ok());
  EXPECT_FALSE(tokenizer.Decode(std::vector<int32_t>{tokenizer.vocabulary_size()}).ok());
}

TEST(Tokenizer, NeedsAnEndToken) {
  TokenizerModel model = ParseTokenizerModel(AsBytes(TinyProto())).value();
  model.pieces[1].text = "</stop>";
  Result<Tokenizer> tokenizer = Tokenizer::FromModel(model);
  ASSERT_FALSE(tokenizer.ok());
  EXPECT_THAT(tokenizer.error().message(), HasSubstr("</s>"));
  model.pieces[1] = {"</s>", 0, PieceType::kControl};
  EXPECT_TRUE(Tokenizer::FromModel(model).ok());
}

}  // namespace
}  // namespace aozora
