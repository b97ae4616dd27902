// SPDX-License-Identifier: Apache-2.0
#include "http/form_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "http/syntax.h"
#include "http/upload_folder.h"

namespace aozora::http {
namespace {

constexpr uint64_t kBetweenPartsBytes = 1024;   // boundaries, line ends
constexpr uint64_t kAroundPartsBytes = 64_KiB;  // before the first and after the last

Problem TooLarge(std::string_view what, uint64_t bytes) {
  return {413, "request_too_large", fmt::format("{}: at most {} bytes", what, bytes)};
}

// The disk is full, or broken. The client may come back.
Problem StorageProblem(const std::filesystem::path& path) {
  Log(LogLevel::kError, "{}", IoError("cannot write", path).message());
  return {503, "storage_unavailable", "the file cannot be stored now"};
}

}  // namespace

FormReader::FormReader(std::string_view boundary, const RouteOptions& route, const Limits& limits,
                       const std::filesystem::path& folder, MemoryBudget::Share* memory)
    : route_(route),
      limits_(limits),
      folder_(folder),
      memory_(memory),
      parser_(boundary, limits.form_part_head_bytes_max, this) {}

FormReader::~FormReader() {
  if (descriptor_ >= 0) close(descriptor_);
}

uint64_t FormReader::BodyBytesMax(const RouteOptions& route, const Limits& limits) {
  const uint64_t part_count = uint64_t{limits.form_field_count_max} + limits.form_file_count_max;
  return route.body_bytes_max + route.file_bytes_max + kAroundPartsBytes +
         part_count * (limits.form_part_head_bytes_max + kBetweenPartsBytes);
}

MaybeProblem FormReader::BeginPart(PartHead head) {
  if (head.filename) return OpenFile(std::move(head));
  if (form_.fields.size() == limits_.form_field_count_max) {
    return Problem{413, "too_many_fields",
                   fmt::format("more than {} fields", limits_.form_field_count_max)};
  }
  form_.fields.emplace_back(std::move(head.name), "");
  return std::nullopt;
}

MaybeProblem FormReader::OpenFile(PartHead head) {
  if (route_.file_bytes_max == 0) {
    return Problem{400, "unexpected_file", "this operation takes no files"};
  }
  if (form_.files.size() == limits_.form_file_count_max) {
    return Problem{413, "too_many_files",
                   fmt::format("more than {} files", limits_.form_file_count_max)};
  }
  std::string path = (folder_ / kUploadTemplate).string();
  descriptor_ = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) return StorageProblem(path);
  FormFile file;
  file.field = std::move(head.name);
  file.filename = std::move(*head.filename);
  file.content_type =
      head.content_type.empty() ? "application/octet-stream" : std::move(head.content_type);
  file.content = TemporaryFile(path);
  form_.files.push_back(std::move(file));
  return std::nullopt;
}

MaybeProblem FormReader::PartData(std::string_view bytes) {
  return descriptor_ >= 0 ? FileData(bytes) : FieldData(bytes);
}

MaybeProblem FormReader::FieldData(std::string_view bytes) {
  std::string& value = form_.fields.back().second;
  field_bytes_ += bytes.size();
  if (field_bytes_ > route_.body_bytes_max) {
    return TooLarge("the fields of a form", route_.body_bytes_max);
  }
  if (value.size() + bytes.size() > limits_.form_field_bytes_max) {
    return TooLarge("a field of a form", limits_.form_field_bytes_max);
  }
  if (!memory_->Take(bytes.size())) {
    return Problem{503, "overloaded", "the server holds as many requests as it can"};
  }
  value.append(bytes);
  return std::nullopt;
}

MaybeProblem FormReader::FileData(std::string_view bytes) {
  FormFile& file = form_.files.back();
  file_bytes_ += bytes.size();
  if (file_bytes_ > route_.file_bytes_max) {
    return TooLarge("the files of a form", route_.file_bytes_max);
  }
  file.bytes += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return StorageProblem(file.path());
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return std::nullopt;
}

MaybeProblem FormReader::EndPart() {
  if (descriptor_ >= 0) {
    const int closed = close(std::exchange(descriptor_, -1));
    if (closed != 0) return StorageProblem(form_.files.back().path());
    return std::nullopt;
  }
  if (!IsUtf8(form_.fields.back().second)) {
    return BadRequest(fmt::format("the field {} is not UTF-8", form_.fields.back().first));
  }
  return std::nullopt;
}

}  // namespace aozora::http
