// SPDX-License-Identifier: Apache-2.0
#include "provenance/cbor_value.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "provenance/big_endian.h"

namespace aozora {
namespace {

enum Major : uint8_t {
  kUnsigned = 0,
  kNegative = 1,
  kBytes = 2,
  kText = 3,
  kArray = 4,
  kMap = 5,
  kTag = 6,
  kSimple = 7
};

constexpr uint8_t kFalse = 20, kTrue = 21, kNull = 22;
constexpr uint8_t kHalf = 25, kSingle = 26, kDouble = 27;

void PutHead(uint8_t major, uint64_t value, std::string* out) {
  const auto first = [&](uint8_t low) { out->push_back(static_cast<char>(major << 5 | low)); };
  if (value < 24) {
    first(static_cast<uint8_t>(value));
  } else if (value <= 0xff) {
    first(24);
    PutBigEndian(value, 1, out);
  } else if (value <= 0xffff) {
    first(25);
    PutBigEndian(value, 2, out);
  } else if (value <= 0xffffffff) {
    first(26);
    PutBigEndian(value, 4, out);
  } else {
    first(27);
    PutBigEndian(value, 8, out);
  }
}

// RFC 8949, appendix D.
double FromHalf(uint64_t half) {
  const int exponent = static_cast<int>(half >> 10 & 0x1f);
  const double mantissa = static_cast<double>(half & 0x3ff);
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (half & 0x8000) != 0 ? -value : value;
}

// The Unicode standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text) {
  size_t i = 0;
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
  while (i < text.size()) {
    const uint8_t lead = byte(i++);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (text.size() - i < more) return false;
    const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(i) < low || byte(i) > high) return false;
    for (size_t k = 1; k < more; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    }
    i += more;
  }
  return true;
}

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  Result<CborValue> Item(uint32_t depth);
  bool AtEnd() const { return position_ == bytes_.size(); }

 private:
  struct Head {
    uint8_t major;
    uint8_t low;
    uint64_t value;
  };

  static Error Bad(std::string_view what) { return Error::Corrupt("CBOR: {}", what); }
  Result<Head> NextHead();
  Result<std::string_view> Take(uint64_t count);
  Result<CborValue> Array(uint64_t count, uint32_t depth);
  Result<CborValue> Map(uint64_t count, uint32_t depth);
  Result<CborValue> Simple(const Head& head);

  const std::string_view bytes_;
  size_t position_ = 0;
  uint32_t items_ = 0;
};

Result<std::string_view> Decoder::Take(uint64_t count) {
  if (count > bytes_.size() - position_) return Bad("ends too early");
  const std::string_view taken = bytes_.substr(position_, count);
  position_ += count;
  return taken;
}

Result<Decoder::Head> Decoder::NextHead() {
  const std::string_view first = TRY(Take(1));
  const uint8_t byte = static_cast<uint8_t>(first[0]);
  Head head = {static_cast<uint8_t>(byte >> 5), static_cast<uint8_t>(byte & 0x1f), 0};
  if (head.low < 24) {
    head.value = head.low;
    return head;
  }
  if (head.low > 27) return Bad("an indefinite or reserved length");
  const std::string_view more = TRY(Take(uint64_t{1} << (head.low - 24)));
  for (const char c : more) head.value = head.value << 8 | static_cast<uint8_t>(c);
  return head;
}

Result<CborValue> Decoder::Array(uint64_t count, uint32_t depth) {
  if (count > bytes_.size() - position_) return Bad("an array longer than its bytes");
  CborArray array;
  for (uint64_t i = 0; i < count; ++i) array.push_back(TRY(Item(depth + 1)));
  return CborValue(std::move(array));
}

Result<CborValue> Decoder::Map(uint64_t count, uint32_t depth) {
  if (count > (bytes_.size() - position_) / 2) return Bad("a map longer than its bytes");
  CborMap map;
  std::set<std::string> seen;
  for (uint64_t i = 0; i < count; ++i) {
    CborValue key = TRY(Item(depth + 1));
    if (!seen.insert(key.Encode()).second) return Bad("a key that comes twice");
    CborValue value = TRY(Item(depth + 1));
    map.emplace_back(std::move(key), std::move(value));
  }
  return CborValue(std::move(map));
}

Result<CborValue> Decoder::Simple(const Head& head) {
  switch (head.low) {
    case kFalse:
      return CborValue(false);
    case kTrue:
      return CborValue(true);
    case kNull:
      return CborValue(nullptr);
    case kHalf:
      return CborValue(FromHalf(head.value));
    case kSingle:
      return CborValue(double{std::bit_cast<float>(static_cast<uint32_t>(head.value))});
    case kDouble:
      return CborValue(std::bit_cast<double>(head.value));
    default:
      return Bad("an unknown simple value");
  }
}

Result<CborValue> Decoder::Item(uint32_t depth) {
  if (depth > kCborDepthMax) return Bad("too deep");
  if (++items_ > kCborItemsMax) return Bad("too many items");
  const Head head = TRY(NextHead());
  switch (head.major) {
    case kUnsigned:
    case kNegative: {
      if (head.value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return Bad("an integer of more than 63 bits");
      }
      const int64_t value = static_cast<int64_t>(head.value);
      return CborValue(head.major == kUnsigned ? value : -1 - value);
    }
    case kBytes: {
      const std::string_view bytes = TRY(Take(head.value));
      return CborValue::Bytes(bytes);
    }
    case kText: {
      const std::string_view text = TRY(Take(head.value));
      if (!IsUtf8(text)) return Bad("text that is not UTF-8");
      return CborValue(std::string(text));
    }
    case kArray:
      return Array(head.value, depth);
    case kMap:
      return Map(head.value, depth);
    case kTag: {
      CborValue content = TRY(Item(depth + 1));
      return CborValue::Tagged(head.value, std::move(content));
    }
    default:
      return Simple(head);
  }
}

}  // namespace

CborValue CborValue::Tagged(uint64_t tag, CborValue content) {
  CborValue value;
  CborTagged tagged = {tag, {}};
  tagged.content.push_back(std::move(content));
  value.value_ = std::move(tagged);
  return value;
}

const std::string* CborValue::AsBytes() const {
  const CborBytes* bytes = std::get_if<CborBytes>(&value_);
  return bytes == nullptr ? nullptr : &bytes->value;
}

const CborValue* CborValue::Find(std::string_view key) const {
  if (AsMap() == nullptr) return nullptr;
  for (const auto& [name, value] : *AsMap()) {
    if (name.AsText() != nullptr && *name.AsText() == key) return &value;
  }
  return nullptr;
}

const CborValue* CborValue::Find(int64_t key) const {
  if (AsMap() == nullptr) return nullptr;
  for (const auto& [name, value] : *AsMap()) {
    if (name.AsInteger() != nullptr && *name.AsInteger() == key) return &value;
  }
  return nullptr;
}

std::string CborValue::TextAt(std::string_view key) const {
  const CborValue* value = Find(key);
  return value == nullptr || value->AsText() == nullptr ? std::string() : *value->AsText();
}

std::string CborValue::Encode() const {
  std::string out;
  EncodeTo(&out);
  return out;
}

void CborValue::EncodeTo(std::string* out) const {
  if (const int64_t* integer = AsInteger()) {
    if (*integer >= 0) PutHead(kUnsigned, static_cast<uint64_t>(*integer), out);
    if (*integer < 0) PutHead(kNegative, static_cast<uint64_t>(-1 - *integer), out);
  } else if (const bool* truth = AsBool()) {
    PutHead(kSimple, *truth ? kTrue : kFalse, out);
  } else if (const double* number = AsDouble()) {
    out->push_back(static_cast<char>(kSimple << 5 | kDouble));
    PutBigEndian(std::bit_cast<uint64_t>(*number), 8, out);
  } else if (const std::string* text = AsText()) {
    PutHead(kText, text->size(), out);
    *out += *text;
  } else if (const std::string* bytes = AsBytes()) {
    PutHead(kBytes, bytes->size(), out);
    *out += *bytes;
  } else if (const CborArray* array = AsArray()) {
    PutHead(kArray, array->size(), out);
    for (const CborValue& item : *array) item.EncodeTo(out);
  } else if (const CborMap* map = AsMap()) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [key, value] : *map) entries.emplace_back(key.Encode(), value.Encode());
    std::sort(entries.begin(), entries.end());
    PutHead(kMap, entries.size(), out);
    for (const auto& [key, value] : entries) *out += key + value;
  } else if (const CborTagged* tagged = AsTagged()) {
    PutHead(kTag, tagged->tag, out);
    tagged->content.front().EncodeTo(out);
  } else {
    PutHead(kSimple, kNull, out);
  }
}

Result<CborValue> DecodeCbor(std::string_view bytes) {
  Decoder decoder(bytes);
  CborValue value = TRY(decoder.Item(0));
  if (!decoder.AtEnd()) return Error::Corrupt("CBOR: bytes after the end");
  return value;
}

}  // namespace aozora
