// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aozora {

// How much work repairing one piece of text may take, counted in characters looked at. Each repair
// can make the next one possible, so that a text made for it would take a time that grows with the
// square of its length. Ordinary text needs less than ten passes.
class RepairBudget {
 public:
  static constexpr size_t kPassesMax = 64;

  explicit RepairBudget(size_t character_count) : left_(kPassesMax * (character_count + 1)) {}
  // Takes one pass over so many characters; false if that is more than is left.
  bool Spend(size_t character_count) {
    const size_t cost = character_count + 1;
    if (cost > left_) {
      left_ = 0;
      return false;
    }
    left_ -= cost;
    return true;
  }

 private:
  size_t left_;
};

// Undoes UTF-8 that was read in another encoding, once or several times over ("sÃ³" is "só"), where
// the text looks like it: the steps of ftfy 6.3.1 with its default settings
// (github.com/rspeer/python-ftfy, ftfy/__init__.py, fix_encoding). When the budget is used up, the
// text is left as far as it came.
std::u32string FixEncoding(std::u32string text, RepairBudget* budget);

// C1 controls become what their bytes mean in Windows-1252.
std::u32string FixC1Controls(std::u32string_view text);

}  // namespace aozora
