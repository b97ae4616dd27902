// SPDX-License-Identifier: Apache-2.0
// Bodies of requests, as JSON and as forms, against the real schemas.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "api/body.h"
#include "api/input_image.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aozora;
  static const auto contract = api::Contract::Load().value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [&](const nlohmann::json& body) {
    for (const char* operation : {"createVideo", "extendVideo", "createBatch", "createKey"}) {
      if (const auto problem = contract->CheckRequest(operation, body)) api::AnswerOf(*problem);
    }
  };
  if (auto body = api::ParseJson(text); body.ok()) check(*body);
  // Lines "name=value" are the fields of a form.
  http::Form form;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    const size_t equal = std::min(line.find('='), line.size());
    form.fields.emplace_back(line.substr(0, equal),
                             line.substr(std::min(equal + 1, line.size())));
  }
  if (auto body = api::JsonOfForm(form, *contract->RequestSchema("createVideo")); body.ok()) {
    check(*body);
  }
  api::ParseDataUrl(text);
  return 0;
}
