// SPDX-License-Identifier: Apache-2.0
#include "render/output.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"

namespace aozora {

using nlohmann::json;

const OutputFile* JobOutput::Find(std::string_view variant) const {
  for (const OutputFile& file : files) {
    if (file.variant == variant) return &file;
  }
  return nullptr;
}

std::string ToJson(const JobOutput& output) {
  json files = json::array();
  for (const OutputFile& file : output.files) {
    files.push_back({{"variant", file.variant}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return json{{"files", files}, {"frames", output.frame_count}, {"fps", output.frame_rate}}.dump();
}

Result<JobOutput> ParseJobOutput(std::string_view text) {
  try {
    const json object = json::parse(text);
    JobOutput output;
    for (const json& file : object.at("files")) {
      output.files.push_back({file.at("variant").get<std::string>(),
                              file.at("bytes").get<uint64_t>(),
                              file.at("sha256").get<std::string>()});
    }
    output.frame_count = object.at("frames").get<uint64_t>();
    output.frame_rate = object.at("fps").get<double>();
    return output;
  } catch (const json::exception& exception) {
    return Error::Corrupt("the output of a job: {}", exception.what());
  }
}

Result<std::vector<OutputFile>> ReadOutputFiles(const std::filesystem::path& folder) {
  std::vector<OutputFile> files;
  for (const OutputVariant& variant : kOutputVariants) {
    const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(folder / variant.file_name));
    const Bytes bytes = file->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    files.push_back({std::string(variant.name), bytes.size(), Sha256Hex(text)});
  }
  return files;
}

}  // namespace aozora
