// SPDX-License-Identifier: Apache-2.0
#include "api/input_image.h"

#include <nlohmann/json.hpp>

#include "api/body.h"
#include "api/kept_files.h"
#include "base/encoding.h"
#include "media/image_io.h"

namespace aozora::api {

using nlohmann::json;

namespace {

constexpr const char* kField = "input_reference";

NewFile InputFile(const Origin& origin, std::string name, std::string media_type) {
  return {origin.person_id, std::string(kJobInputPurpose), std::move(name), std::move(media_type),
          kJobInputKeptMs};
}

Problem NoPicture(const Error& error) {
  return BadParameter(kField, fmt::format("{}: {} (a PNG, JPEG or WebP picture is needed)", kField,
                                          error.message()));
}

Outcome<InputImage> TakeUpload(const Service& service, const Origin& origin,
                               http::FormFile* upload) {
  Result<Image> image = ReadImage(upload->path());
  if (!image.ok()) return NoPicture(image.error());
  const FileRecord file =
      TRY(KeepFile(service, InputFile(origin, upload->filename, upload->content_type),
                   std::move(upload->content)));
  return InputImage{file.id, std::move(image).value()};
}

Outcome<InputImage> TakeDataUrl(const Service& service, const Origin& origin,
                                std::string_view url) {
  if (url.starts_with("http://") || url.starts_with("https://")) {
    return BadParameter(kField,
                        "input_reference: this server fetches nothing from other servers; "
                        "send the picture as a file, a data URL or a file_id");
  }
  const std::optional<DataUrl> data = ParseDataUrl(url);
  if (!data) {
    return BadParameter(kField,
                        "input_reference: image_url must be a base64 data URL "
                        "(data:image/png;base64,...)");
  }
  Result<Image> image = DecodeImage(std::as_bytes(std::span(data->bytes)));
  if (!image.ok()) return NoPicture(image.error());
  const FileRecord file =
      TRY(KeepBytes(service, InputFile(origin, "image_url", data->media_type), data->bytes));
  return InputImage{file.id, std::move(image).value()};
}

Outcome<InputImage> TakeKept(const Service& service, const Origin& origin, const std::string& id) {
  Outcome<FileRecord> file = FindFile(service, origin.person_id, id);
  if (!file.ok()) return BadParameter(kField, "input_reference: " + file.error().message);
  Result<Image> image = ReadImage(service.folder.File(id));
  if (!image.ok()) return NoPicture(image.error());
  return InputImage{id, std::move(image).value()};
}

}  // namespace

Outcome<InputImage> TakeInputImage(const Service& service, const Origin& origin,
                                   const ServedModel& model, const json& reference,
                                   http::FormFile* upload) {
  if (!model.takes_image) {
    return BadParameter(kField, fmt::format("{} makes videos from text alone: leave {} out, or "
                                            "choose a model that starts from a picture "
                                            "(GET /v1/models)",
                                            model.name, kField));
  }
  if (upload != nullptr) return TakeUpload(service, origin, upload);
  if (reference.is_string()) {
    return TakeDataUrl(service, origin, reference.get_ref<const std::string&>());
  }
  if (reference.contains("file_id")) {
    return TakeKept(service, origin, reference["file_id"].get<std::string>());
  }
  return TakeDataUrl(service, origin, reference["image_url"].get_ref<const std::string&>());
}

std::optional<DataUrl> ParseDataUrl(std::string_view text) {
  constexpr std::string_view kLead = "data:", kBase64 = ";base64";
  const size_t comma = text.find(',');
  if (!text.starts_with(kLead) || comma == std::string_view::npos) return std::nullopt;
  std::string_view head = text.substr(kLead.size(), comma - kLead.size());
  if (!head.ends_with(kBase64)) return std::nullopt;
  head.remove_suffix(kBase64.size());
  std::optional<std::string> bytes = Base64Decode(text.substr(comma + 1));
  if (!bytes) return std::nullopt;
  return DataUrl{std::string(head.substr(0, head.find(';'))), *std::move(bytes)};
}

}  // namespace aozora::api
