// SPDX-License-Identifier: Apache-2.0
#include "routes/videos/parts.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

// {"subject": ["sailboat", ...], ...}, or null: it takes any words.
json AboutOf(const api::ServedModel& model) {
  if (model.vocabulary == nullptr) return nullptr;
  json about = json::object();
  for (const Vocabulary::Topic& topic : model.vocabulary->topics()) {
    about[topic.name] = topic.things;
  }
  return about;
}

json ModelJson(const api::Service& service, const api::ServedModel& model) {
  json can = json::array({"text"});
  if (model.takes_image) can.push_back("image");
  if (model.remixes) {
    can.push_back("remix");
    can.push_back("edit");
  }
  if (model.extends) can.push_back("extension");
  if (model.bridges) {
    can.push_back("loop");
    can.push_back("blend");
  }
  return {{"id", model.name},
          {"object", "model"},
          {"created", 0},  // files have no date of birth that anybody could rely on
          {"owned_by", "aozora"},
          {"aozora",
           {{"engine", model.engine},
            {"sizes", model.sizes},
            {"seconds_max", model.seconds_max},
            {"side_px_min", model.side_px_min},
            {"side_px_max", model.side_px_max},
            {"pixels_max", model.pixels_max},
            {"cut_seconds", model.cut_seconds},
            {"bridge_seconds_max", model.bridges ? json(model.bridge_seconds_max) : json(nullptr)},
            {"steps", model.step_count},
            {"guidance", model.guidance},
            {"is_default", model.name == service.models.fallback().name},
            {"about", AboutOf(model)},
            {"can", can}}}};
}

Outcome<http::Response> ListModels(const api::Service& service, const Call&) {
  json data = json::array();
  for (const api::ServedModel& model : service.models.all())
    data.push_back(ModelJson(service, model));
  return api::AnswerJson({{"object", "list"}, {"data", data}});
}

Outcome<http::Response> GetModel(const api::Service& service, const Call& call) {
  const std::string name = call.Value("model");
  const api::ServedModel* model = service.models.Find(name);
  if (model == nullptr) return api::NoSuch("model", name);
  return api::AnswerJson(ModelJson(service, *model));
}

}  // namespace

void AddModelRoutes(http::Router& router, const api::Service& service) {
  using http::Method;
  api::AddOperations(router, service,
                     {
                         {Method::kGet, "/v1/models", "listModels", ListModels},
                         {Method::kGet, "/v1/models/{model}", "getModel", GetModel},
                     });
}

}  // namespace aozora::routes
