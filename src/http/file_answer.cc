// SPDX-License-Identifier: Apache-2.0
#include "http/file_answer.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "http/syntax.h"

namespace aozora::http {
namespace {

// Whether a list of entity tags (RFC 9110, section 8.8.3) has `etag`; "*" has all.
bool EtagListHas(std::string_view list, std::string_view etag, bool weak) {
  if (TrimBlanks(list) == "*") return true;
  while (!list.empty()) {
    list = list.substr(std::min(list.find_first_not_of(" \t,"), list.size()));
    const bool is_weak = list.starts_with("W/");
    if (is_weak) list.remove_prefix(2);
    if (!list.starts_with('"')) return false;
    const size_t end = list.find('"', 1);  // a tag knows no escapes
    if (end == std::string_view::npos) return false;
    if (list.substr(1, end - 1) == etag && (weak || !is_weak)) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

// Section 13.1.5: a range is wanted only if the file is still the one that was begun. Dates are not
// compared, since we send none.
bool RangeIsWanted(const Headers& request, std::string_view etag) {
  if (request.Count("Range") != 1) return false;
  const std::optional<std::string_view> condition = request.Find("If-Range");
  return !condition || (!etag.empty() && *condition == fmt::format("\"{}\"", etag));
}

std::string ContentRange(const ByteRange& range, uint64_t file_bytes) {
  return fmt::format("bytes {}-{}/{}", range.first, range.last, file_bytes);
}

void AddRanges(const std::vector<ByteRange>& ranges, uint64_t file_bytes, std::string_view boundary,
               FileAnswer* answer) {
  answer->status = 206;
  if (ranges.size() == 1) {
    answer->headers.Set("Content-Range", ContentRange(ranges[0], file_bytes));
    answer->pieces.push_back({"", ranges[0].first, ranges[0].bytes()});
    return;
  }
  const std::string type(answer->headers.Find("Content-Type").value_or(""));
  answer->headers.Set("Content-Type", fmt::format("multipart/byteranges; boundary={}", boundary));
  for (const ByteRange& range : ranges) {
    answer->pieces.push_back(
        {fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", boundary, type,
                     ContentRange(range, file_bytes)),
         range.first, range.bytes()});
  }
  answer->pieces.push_back({fmt::format("\r\n--{}--\r\n", boundary), 0, 0});
}

}  // namespace

uint64_t FileAnswer::bytes() const {
  uint64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.text.size() + piece.file_bytes;
  return sum;
}

std::string AttachmentDisposition(std::string_view name) {
  std::string plain;
  std::string encoded;
  for (const char c : name) {
    const bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '.' || c == '-' || c == '_';
    plain.push_back(safe || c == ' ' ? c : '_');
    encoded += safe ? std::string(1, c) : fmt::format("%{:02X}", static_cast<uint8_t>(c));
  }
  if (plain == name || !IsUtf8(name)) return fmt::format("attachment; filename=\"{}\"", plain);
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, encoded);
}

bool HasEtag(const Headers& request, std::string_view name, std::string_view etag, bool weak) {
  return std::any_of(
      request.fields().begin(), request.fields().end(), [&](const Headers::Field& field) {
        return EqualsNoCase(field.first, name) && EtagListHas(field.second, etag, weak);
      });
}

FileAnswer AnswerWithFile(const FileBody& file, uint64_t file_bytes, Method method,
                          const Headers& request, uint32_t range_count_max,
                          std::string_view boundary) {
  FileAnswer answer;
  Headers& headers = answer.headers;
  headers.Set("Accept-Ranges", "bytes");
  if (!file.etag.empty()) headers.Set("ETag", fmt::format("\"{}\"", file.etag));
  if (request.Has("If-Match") && !HasEtag(request, "If-Match", file.etag, false)) {
    answer.status = 412;
    return answer;
  }
  if (request.Has("If-None-Match") && HasEtag(request, "If-None-Match", file.etag, true)) {
    answer.status = 304;
    return answer;
  }
  headers.Set("Content-Type",
              file.content_type.empty() ? "application/octet-stream" : file.content_type);
  if (!file.download_name.empty()) {
    headers.Set("Content-Disposition", AttachmentDisposition(file.download_name));
  }
  RangeChoice choice;
  if (method == Method::kGet && RangeIsWanted(request, file.etag)) {
    choice = ChooseRanges(*request.Find("Range"), file_bytes, range_count_max);
  }
  switch (choice.kind) {
    case RangeChoice::Kind::kWhole:
      answer.pieces.push_back({"", 0, file_bytes});
      break;
    case RangeChoice::Kind::kRanges:
      AddRanges(choice.ranges, file_bytes, boundary, &answer);
      break;
    case RangeChoice::Kind::kUnsatisfiable:
      answer.status = 416;
      headers.Remove("Content-Type");
      headers.Remove("Content-Disposition");
      headers.Set("Content-Range", fmt::format("bytes */{}", file_bytes));
      break;
  }
  return answer;
}

}  // namespace aozora::http
