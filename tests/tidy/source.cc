// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <cctype>

namespace aozora::tidy {
namespace {

bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Walks over C++ text and says of each character whether it is code, comment or quoted.
class Lexer {
 public:
  enum class Kind { kCode, kComment, kQuoted };
  explicit Lexer(std::string_view text) : text_(text), kinds_(text.size(), Kind::kCode) {}

  std::vector<Kind> Run() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("//")) {
        MarkTo(text_.find('\n', at_), 0, Kind::kComment);
      } else if (rest.starts_with("/*")) {
        MarkTo(text_.find("*/", at_ + 2), 2, Kind::kComment);
      } else if (rest.starts_with("R\"")) {
        const size_t open = text_.find('(', at_);
        const std::string name(text_.substr(at_ + 2, open - at_ - 2));
        const std::string close = ")" + name + "\"";
        MarkTo(text_.find(close, at_), close.size(), Kind::kQuoted);
      } else if (rest[0] == '"') {
        MarkQuoted('"');
      } else if (rest[0] == '\'' && !(at_ > 0 && std::isalnum(Byte(at_ - 1)) != 0)) {
        MarkQuoted('\'');  // but not the separator of 1'000'000
      } else {
        ++at_;
      }
    }
    return kinds_;
  }

 private:
  unsigned char Byte(size_t i) const { return static_cast<unsigned char>(text_[i]); }
  void MarkTo(size_t end, size_t more, Kind kind) {
    end = end == std::string_view::npos ? text_.size() : end + more;
    for (; at_ < end; ++at_) kinds_[at_] = kind;
  }
  void MarkQuoted(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    MarkTo(std::min(end, text_.size()), 1, Kind::kQuoted);
    at_ = std::min(at_, text_.size());
  }

  std::string_view text_;
  std::vector<Kind> kinds_;
  size_t at_ = 0;
};

}  // namespace

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Source::Source(std::string path_in_tree, std::string content)
    : path(std::move(path_in_tree)), lines(SplitLines(content)) {
  const std::vector<Lexer::Kind> kinds = Lexer(content).Run();
  std::string without_comments = content, only_code = content;
  for (size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\n') continue;
    if (kinds[i] == Lexer::Kind::kComment) without_comments[i] = ' ';
    if (kinds[i] != Lexer::Kind::kCode) only_code[i] = ' ';
  }
  uncommented = SplitLines(without_comments);
  code = SplitLines(only_code);
}

std::string_view Source::folder() const {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

bool Source::IsTest() const {
  for (const char* mark : {"_test.cc", "_fuzz.cc", "_testonly.cc", "_testonly.h"}) {
    if (path.ends_with(mark)) return true;
  }
  return IsUnder("tests/");
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (word.empty()) return;
    words.push_back(word);
    const size_t end = word.find_last_not_of("0123456789") + 1;
    if (end > 0 && end < word.size()) words.push_back(word.substr(0, end));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!IsLower(c) && !IsUpper(c) && !IsDigit(c)) {
      finish();
      continue;
    }
    // "kWan": a word begins where a capital follows a small letter; "DiTWan" where a small letter
    // follows the capital; "21Wan" after digits.
    const bool after_lower = i > 0 && IsUpper(c) && (IsLower(text[i - 1]) || IsDigit(text[i - 1]));
    const bool before_lower =
        i > 0 && IsUpper(c) && IsUpper(text[i - 1]) && i + 1 < text.size() && IsLower(text[i + 1]);
    if (after_lower || before_lower) finish();
    word += Lower(c);
  }
  finish();
  return words;
}

}  // namespace aozora::tidy
