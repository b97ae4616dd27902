// SPDX-License-Identifier: Apache-2.0
// What a column can hold, and how the members of a record become one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace aozora {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;  // first: null
using Row = std::vector<Value>;

enum class ColumnType { kInteger, kReal, kText, kBlob };

// An enum of 0, 1, 2 ... is stored by name: specialise this with its kNames, in order.
template <class E>
struct EnumNames;

template <class E>
std::string_view NameOf(E value) {
  return EnumNames<E>::kNames[static_cast<size_t>(value)];
}

template <class E>
std::optional<E> EnumOf(std::string_view name) {
  for (size_t i = 0; i < EnumNames<E>::kNames.size(); ++i) {
    if (EnumNames<E>::kNames[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// How a member of type M is stored: kType, kNullable, Encode, and Decode, which is false where the
// store holds something that is no M.
template <class M, class = void>
struct Codec;

template <class M>
struct Codec<M, std::enable_if_t<std::is_integral_v<M>>> {
  static constexpr ColumnType kType = ColumnType::kInteger;
  static constexpr bool kNullable = false;
  static Value Encode(M member) { return static_cast<int64_t>(member); }
  static bool Decode(Value& value, M* member) {
    const int64_t* stored = std::get_if<int64_t>(&value);
    if (stored == nullptr || static_cast<int64_t>(static_cast<M>(*stored)) != *stored) return false;
    *member = static_cast<M>(*stored);
    return true;
  }
};

template <>
struct Codec<double> {
  static constexpr ColumnType kType = ColumnType::kReal;
  static constexpr bool kNullable = false;
  static Value Encode(double member) { return member; }
  static bool Decode(Value& value, double* member) {
    const double* stored = std::get_if<double>(&value);
    if (stored != nullptr) *member = *stored;
    return stored != nullptr;
  }
};

template <>
struct Codec<std::string> {
  static constexpr ColumnType kType = ColumnType::kText;
  static constexpr bool kNullable = false;
  static Value Encode(std::string_view member) { return std::string(member); }
  static bool Decode(Value& value, std::string* member) {
    std::string* stored = std::get_if<std::string>(&value);
    if (stored != nullptr) *member = std::move(*stored);
    return stored != nullptr;
  }
};

template <>
struct Codec<Blob> {
  static constexpr ColumnType kType = ColumnType::kBlob;
  static constexpr bool kNullable = false;
  static Value Encode(Blob member) { return member; }
  static bool Decode(Value& value, Blob* member) {
    Blob* stored = std::get_if<Blob>(&value);
    if (stored != nullptr) *member = std::move(*stored);
    return stored != nullptr;
  }
};

template <class E>
struct Codec<E, std::enable_if_t<std::is_enum_v<E>>> {
  static constexpr ColumnType kType = ColumnType::kText;
  static constexpr bool kNullable = false;
  static Value Encode(E member) { return std::string(NameOf(member)); }
  static bool Decode(Value& value, E* member) {
    const std::string* stored = std::get_if<std::string>(&value);
    const std::optional<E> parsed = stored == nullptr ? std::nullopt : EnumOf<E>(*stored);
    if (parsed) *member = *parsed;
    return parsed.has_value();
  }
};

template <class M>
struct Codec<std::optional<M>> {
  static constexpr ColumnType kType = Codec<M>::kType;
  static constexpr bool kNullable = true;
  static Value Encode(const std::optional<M>& member) {
    return member ? Codec<M>::Encode(*member) : Value();
  }
  static bool Decode(Value& value, std::optional<M>* member) {
    if (std::holds_alternative<std::monostate>(value)) {
      member->reset();
      return true;
    }
    return Codec<M>::Decode(value, &member->emplace());
  }
};

}  // namespace aozora
