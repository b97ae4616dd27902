// SPDX-License-Identifier: Apache-2.0
#include "policy/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace aozora::policy {
namespace {

const toml::table& EmptyTable() {
  static const toml::table empty;
  return empty;
}

bool IsNumberWithin(const toml::node& node, double low, double high) {
  const double read = node.value<double>().value_or(high + 1);
  return node.is_number() && read >= low && read <= high;
}

}  // namespace

Result<toml::table> ParseToml(std::string_view toml, std::string_view name, uint64_t bytes_max) {
  if (toml.size() > bytes_max) {
    return Error::Invalid("{}: {}, at most {}", name, HumanBytes(toml.size()),
                          HumanBytes(bytes_max));
  }
  toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    return Error::Invalid("{}:{}: {}", name, parsed.error().source().begin.line,
                          parsed.error().description());
  }
  return std::move(parsed).table();
}

std::vector<std::string> TomlTable::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, node] : *table_) keys.emplace_back(key.str());
  return keys;
}

std::string TomlTable::PathOf(std::string_view key) const {
  if (path_.empty() || key.empty()) return path_ + std::string(key);
  return fmt::format("{}.{}", path_, key);
}

Error TomlTable::Wrong(std::string_view key, std::string_view what) const {
  const toml::node* node = key.empty() ? nullptr : Find(key);
  const toml::source_region& at = node == nullptr ? table_->source() : node->source();
  const std::string path = PathOf(key);
  return Error::Invalid("{}:{}: {}{}{}", file_, at.begin.line, path, path.empty() ? "" : ": ",
                        what);
}

Status TomlTable::OnlyKeys(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, node] : *table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    return Wrong(key.str(), fmt::format("is no key here; known are {}", fmt::join(known, ", ")));
  }
  return Ok();
}

Status TomlTable::Read(std::string_view key, std::string* value) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  if (!node->is_string()) return Wrong(key, "must be a string");
  *value = node->as_string()->get();
  return Ok();
}

Status TomlTable::Read(std::string_view key, bool* value) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  if (!node->is_boolean()) return Wrong(key, "must be true or false");
  *value = node->as_boolean()->get();
  return Ok();
}

Status TomlTable::Read(std::string_view key, int64_t low, int64_t high, int64_t* value) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  const bool fits =
      node->is_integer() && node->as_integer()->get() >= low && node->as_integer()->get() <= high;
  if (!fits) return Wrong(key, fmt::format("must be a whole number from {} to {}", low, high));
  *value = node->as_integer()->get();
  return Ok();
}

Status TomlTable::Read(std::string_view key, uint32_t low, uint32_t high, uint32_t* value) const {
  int64_t read = *value;
  TRY(Read(key, int64_t{low}, int64_t{high}, &read));
  *value = static_cast<uint32_t>(read);
  return Ok();
}

Status TomlTable::Read(std::string_view key, double low, double high, float* value) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  if (!IsNumberWithin(*node, low, high)) {
    return Wrong(key, fmt::format("must be a number from {} to {}", low, high));
  }
  *value = static_cast<float>(*node->value<double>());
  return Ok();
}

Status TomlTable::Read(std::string_view key, double low, double high,
                       std::span<float> values) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  const toml::array* array = node->as_array();
  const bool fits = array != nullptr && array->size() == values.size() &&
                    std::all_of(array->begin(), array->end(), [&](const toml::node& item) {
                      return IsNumberWithin(item, low, high);
                    });
  if (!fits) {
    return Wrong(
        key, fmt::format("must be an array of {} numbers from {} to {}", values.size(), low, high));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(*(*array)[i].value<double>());
  }
  return Ok();
}

Status TomlTable::Read(std::string_view key, size_t count_max,
                       std::vector<std::string>* value) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return Ok();
  const toml::array* array = node->as_array();
  if (array == nullptr) return Wrong(key, "must be an array of strings");
  if (array->size() > count_max) return Wrong(key, fmt::format("has more than {}", count_max));
  for (const toml::node& item : *array) {
    if (!item.is_string()) return Wrong(key, "must be an array of strings");
    value->push_back(item.as_string()->get());
  }
  return Ok();
}

Result<std::string> TomlTable::Required(std::string_view key) const {
  std::string value;
  TRY(Read(key, &value));
  if (value.empty()) return Wrong(key, Find(key) == nullptr ? "is missing" : "is empty");
  return value;
}

Result<std::vector<TomlTable>> TomlTable::Tables(std::string_view key, size_t count_max) const {
  std::vector<TomlTable> tables;
  const toml::node* node = Find(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr) return Wrong(key, "must be an array of tables");
  if (array->size() > count_max) return Wrong(key, fmt::format("has more than {}", count_max));
  for (size_t i = 0; i < array->size(); ++i) {
    const toml::table* table = (*array)[i].as_table();
    if (table == nullptr) return Wrong(key, "must be an array of tables");
    tables.emplace_back(*table, file_, fmt::format("{}[{}]", PathOf(key), i));
  }
  return tables;
}

Result<TomlTable> TomlTable::Table(std::string_view key) const {
  const toml::node* node = Find(key);
  if (node == nullptr) return TomlTable(EmptyTable(), file_, PathOf(key));
  if (!node->is_table()) return Wrong(key, "must be a table");
  return TomlTable(*node->as_table(), file_, PathOf(key));
}

}  // namespace aozora::policy
