// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "http/limits.h"
#include "http/memory_budget.h"
#include "http/message.h"
#include "http/multipart.h"
#include "http/router.h"

namespace aozora::http {

// Makes a Form of a multipart body: fields in memory, files in the upload folder. Writes to disk,
// so it works on handler threads. Destroyed before the end, it leaves no file.
class FormReader final : private MultipartParser::Sink {
 public:
  // All but the boundary outlive this object.
  FormReader(std::string_view boundary, const RouteOptions& route, const Limits& limits,
             const std::filesystem::path& folder, MemoryBudget::Share* memory);
  ~FormReader() override;

  MaybeProblem Feed(std::string_view bytes) { return parser_.Feed(bytes); }
  MaybeProblem Finish() const { return parser_.Finish(); }
  Form TakeForm() { return std::move(form_); }

  // More bytes than a form within all limits can have: also bounds what stands between its parts.
  static uint64_t BodyBytesMax(const RouteOptions& route, const Limits& limits);

 private:
  MaybeProblem BeginPart(PartHead head) override;
  MaybeProblem PartData(std::string_view bytes) override;
  MaybeProblem EndPart() override;
  MaybeProblem OpenFile(PartHead head);
  MaybeProblem FieldData(std::string_view bytes);
  MaybeProblem FileData(std::string_view bytes);

  const RouteOptions& route_;
  const Limits& limits_;
  const std::filesystem::path& folder_;
  MemoryBudget::Share* memory_;
  MultipartParser parser_;
  Form form_;
  uint64_t field_bytes_ = 0;  // of all fields, names too
  uint64_t file_bytes_ = 0;   // of all files
  int descriptor_ = -1;       // of the file that is being written
};

}  // namespace aozora::http
