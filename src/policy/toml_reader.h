// SPDX-License-Identifier: Apache-2.0
// Typed access to a TOML file by toml++, with errors that name line and key. Private to this
// folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// Without exceptions a parse returns its error. Version 3.3 asserts what a broken file can violate
// ("[ #") and then handles it: without the assertions it is an error like others, which the fuzzer
// of policy files checks.
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expression) static_cast<void>(0)
#undef NDEBUG  // with it, the compiler is told that they hold
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/result.h"

namespace aozora::policy {

// A table of the file and where it stands ("rules[3]").
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string file, std::string path)
      : table_(&table), file_(std::move(file)), path_(std::move(path)) {}

  const toml::node* Find(std::string_view key) const { return table_->get(key); }
  std::vector<std::string> Keys() const;
  // An error at a key of this table, or at the table itself for "".
  Error Wrong(std::string_view key, std::string_view what) const;
  // An error for the first key that is none of these.
  Status OnlyKeys(std::initializer_list<std::string_view> known) const;

  // What a key holds. A key that is missing leaves `*value` as it is (and an array empty); one of
  // another type or outside of the limits is an error.
  Status Read(std::string_view key, std::string* value) const;
  Status Read(std::string_view key, bool* value) const;
  Status Read(std::string_view key, int64_t low, int64_t high, int64_t* value) const;
  Status Read(std::string_view key, uint32_t low, uint32_t high, uint32_t* value) const;
  Status Read(std::string_view key, double low, double high, float* value) const;
  Status Read(std::string_view key, size_t count_max, std::vector<std::string>* value) const;
  Result<std::string> Required(std::string_view key) const;  // a string that is not empty
  // Tables below; empty where the key is missing.
  Result<std::vector<TomlTable>> Tables(std::string_view key, size_t count_max) const;
  Result<TomlTable> Table(std::string_view key) const;

 private:
  std::string PathOf(std::string_view key) const;
  const toml::table* table_;
  std::string file_;
  std::string path_;
};

}  // namespace aozora::policy
