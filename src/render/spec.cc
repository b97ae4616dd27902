// SPDX-License-Identifier: Apache-2.0
#include "render/spec.h"

#include <nlohmann/json.hpp>

namespace aozora {
namespace {

using nlohmann::json;

template <class T>
void Put(json* object, const char* name, const std::optional<T>& value) {
  if (value) (*object)[name] = *value;
}

template <class T>
std::optional<T> Get(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  return found->get<T>();
}

}  // namespace

std::string ToJson(const RenderSpec& spec) {
  json object = {{"seed", spec.seed}, {"strength", spec.strength}};
  Put(&object, "steps", spec.step_count);
  Put(&object, "guidance", spec.guidance);
  Put(&object, "negative_prompt", spec.negative_prompt);
  Put(&object, "fps", spec.frame_rate);
  if (!spec.image_file_id.empty()) object["image_file_id"] = spec.image_file_id;
  if (spec.added_seconds > 0) object["added_seconds"] = spec.added_seconds;
  if (spec.kept_seconds > 0) object["kept_seconds"] = spec.kept_seconds;
  if (spec.loops) object["loops"] = true;
  if (!spec.target_job_id.empty()) object["target_job_id"] = spec.target_job_id;
  for (const SceneSpec& scene : spec.scenes) {
    object["scenes"].push_back({{"prompt", scene.prompt}, {"seconds", scene.seconds}});
  }
  if (!spec.role.empty()) object["role"] = spec.role;
  if (!spec.creator.empty()) object["creator"] = spec.creator;
  if (!spec.visible_mark) object["visible_mark"] = false;
  if (spec.prompt_in_manifest) object["prompt_in_manifest"] = true;
  return object.dump();
}

Result<RenderSpec> ParseRenderSpec(std::string_view text) {
  try {
    const json object = json::parse(text);
    RenderSpec spec;
    spec.seed = object.at("seed").get<uint64_t>();
    spec.step_count = Get<int>(object, "steps");
    spec.guidance = Get<double>(object, "guidance");
    spec.negative_prompt = Get<std::string>(object, "negative_prompt");
    spec.frame_rate = Get<uint32_t>(object, "fps");
    spec.image_file_id = object.value("image_file_id", "");
    spec.strength = object.value("strength", 1.0);
    spec.added_seconds = object.value("added_seconds", 0u);
    spec.kept_seconds = object.value("kept_seconds", 0u);
    spec.loops = object.value("loops", false);
    spec.target_job_id = object.value("target_job_id", "");
    for (const json& scene : object.value("scenes", json::array())) {
      spec.scenes.push_back(
          {scene.at("prompt").get<std::string>(), scene.at("seconds").get<uint32_t>()});
    }
    spec.role = object.value("role", "");
    spec.creator = object.value("creator", "");
    spec.visible_mark = object.value("visible_mark", true);
    spec.prompt_in_manifest = object.value("prompt_in_manifest", false);
    return spec;
  } catch (const json::exception& exception) {
    return Error::Corrupt("the settings of a job: {}", exception.what());
  }
}

}  // namespace aozora
