// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_file.h"

#include <map>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "policy/output_file.h"
#include "policy/toml_reader.h"

namespace aozora::policy {

extern const std::string_view kDefaultPolicyToml;  // made by the build from default_policy.toml

namespace {

constexpr size_t kRevisionCharactersMax = 64;
constexpr size_t kVersionHashDigits = 12;

class PolicyReader {
 public:
  PolicyReader(const TomlTable& root, Policy* policy) : root_(root), policy_(policy) {}

  Status Read(std::string_view toml) {
    TRY(root_.OnlyKeys({"format", "revision", "dry_run", "actions", "clean_copy", "lists", "allow",
                        "rules", "output"}));
    int64_t format = 0;
    TRY(root_.Read("format", 0, INT64_MAX, &format));
    if (format != kPolicyFormat) {
      return root_.Wrong(
          "format", fmt::format("must be {}: the only one that this program reads", kPolicyFormat));
    }
    const std::string revision = TRY(root_.Required("revision"));
    if (revision.size() > kRevisionCharactersMax) {
      return root_.Wrong("revision", fmt::format("is longer than {}", kRevisionCharactersMax));
    }
    policy_->version = revision + "+" + Sha256Hex(toml).substr(0, kVersionHashDigits);
    TRY(root_.Read("dry_run", &policy_->is_dry_run));
    TRY(ReadActions());
    TRY(ReadCleanCopy());
    TRY(ReadLists());
    TRY(ReadRules());
    policy_->phrases.Build();
    const TomlTable output = TRY(root_.Table("output"));
    return ReadOutputRules(output, &policy_->output);
  }

 private:
  // [actions.default] holds for each role that has no line of its own.
  Status ReadActions() {
    const TomlTable actions = TRY(root_.Table("actions"));
    TRY(actions.OnlyKeys({"default", "artist", "partner", "red_team", "reviewer", "admin"}));
    const TomlTable defaults = TRY(actions.Table("default"));
    PerCategory<PerSeverity> common;
    common.fill({Action::kReview, Action::kBlock, Action::kBlock});
    TRY(ReadActionTable(defaults, &common));
    policy_->actions.fill(common);
    for (size_t role = 0; role < kRoleCount; ++role) {
      const TomlTable own = TRY(actions.Table(NameOf(static_cast<Role>(role))));
      TRY(ReadActionTable(own, &policy_->actions[role]));
    }
    return Ok();
  }

  static Status ReadActionTable(const TomlTable& table, PerCategory<PerSeverity>* actions) {
    for (const std::string& key : table.Keys()) {
      const std::optional<Category> category = FromName<Category>(key);
      if (!category) return table.Wrong(key, "is no category");
      const TomlTable line = TRY(table.Table(key));
      for (const std::string& name : line.Keys()) {
        const std::optional<Severity> severity = FromName<Severity>(name);
        if (!severity) return line.Wrong(name, "is no severity: low, medium or high");
        TRY(ReadAction(
            line, name,
            &(*actions)[static_cast<size_t>(*category)][static_cast<size_t>(*severity)]));
      }
    }
    return Ok();
  }

  Status ReadCleanCopy() {
    const TomlTable clean = TRY(root_.Table("clean_copy"));
    TRY(clean.OnlyKeys({"artist", "partner", "red_team", "reviewer", "admin"}));
    for (size_t role = 0; role < kRoleCount; ++role) {
      TRY(clean.Read(NameOf(static_cast<Role>(role)), &policy_->may_copy_clean[role]));
    }
    return Ok();
  }

  Result<PhraseBook::ListId> AddPhrases(const TomlTable& table, std::string_view key) {
    std::vector<std::string> phrases;
    TRY(table.Read(key, kPhraseCountMax - phrase_count_, &phrases));
    phrase_count_ += phrases.size();
    const PhraseBook::ListId list = policy_->phrases.AddList();
    for (const std::string& phrase : phrases) {
      const Status added = policy_->phrases.AddPhrase(list, phrase);
      if (!added.ok()) return table.Wrong(key, added.error().message());
    }
    return list;
  }

  Status ReadLists() {
    const TomlTable lists = TRY(root_.Table("lists"));
    const std::vector<std::string> names = lists.Keys();
    if (names.size() > kListCountMax) {
      return lists.Wrong("", fmt::format("has more than {} lists", kListCountMax));
    }
    for (const std::string& name : names) lists_[name] = TRY(AddPhrases(lists, name));
    policy_->allow.push_back(TRY(AddPhrases(root_, "allow")));
    return Ok();
  }

  Result<std::vector<PhraseBook::ListId>> Named(const TomlTable& table, std::string_view key) {
    std::vector<std::string> names;
    std::vector<PhraseBook::ListId> lists;
    TRY(table.Read(key, kListCountMax, &names));
    for (const std::string& name : names) {
      const auto list = lists_.find(name);
      if (list == lists_.end()) {
        return table.Wrong(key, fmt::format("there is no list \"{}\" in [lists]", name));
      }
      lists.push_back(list->second);
    }
    return lists;
  }

  Status ReadRules() {
    const std::vector<TomlTable> rules = TRY(root_.Tables("rules", kRuleCountMax));
    std::set<std::string> ids;
    for (const TomlTable& table : rules) {
      TextRule rule;
      TRY(ReadRule(table, &rule));
      if (!ids.insert(rule.id).second) return table.Wrong("id", "another rule has this id");
      policy_->rules.push_back(std::move(rule));
    }
    return Ok();
  }

  Status ReadRule(const TomlTable& table, TextRule* rule) {
    TRY(table.OnlyKeys(
        {"id", "category", "severity", "phrases", "lists", "near", "within_words", "unless"}));
    rule->id = TRY(table.Required("id"));
    TRY(ReadCategory(table, &rule->category, &rule->severity));
    rule->any = TRY(Named(table, "lists"));
    if (table.Find("phrases") != nullptr) {
      rule->any.push_back(TRY(AddPhrases(table, "phrases")));
    }
    const std::vector<PhraseBook::ListId> near = TRY(Named(table, "near"));
    if (near.size() == 1 || near.size() > kNearCountMax) {
      return table.Wrong("near", fmt::format("must name 2 to {} lists", kNearCountMax));
    }
    for (const PhraseBook::ListId list : near) rule->near.push_back({list});
    rule->unless = TRY(Named(table, "unless"));
    TRY(table.Read("within_words", 1u, kWithinWordsMax, &rule->within_words));
    if (rule->any.empty() && rule->near.empty()) {
      return table.Wrong("", "a rule needs phrases, lists or near");
    }
    return Ok();
  }

  const TomlTable& root_;
  Policy* policy_;
  std::map<std::string, PhraseBook::ListId> lists_;
  size_t phrase_count_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Policy>> ParsePolicy(std::string_view toml, std::string_view name) {
  const toml::table table = TRY(ParseToml(toml, name, kPolicyBytesMax));
  const TomlTable root(table, std::string(name), "");
  auto policy = std::make_shared<Policy>();
  TRY(PolicyReader(root, policy.get()).Read(toml));
  return std::shared_ptr<const Policy>(std::move(policy));
}

Result<std::shared_ptr<const Policy>> ReadPolicy(const std::filesystem::path& path) {
  const std::string toml = TRY(ReadFile(path, kPolicyBytesMax));
  return ParsePolicy(toml, path.string());
}

std::string_view DefaultPolicyToml() { return kDefaultPolicyToml; }

std::shared_ptr<const Policy> DefaultPolicy() {
  static const std::shared_ptr<const Policy> policy =
      ParsePolicy(kDefaultPolicyToml, "default_policy.toml").value();
  return policy;
}

}  // namespace aozora::policy
