// SPDX-License-Identifier: Apache-2.0
#include "world/caption.h"

#include <optional>

#include "base/check.h"
#include "world/dice.h"
#include "world/lexicon.h"

namespace aozora::world {
namespace {

using internal::Form;
using internal::Lexicon;
using internal::Noun;

constexpr float kOtherNameShare = 0.12f;  // of English captions say a name out of WordNet
constexpr float kOptionShare = 0.42f;     // of the parts in brackets are kept
constexpr int kTriesMax = 1000;           // of drawing a form that applies

constexpr uint32_t Bit(Attribute attribute) { return 1u << static_cast<int>(attribute); }

// "a" or "an": by letter, but "a UFO".
bool BeginsWithVowelSound(std::string_view word) {
  if (word.starts_with("UFO")) return false;
  return !word.empty() && std::string_view("aeiouAEIOU").find(word[0]) != std::string_view::npos;
}

// Writes one caption. Words for a placeholder come with the bits of what they tell.
class Writer {
 public:
  Writer(const Scene& scene, Language language, uint64_t seed)
      : scene_(scene), language_(language), lexicon_(internal::LexiconOf(language)), dice_(seed) {}

  Caption Write() {
    for (int tries = 0; tries < kTriesMax; ++tries) {
      mentioned_ = 0, told_.clear();
      const std::string& form = Pick(lexicon_.templates);
      std::optional<std::string> text = Expand(form);
      if (!text) continue;
      return {Polish(*text), language_, mentioned_};
    }
    CHECK(false);  // the first form of the grammar always applies
    return {};
  }

 private:
  bool french() const { return language_ == Language::kFrench; }

  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[dice_.Below(static_cast<uint32_t>(from.size()))];
  }

  // A way to say the value that is right for the subject; one made for it is taken more often.
  const Form& PickForm(Attribute attribute, int value, Subject subject) {
    const std::vector<Form>& forms = lexicon_.Of(attribute, value);
    for (;;) {
      const Form& form = Pick(forms);
      if ((form.subjects >> static_cast<int>(subject) & 1u) == 0) continue;
      if (form.subjects == ~0u && attribute == Attribute::kMotion && dice_.Chance(0.4f)) continue;
      return form;
    }
  }

  const std::string& Say(Attribute attribute) {
    mentioned_ |= Bit(attribute);
    return PickForm(attribute, scene_.ValueOf(attribute), scene_.first.subject).parts[0];
  }

  // "a red balloon", "three white birds"; "un ballon rouge", "trois oiseaux blancs".
  std::string NounPhrase(const Actor& actor, Count count, bool coloured) {
    const int value = static_cast<int>(actor.subject);
    Noun noun = internal::NounOf(PickForm(Attribute::kSubject, value, actor.subject), language_);
    const auto& names = lexicon_.other_names[static_cast<size_t>(value)];
    if (count == Count::kOne && !names.empty() && dice_.Chance(kOtherNameShare)) {
      noun = {};
      noun.singular = noun.plural = Pick(names);
    }
    const Form& colour =
        PickForm(Attribute::kColour, static_cast<int>(actor.colour), actor.subject);
    return french() ? French(noun, colour, count, coloured)
                    : English(noun, colour, count, coloured);
  }

  std::string English(const Noun& noun, const Form& colour, Count count, bool coloured) {
    const bool several = count != Count::kOne;
    std::string words = several ? noun.plural : noun.singular;
    if (coloured) words = colour.parts[0] + " " + words;
    if (several) {
      return Pick(lexicon_.Of(Attribute::kCount, static_cast<int>(count))).parts[0] + " " + words;
    }
    if (noun.plural_only) return words;
    if (noun.definite) return "the " + words;
    if (dice_.Chance(0.05f)) return "one " + words;
    return (BeginsWithVowelSound(words) ? "an " : "a ") + words;
  }

  std::string French(const Noun& noun, const Form& colour, Count count, bool coloured) {
    const bool several = count != Count::kOne;
    std::string words = several ? noun.plural : noun.singular;
    if (coloured) words += " " + colour.parts[(several ? 2u : 0u) + (noun.feminine ? 1u : 0u)];
    if (!several) return (noun.feminine ? "une " : "un ") + words;
    std::string number = Pick(lexicon_.Of(Attribute::kCount, static_cast<int>(count))).parts[0];
    return number + " " + words;
  }

  bool Plural() const { return scene_.count != Count::kOne; }

  std::optional<std::string> Placeholder(std::string_view name) {
    // The water, the ground and the sky of space and the deep have no hour and no weather to tell.
    const bool outside =
        scene_.setting != Setting::kSpace && scene_.setting != Setting::kUnderwater;
    if (name == "cs" || name == "s") {
      mentioned_ |= Bit(Attribute::kSubject) | Bit(Attribute::kCount);
      const bool coloured = name == "cs";
      if (coloured) mentioned_ |= Bit(Attribute::kColour);
      return told_ = NounPhrase(scene_.first, scene_.count, coloured);
    }
    if (name == "set" || name == "in") {
      mentioned_ |= Bit(Attribute::kSetting);
      const Form& form =
          PickForm(Attribute::kSetting, scene_.ValueOf(Attribute::kSetting), scene_.first.subject);
      return form.parts[name == "set" ? 0 : 1];
    }
    if (name == "v" || name == "ing") {
      mentioned_ |= Bit(Attribute::kMotion);
      const Form& form =
          PickForm(Attribute::kMotion, scene_.ValueOf(Attribute::kMotion), scene_.first.subject);
      return form.parts[name == "ing" ? 2 : IsToldPlural() ? 1 : 0];
    }
    if (name == "time") return outside ? std::optional(Say(Attribute::kTime)) : std::nullopt;
    if (name == "weather") return outside ? std::optional(Say(Attribute::kWeather)) : std::nullopt;
    if (name == "cam") return Say(Attribute::kCamera);
    if (name == "look") return Say(Attribute::kLook);
    if (name == "rel") return RelationPhrase();
    if (name == "it") return Pronoun();
    CHECK(name == "scene");
    return french() ? "la scène se passe" : "the scene takes place";
  }

  // English verbs agree with "fireworks", of which there may be one.
  bool IsToldPlural() const { return Plural() || (!french() && told_.ends_with("fireworks")); }

  std::string Pronoun() const {
    if (!french()) return IsToldPlural() ? "they" : "it";
    const bool feminine = told_.starts_with("une ");
    if (!Plural()) return feminine ? "elle" : "il";
    return FeminineOf(told_) ? "elles" : "ils";
  }

  // Whether the plural that was told is of a feminine noun.
  bool FeminineOf(const std::string& phrase) const {
    const auto& forms = lexicon_.Of(Attribute::kSubject, static_cast<int>(scene_.first.subject));
    bool feminine = false;
    size_t longest = 0;
    for (const Form& form : forms) {
      const Noun noun = internal::NounOf(form, language_);
      const bool here = (" " + phrase + " ").find(" " + noun.plural + " ") != std::string::npos;
      if (here && noun.plural.size() > longest)
        feminine = noun.feminine, longest = noun.plural.size();
    }
    return feminine;
  }

  std::optional<std::string> RelationPhrase() {
    if (!scene_.second) return std::nullopt;
    mentioned_ |= Bit(Attribute::kRelation);
    const std::string& where =
        Pick(lexicon_.Of(Attribute::kRelation, scene_.ValueOf(Attribute::kRelation))).parts[0];
    return where + " " + NounPhrase(*scene_.second, Count::kOne, dice_.Chance(0.8f));
  }

  // Fills the placeholders; parts in brackets are kept at times. Nothing if a part that must be
  // there does not apply.
  std::optional<std::string> Expand(std::string_view form) {
    std::string text;
    while (!form.empty()) {
      const char c = form[0];
      if (c == '[') {
        const size_t end = form.find(']');
        const uint32_t before = mentioned_;
        if (dice_.Chance(kOptionShare)) {
          if (const auto part = Expand(form.substr(1, end - 1)))
            text += *part;
          else
            mentioned_ = before;
        }
        form.remove_prefix(end + 1);
      } else if (c == '{') {
        const size_t end = form.find('}');
        const std::optional<std::string> part = Placeholder(form.substr(1, end - 1));
        if (!part) return std::nullopt;
        text += *part;
        form.remove_prefix(end + 1);
      } else {
        text += c;
        form.remove_prefix(1);
      }
    }
    return text;
  }

  std::string Polish(std::string text) {
    if (french()) text = Elide(text);
    const bool sentences = text.ends_with('.') || text.find(". ") != std::string::npos;
    const bool written_out = sentences || dice_.Chance(0.35f);
    if (!written_out) return text;
    Capitalise(text, 0);
    for (size_t at = text.find(". "); at != std::string::npos; at = text.find(". ", at + 1)) {
      Capitalise(text, at + 2);
    }
    if (!text.ends_with('.')) text += '.';
    return text;
  }

  static void Capitalise(std::string& text, size_t at) {
    if (at >= text.size()) return;
    if (text[at] >= 'a' && text[at] <= 'z') text[at] = static_cast<char>(text[at] - 'a' + 'A');
    const bool accent = at + 1 < text.size() && text[at] == '\xC3';  // à .. þ lie 0x20 above À .. Þ
    if (accent && static_cast<unsigned char>(text[at + 1]) >= 0xA0) {
      text[at + 1] = static_cast<char>(text[at + 1] - 0x20);
    }
  }

  // "de un" is "d'un", "de le" is "du", "de les" is "des".
  static std::string Elide(std::string text) {
    const auto replace = [&](std::string_view from, std::string_view to) {
      for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
        if (at > 0 && text[at - 1] != ' ') continue;  // "derrière de" but not "fade le"
        text.replace(at, from.size(), to);
      }
    };
    replace("de le ", "du ");
    replace("de les ", "des ");
    replace("à le ", "au ");
    for (const std::string_view vowel : {"a", "e", "i", "o", "u", "é", "è", "ê", "â", "î", "ô"}) {
      replace("de " + std::string(vowel), "d'" + std::string(vowel));
    }
    return text;
  }

  const Scene& scene_;
  const Language language_;
  const Lexicon& lexicon_;
  Dice dice_;
  uint32_t mentioned_ = 0;
  std::string told_;  // the subject's phrase, for "it" and for verbs
};

}  // namespace

Caption WriteCaption(const Scene& scene, Language language, uint64_t seed) {
  return Writer(scene, language, SplitSeed(seed, 10 + static_cast<uint64_t>(language))).Write();
}

}  // namespace aozora::world
