// SPDX-License-Identifier: Apache-2.0
#include "http/body_sink.h"

#include <fmt/core.h>

#include <utility>

#include "base/ascii.h"
#include "http/media_type.h"

namespace aozora::http {
namespace {

constexpr size_t kFlushBytes = 64 << 10;  // worth the way to a handler thread

Problem WrongType(std::string_view wanted) {
  return {415, "unsupported_media_type", fmt::format("the body must be {}", wanted)};
}

std::string_view WantedTypes(BodyKind kind) {
  if (kind == BodyKind::kJson) return "application/json";
  if (kind == BodyKind::kForm) return "multipart/form-data";
  return "multipart/form-data or application/json";
}

}  // namespace

MaybeProblem BodySink::Make(const RequestHead& head, const RouteOptions& route,
                            const ServerSettings& settings, MemoryBudget::Share* memory,
                            std::unique_ptr<BodySink>* made) {
  const std::string_view coding = head.headers.Find("Content-Encoding").value_or("identity");
  if (!EqualsNoCase(coding, "identity")) {
    return Problem{415, "unsupported_content_encoding", "bodies are taken without an encoding"};
  }
  const std::optional<ParameterisedValue> type =
      ParseParameterised(head.headers.Find("Content-Type").value_or(""));
  const std::string word = type ? type->word : std::string();
  const bool json = route.body == BodyKind::kJson || route.body == BodyKind::kFormOrJson;
  const bool form = route.body == BodyKind::kForm || route.body == BodyKind::kFormOrJson;
  uint64_t bytes_max = route.body_bytes_max;
  std::string boundary;
  if (route.body == BodyKind::kNone) {
    bytes_max = settings.limits.ignored_body_bytes_max;
  } else if (form && word == "multipart/form-data") {
    const auto found = type->parameters.find("boundary");
    if (found == type->parameters.end() || !IsBoundary(found->second)) {
      return BadRequest("the form's Content-Type has no usable boundary");
    }
    boundary = found->second;
    bytes_max = FormReader::BodyBytesMax(route, settings.limits);
  } else if (route.body != BodyKind::kAny && !(json && IsJsonType(word))) {
    return WrongType(WantedTypes(route.body));
  }
  const bool keep = route.body != BodyKind::kNone;
  std::unique_ptr<BodySink> sink(new BodySink(bytes_max, keep, memory));
  if (head.framing == Framing::kLength && head.content_length > bytes_max) return sink->TooLarge();
  if (!boundary.empty()) {
    sink->form_ = std::make_unique<FormReader>(boundary, route, settings.limits,
                                               settings.upload_folder, memory);
  }
  *made = std::move(sink);
  return std::nullopt;
}

Problem BodySink::TooLarge() const {
  return {413, "request_too_large", fmt::format("the body has more than {} bytes", bytes_max_)};
}

MaybeProblem BodySink::Add(std::string_view content) {
  bytes_ += content.size();
  if (bytes_ > bytes_max_) return TooLarge();
  if (!keep_) return std::nullopt;
  // A form's reader counts what it keeps; what waits for it is little.
  if (form_ == nullptr && !memory_->Take(content.size())) {
    return Problem{503, "overloaded", "the server holds as many requests as it can"};
  }
  body_.append(content);
  return std::nullopt;
}

bool BodySink::WantsFlush() const { return form_ != nullptr && body_.size() >= kFlushBytes; }

MaybeProblem BodySink::Flush() {
  MaybeProblem problem = form_->Feed(body_);
  body_.clear();
  return problem;
}

MaybeProblem BodySink::Finish() {
  if (MaybeProblem problem = Flush()) return problem;
  return form_->Finish();
}

void BodySink::MoveInto(Request* request) {
  if (form_ == nullptr) {
    request->body = std::move(body_);
  } else {
    request->form = form_->TakeForm();
  }
}

}  // namespace aozora::http
