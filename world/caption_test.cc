// SPDX-License-Identifier: Apache-2.0
#include "world/caption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "world/lexicon.h"

namespace aozora::world {
namespace {

constexpr uint64_t kSampleCount = 3000;

template <class Each>
void ForEachCaption(Each each) {
  for (uint64_t seed = 0; seed < kSampleCount; ++seed) {
    const Scene scene = SampleScene(seed);
    for (const Language language : kLanguages) each(scene, WriteCaption(scene, language, seed));
  }
}

bool Says(const Caption& caption, Attribute attribute, int value) {
  for (const std::string& word : SplitWords(caption.text)) {
    for (const WordSense& sense : ParseWord(word, caption.language)) {
      if (sense == WordSense{attribute, value}) return true;
    }
  }
  return false;
}

TEST(Caption, IsTheSameForTheSameSeed) {
  const Scene scene = SampleScene(3);
  EXPECT_EQ(WriteCaption(scene, Language::kFrench, 1).text,
            WriteCaption(scene, Language::kFrench, 1).text);
  std::set<std::string> texts;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    texts.insert(WriteCaption(scene, Language::kEnglish, seed).text);
  }
  EXPECT_GT(texts.size(), 150u);
}

TEST(Caption, TellsTheSubjectAndWhereItIsOrWhatItDoes) {
  ForEachCaption([](const Scene&, const Caption& caption) {
    EXPECT_TRUE(caption.Mentions(Attribute::kSubject)) << caption.text;
    EXPECT_TRUE(caption.Mentions(Attribute::kSetting) || caption.Mentions(Attribute::kMotion))
        << caption.text;
  });
}

// What a caption says it tells can be read back out of its words, and is right.
TEST(Caption, TellsWhatTheSceneShows) {
  ForEachCaption([](const Scene& scene, const Caption& caption) {
    for (int i = 0; i < kAttributeCount; ++i) {
      const Attribute attribute = static_cast<Attribute>(i);
      // One is told by an article.
      if (!caption.Mentions(attribute) ||
          (attribute == Attribute::kCount && scene.count == Count::kOne))
        continue;
      EXPECT_TRUE(Says(caption, attribute, scene.ValueOf(attribute)))
          << AttributeName(attribute) << ": " << caption.text;
    }
  });
}

TEST(Caption, TellsEveryAttributeAtTimes) {
  uint32_t told[2] = {};
  ForEachCaption([&](const Scene&, const Caption& caption) {
    told[static_cast<int>(caption.language)] |= caption.mentioned;
  });
  EXPECT_EQ(told[0], (1u << kAttributeCount) - 1);
  EXPECT_EQ(told[1], (1u << kAttributeCount) - 1);
}

TEST(Caption, IsWellFormed) {
  ForEachCaption([](const Scene&, const Caption& caption) {
    const std::string& text = caption.text;
    EXPECT_THAT(text,
                testing::Not(testing::AnyOf(testing::HasSubstr("  "), testing::HasSubstr("{"),
                                            testing::HasSubstr("["), testing::HasSubstr(" ,"),
                                            testing::HasSubstr(" ."), testing::HasSubstr(".."),
                                            testing::HasSubstr(",,"), testing::HasSubstr("\n"))));
    EXPECT_FALSE(text.starts_with(' ') || text.ends_with(' ') || text.ends_with(',')) << text;
    EXPECT_GE(SplitWords(text).size(), 3u) << text;
    EXPECT_LE(SplitWords(text).size(), 45u) << text;
  });
}

TEST(Caption, HasEnglishArticles) {
  ForEachCaption([](const Scene&, const Caption& caption) {
    if (caption.language != Language::kEnglish) return;
    const std::vector<std::string> words = SplitWords(caption.text);
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      const bool vowel =
          std::string_view("aeiou").find(words[i + 1][0]) != std::string_view::npos &&
          words[i + 1] != "ufo";
      if (words[i] == "a") {
        EXPECT_FALSE(vowel) << caption.text;
      }
      if (words[i] == "an") {
        EXPECT_TRUE(vowel) << caption.text;
      }
    }
  });
}

TEST(Caption, ElidesInFrench) {
  ForEachCaption([](const Scene&, const Caption& caption) {
    if (caption.language != Language::kFrench) return;
    const std::string text = " " + caption.text;
    for (const char* wrong :
         {" de un", " de a", " de e", " de é", " de o", " le a", " la a", " le o", " la é",
          " que il", " de le ", " de les ", " à le ", " se é", " se a"}) {
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(wrong)));
    }
  });
}

TEST(Caption, AgreesInFrench) {
  Scene scene;
  scene.setting = Setting::kHills;
  scene.first = {Subject::kBalloon, Colour::kGreen, Motion::kRest};
  const auto texts = [&] {
    std::string all;
    for (uint64_t seed = 0; seed < 200; ++seed)
      all += WriteCaption(scene, Language::kFrench, seed).text + "\n";
    return all;
  };
  EXPECT_THAT(texts(), testing::HasSubstr("montgolfière verte"));
  EXPECT_THAT(texts(), testing::HasSubstr("ballon à air chaud vert"));
  EXPECT_THAT(texts(), testing::Not(testing::HasSubstr("montgolfière vert ")));
  scene.count = Count::kThree;
  EXPECT_THAT(texts(), testing::HasSubstr("trois montgolfières vertes"));
  EXPECT_THAT(texts(), testing::AnyOf(testing::HasSubstr("Elles "), testing::HasSubstr("elles ")));
}

// Every word of every form of every value is recognised.
TEST(Words, OfEveryValueAreRecognised) {
  for (const Language language : kLanguages) {
    const internal::Lexicon& lexicon = internal::LexiconOf(language);
    for (int i = 0; i < kAttributeCount; ++i) {
      const Attribute attribute = static_cast<Attribute>(i);
      for (int value = 0; value < ValueCount(attribute); ++value) {
        // "none" of the relations is not said.
        if (attribute == Attribute::kRelation && value == 0) continue;
        for (const internal::Form& form : lexicon.Of(attribute, value)) {
          bool recognised = false;
          for (const std::string& word : SplitWords(form.parts[0])) {
            for (const WordSense& sense : ParseWord(word, language)) {
              recognised |= sense == WordSense{attribute, value};
            }
          }
          const bool article = attribute == Attribute::kCount && value == 0;
          EXPECT_TRUE(recognised || article) << form.parts[0];
        }
      }
    }
  }
}

TEST(Words, OfEveryCaptionAreKnown) {
  ForEachCaption([](const Scene&, const Caption& caption) {
    const std::vector<std::string>& known = KnownWords(caption.language);
    for (const std::string& word : SplitWords(caption.text)) {
      EXPECT_TRUE(std::binary_search(known.begin(), known.end(), word))
          << word << ": " << caption.text;
    }
  });
}

TEST(Words, AreFoundInAnyCaseAndElided) {
  const WordSense plane{Attribute::kSubject, static_cast<int>(Subject::kAirplane)};
  EXPECT_THAT(ParseWord("L'Avion", Language::kFrench), testing::Contains(plane));
  EXPECT_THAT(ParseWord("l\xE2\x80\x99"
                        "avion",
                        Language::kFrench),
              testing::Contains(plane));
  EXPECT_THAT(ParseWord("AIRPLANE", Language::kEnglish), testing::Contains(plane));
  EXPECT_THAT(ParseWord("Écarlate", Language::kFrench),
              testing::Contains(WordSense{Attribute::kColour, 0}));
  EXPECT_THAT(ParseWord("the", Language::kEnglish), testing::IsEmpty());
  EXPECT_THAT(ParseWord("dinosaur", Language::kEnglish), testing::IsEmpty());
  EXPECT_THAT(ParseWord("", Language::kEnglish), testing::IsEmpty());
  EXPECT_FALSE(std::binary_search(KnownWords(Language::kEnglish).begin(),
                                  KnownWords(Language::kEnglish).end(), "dinosaur"));
}

}  // namespace
}  // namespace aozora::world
