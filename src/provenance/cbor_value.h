// SPDX-License-Identifier: Apache-2.0
// CBOR (RFC 8949) as C2PA uses it: written in the deterministic form of section 4.2.1, read from
// strangers with caps on depth and items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace aozora {

class CborValue;
using CborArray = std::vector<CborValue>;
using CborMap = std::vector<std::pair<CborValue, CborValue>>;

struct CborBytes {
  std::string value;
};

struct CborTagged {
  uint64_t tag;
  CborArray content;  // exactly one
};

// Integers are those that fit int64_t: no field of C2PA or COSE needs more.
class CborValue {
 public:
  CborValue() : value_(nullptr) {}
  CborValue(std::nullptr_t) : value_(nullptr) {}              // NOLINT
  CborValue(bool value) : value_(value) {}                    // NOLINT
  CborValue(int value) : value_(int64_t{value}) {}            // NOLINT
  CborValue(int64_t value) : value_(value) {}                 // NOLINT
  CborValue(double value) : value_(value) {}                  // NOLINT
  CborValue(const char* text) : value_(std::string(text)) {}  // NOLINT
  CborValue(std::string text) : value_(std::move(text)) {}    // NOLINT
  CborValue(CborBytes bytes) : value_(std::move(bytes)) {}    // NOLINT
  CborValue(CborArray array) : value_(std::move(array)) {}    // NOLINT
  CborValue(CborMap map) : value_(std::move(map)) {}          // NOLINT
  static CborValue Bytes(std::string_view bytes) { return CborBytes{std::string(bytes)}; }
  static CborValue Tagged(uint64_t tag, CborValue content);

  bool IsNull() const { return std::holds_alternative<std::nullptr_t>(value_); }
  // Null if it is of another kind.
  const bool* AsBool() const { return std::get_if<bool>(&value_); }
  const int64_t* AsInteger() const { return std::get_if<int64_t>(&value_); }
  const double* AsDouble() const { return std::get_if<double>(&value_); }
  const std::string* AsText() const { return std::get_if<std::string>(&value_); }
  const std::string* AsBytes() const;
  const CborArray* AsArray() const { return std::get_if<CborArray>(&value_); }
  const CborMap* AsMap() const { return std::get_if<CborMap>(&value_); }
  const CborTagged* AsTagged() const { return std::get_if<CborTagged>(&value_); }

  // The value beside a key of a map; null if this is no map or has no such key.
  const CborValue* Find(std::string_view key) const;
  const CborValue* Find(int64_t key) const;
  // The text beside a key, or "".
  std::string TextAt(std::string_view key) const;

  // Deterministic: shortest heads, keys in the order of their bytes. Doubles keep eight bytes.
  std::string Encode() const;

 private:
  void EncodeTo(std::string* out) const;

  std::variant<std::nullptr_t, bool, int64_t, double, std::string, CborBytes, CborArray, CborMap,
               CborTagged>
      value_;
};

inline constexpr uint32_t kCborDepthMax = 24;
inline constexpr uint32_t kCborItemsMax = 1 << 16;

// Exactly one item. Refuses indefinite lengths, keys that come twice, text that is not UTF-8, and
// what is beyond the caps.
Result<CborValue> DecodeCbor(std::string_view bytes);

}  // namespace aozora
