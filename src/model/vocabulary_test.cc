// SPDX-License-Identifier: Apache-2.0
#include "model/vocabulary.h"

#include <gmock/gmock.h>

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kJson = R"({"words": ["a", "red", "boat"],
    "topics": [{"name": "subject", "things": ["boat", "whale"]}]})";

TEST(Vocabulary, TellsEachUnknownWordOnce) {
  const Result<Vocabulary> vocabulary = Vocabulary::FromJson(kJson);
  ASSERT_TRUE(vocabulary.ok());
  EXPECT_THAT(vocabulary->UnknownWords("A red boat"), IsEmpty());
  EXPECT_THAT(vocabulary->UnknownWords("a Dragon, a dragon, a red WYVERN"),
              ElementsAre("dragon", "wyvern"));
}

TEST(Vocabulary, NoteNamesWhatIsNotKnownAndWhatIs) {
  const Result<Vocabulary> vocabulary = Vocabulary::FromJson(kJson);
  ASSERT_TRUE(vocabulary.ok());
  EXPECT_EQ(UnknownWordsNote(*vocabulary, "a boat"), "");
  const std::string note = UnknownWordsNote(*vocabulary, "a dragon");
  EXPECT_THAT(note, HasSubstr("dragon"));
  EXPECT_THAT(note, HasSubstr("boat, whale"));
}

TEST(Vocabulary, NoteStaysShortForALongPrompt) {
  const Result<Vocabulary> vocabulary = Vocabulary::FromJson(kJson);
  ASSERT_TRUE(vocabulary.ok());
  std::string prompt = std::string(10'000, 'x');
  for (int i = 0; i < 1000; ++i) prompt += " w" + std::to_string(i);
  const std::string note = UnknownWordsNote(*vocabulary, prompt);
  EXPECT_LT(note.size(), 300u);
  EXPECT_THAT(note, HasSubstr("and 995 more"));
}

TEST(Vocabulary, RefusesWhatIsNone) {
  for (const char* json :
       {"", "[]", "{}", R"({"words": 3, "topics": []})", R"({"words": [1], "topics": []})",
        R"({"words": [], "topics": [{"name": 1, "things": []}]})", R"({"words": [], "topics": {}})",
        R"({"words": [], "topics": [{"name": "x"}]})"}) {
    const Result<Vocabulary> vocabulary = Vocabulary::FromJson(json);
    ASSERT_FALSE(vocabulary.ok()) << json;
    EXPECT_EQ(vocabulary.error().code(), ErrorCode::kCorrupt) << json;
  }
}

}  // namespace
}  // namespace aozora
