// SPDX-License-Identifier: Apache-2.0
#include "policy/text_check.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "policy/view.h"

namespace aozora::policy {
namespace {

using Hit = PhraseBook::Hit;
using ListId = PhraseBook::ListId;

struct Match {
  uint32_t begin, end;  // of the view's text
};

// The hits in one view, and which rules they meet.
class ViewHits {
 public:
  ViewHits(const Policy& policy, const View& view) : view_(view), hits_(policy.phrases.Find(view)) {
    DropAllowed(policy.allow);
  }

  bool empty() const { return hits_.empty(); }

  std::optional<Match> Meets(const TextRule& rule) const {
    for (const ListId list : rule.any) {
      for (const Hit& hit : Of(list)) {
        const Match match = {hit.begin, hit.end};
        if (!IsNear(rule.unless, match, rule.within_words)) return match;
      }
    }
    if (rule.near.empty()) return std::nullopt;
    for (const ListId list : rule.near.front()) {
      for (const Hit& hit : Of(list)) {
        const std::optional<Match> match = Extend(rule, hit);
        if (match && !IsNear(rule.unless, *match, rule.within_words)) return match;
      }
    }
    return std::nullopt;
  }

 private:
  // What stands inside of an allowed phrase is no hit.
  void DropAllowed(const std::vector<ListId>& allow) {
    std::vector<uint32_t> reach(view_.text.size() + 1, 0);  // of allowed phrases from here
    for (const ListId list : allow) {
      for (const Hit& hit : Of(list)) reach[hit.begin] = std::max(reach[hit.begin], hit.end);
    }
    for (size_t i = 1; i < reach.size(); ++i) reach[i] = std::max(reach[i], reach[i - 1]);
    std::erase_if(hits_, [&](const Hit& hit) { return reach[hit.begin] >= hit.end; });
  }

  std::span<const Hit> Of(ListId list) const {
    const auto range = std::equal_range(hits_.begin(), hits_.end(), Hit{list, 0, 0},
                                        [](const Hit& a, const Hit& b) { return a.list < b.list; });
    return {range.first, range.second};
  }

  // How many words lie from one to the other; nothing if they overlap.
  std::optional<uint32_t> Distance(const Match& a, const Hit& b) const {
    if (b.begin < a.end && a.begin < b.end) return std::nullopt;
    const auto [first_end, second_begin] =
        b.begin >= a.end ? std::pair(a.end, b.begin) : std::pair(b.end, a.begin);
    return view_.word_of[second_begin] - view_.word_of[first_end - 1];
  }

  // The nearest hit of the lists to `match`, if it is near enough.
  const Hit* Nearest(const std::vector<ListId>& lists, const Match& match,
                     uint32_t within_words) const {
    const Hit* nearest = nullptr;
    uint32_t best = within_words + 1;
    for (const ListId list : lists) {
      const std::span<const Hit> hits = Of(list);
      const auto after =
          std::lower_bound(hits.begin(), hits.end(), match.begin,
                           [](const Hit& hit, uint32_t begin) { return hit.begin < begin; });
      const auto consider = [&](const Hit& hit) {
        const auto distance = Distance(match, hit);
        if (distance && *distance < best) {
          best = *distance;
          nearest = &hit;
        }
        return !distance;  // overlapping: the next one may do
      };
      for (auto hit = after; hit != hits.end() && consider(*hit);) ++hit;
      // Of those before, one that begins earlier than another may end later, but not by more than
      // a phrase is long (twice that as a skeleton).
      std::optional<uint32_t> found_begin;
      for (auto hit = after; hit != hits.begin();) {
        --hit;
        if (found_begin && *found_begin - hit->begin > 2 * kPhraseCharactersMax) break;
        if (!consider(*hit) && !found_begin) found_begin = hit->begin;
      }
    }
    return nearest;
  }

  bool IsNear(const std::vector<ListId>& lists, const Match& match, uint32_t within_words) const {
    return !lists.empty() && Nearest(lists, match, within_words) != nullptr;
  }

  std::optional<Match> Extend(const TextRule& rule, const Hit& first) const {
    const Match anchor = {first.begin, first.end};
    Match whole = anchor;
    for (size_t part = 1; part < rule.near.size(); ++part) {
      const Hit* hit = Nearest(rule.near[part], anchor, rule.within_words);
      if (hit == nullptr) return std::nullopt;
      whole = {std::min(whole.begin, hit->begin), std::max(whole.end, hit->end)};
    }
    return whole;
  }

  const View& view_;
  std::vector<Hit> hits_;
};

Span BytesOf(const View& view, const Match& match) {
  Span bytes = {~0u, 0};
  for (uint32_t i = match.begin; i < match.end; ++i) {
    if (view.text[i] == ' ') continue;
    bytes.begin = std::min(bytes.begin, view.letters[i].bytes.begin);
    bytes.end = std::max(bytes.end, view.letters[i].bytes.end);
  }
  return bytes;
}

// Whether a new finding counts for more than what has been decided.
bool Outweighs(const TextDecision& decision, Action action, Severity severity) {
  if (!decision.category) return true;
  return std::tie(action, severity) > std::tie(decision.verdict, *decision.severity);
}

}  // namespace

TextDecision Check(const Policy& policy, std::string_view prompt, Role role) {
  TextDecision decision;
  decision.policy_version = policy.version;
  if (prompt.size() > kCheckedPromptBytesMax) {
    decision.action = decision.verdict = Action::kBlock;
    decision.rule_id = kPromptLengthRule;
    return decision;
  }
  for (const View& view : MakeViews(prompt)) {
    const ViewHits hits(policy, view);
    if (hits.empty()) continue;
    for (const TextRule& rule : policy.rules) {
      const Action action = policy.ActionFor(role, rule.category, rule.severity);
      if (!Outweighs(decision, action, rule.severity)) continue;
      const std::optional<Match> match = hits.Meets(rule);
      if (!match) continue;
      decision.verdict = action;
      decision.category = rule.category;
      decision.severity = rule.severity;
      decision.rule_id = rule.id;
      decision.matched = BytesOf(view, *match);
      decision.matched_text =
          prompt.substr(decision.matched.begin, decision.matched.end - decision.matched.begin);
      decision.view = view.name;
    }
  }
  decision.action = policy.is_dry_run ? Action::kAllow : decision.verdict;
  return decision;
}

}  // namespace aozora::policy
