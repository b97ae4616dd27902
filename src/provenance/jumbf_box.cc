// SPDX-License-Identifier: Apache-2.0
#include "provenance/jumbf_box.h"

#include <algorithm>
#include <set>

#include "provenance/big_endian.h"

namespace aozora {
namespace {

constexpr size_t kHeaderBytes = 8;
constexpr size_t kTypeBytes = 16;
constexpr std::string_view kTypeTail("\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71", 12);
// Toggles of a description box: may be asked for, has a label, has a private box.
constexpr uint8_t kRequestableAndLabel = 0x03;
constexpr uint8_t kPrivate = 0x10;

Error Bad(std::string_view what) { return Error::Corrupt("JUMBF: {}", what); }

struct Box {
  std::string_view type;
  std::string_view payload;
  std::string_view whole;
};

// Takes the first box off `bytes`.
Result<Box> NextBox(std::string_view* bytes) {
  if (bytes->size() < kHeaderBytes) return Bad("ends within a box header");
  const uint64_t length = GetBigEndian(bytes->substr(0, 4));
  if (length < kHeaderBytes || length > bytes->size()) return Bad("a box that does not fit");
  const std::string_view whole = bytes->substr(0, length);
  bytes->remove_prefix(length);
  return Box{whole.substr(4, 4), whole.substr(kHeaderBytes), whole};
}

Status ParseDescription(std::string_view payload, JumbfBox* box) {
  if (payload.size() < kTypeBytes + 1) return Bad("a short description");
  box->type = payload.substr(0, kTypeBytes);
  const uint8_t toggles = static_cast<uint8_t>(payload[kTypeBytes]);
  if ((toggles & ~kPrivate) != kRequestableAndLabel) return Bad("a description without label");
  std::string_view rest = payload.substr(kTypeBytes + 1);
  const size_t end = rest.find('\0');
  if (end == std::string_view::npos || end == 0 || end > kJumbfLabelBytesMax) {
    return Bad("a label that is empty, too long or has no end");
  }
  box->label = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  box->has_salt = (toggles & kPrivate) != 0;
  if (box->has_salt) TRY(NextBox(&rest));
  if (!rest.empty()) return Bad("bytes after a description");
  return Ok();
}

class Parser {
 public:
  Result<JumbfBox> Superbox(const Box& box, uint32_t depth) {
    if (depth > kJumbfDepthMax) return Bad("too deep");
    if (box.type != "jumb") return Bad("not a superbox");
    JumbfBox parsed;
    parsed.whole = box.whole;
    parsed.contents = box.payload;
    std::string_view rest = box.payload;
    const Box description = TRY(Count(NextBox(&rest)));
    if (description.type != "jumd") return Bad("a superbox without description");
    TRY(ParseDescription(description.payload, &parsed));
    std::set<std::string_view> labels;
    while (!rest.empty()) {
      const Box inner = TRY(Count(NextBox(&rest)));
      if (inner.type != "jumb") {
        parsed.content.push_back({inner.type, inner.payload});
        continue;
      }
      JumbfBox child = TRY(Superbox(inner, depth + 1));
      if (!labels.insert(child.label).second) return Bad("a label that comes twice");
      parsed.children.push_back(std::move(child));
    }
    return parsed;
  }

 private:
  Result<Box> Count(Result<Box> box) {
    if (++boxes_ > kJumbfBoxesMax) return Bad("too many boxes");
    return box;
  }
  uint32_t boxes_ = 0;
};

}  // namespace

bool JumbfBox::Is(std::string_view kind) const {
  return type.starts_with(kind) && type.ends_with(kTypeTail);
}

const JumbfBox* JumbfBox::Child(std::string_view child_label) const {
  const auto found = std::find_if(children.begin(), children.end(), [&](const JumbfBox& child) {
    return child.label == child_label;
  });
  return found == children.end() ? nullptr : &*found;
}

const std::string_view* JumbfBox::OnlyContent(std::string_view kind) const {
  if (!children.empty() || content.size() != 1 || content[0].type != kind) return nullptr;
  return &content[0].payload;
}

Result<JumbfBox> ParseJumbf(std::string_view bytes) {
  const Box box = TRY(NextBox(&bytes));
  if (!bytes.empty()) return Bad("bytes after the end");
  return Parser().Superbox(box, 0);
}

std::string MakeBox(std::string_view type, std::string_view content) {
  CHECK_EQ(type.size(), size_t{4});
  std::string box;
  PutBigEndian(kHeaderBytes + content.size(), 4, &box);
  box += type;
  box += content;
  return box;
}

std::string MakeJumbf(std::string_view kind, std::string_view label, std::string_view content) {
  std::string description;
  description += kind;
  description += kTypeTail;
  description.push_back(static_cast<char>(kRequestableAndLabel));
  description += label;
  description.push_back('\0');
  return MakeBox("jumb", MakeBox("jumd", description) + std::string(content));
}

}  // namespace aozora
