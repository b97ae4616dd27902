// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/vocabulary.h"

namespace aozora::api {

// A name that clients may say as `model`, and the installed model behind it. Apps that were written
// for another service keep the names they have.
struct ServedModel {
  std::string name;
  std::string engine;  // its name on the shelf (render/model_shelf.h)
  std::string family;  // for people
  bool takes_image = false;
  bool remixes = false;  // and edits: both start from a finished video's latents
  bool extends = false;
  bool bridges = false;  // it can end where a clip begins
  uint32_t side_px_min = 0, side_px_max = 0;
  uint64_t pixels_max = 0;  // of one picture
  uint32_t seconds_max = 0;
  uint32_t cut_seconds = 1;         // an extension may begin after each multiple of it
  uint32_t bridge_seconds_max = 0;  // multiples of cut_seconds
  std::vector<std::string> sizes;   // that it is best at, for people
  uint32_t step_count = 0;          // if nobody says otherwise, like the next
  double guidance = 1;
  std::shared_ptr<const Vocabulary> vocabulary;  // what it knows; null: it takes any words
};

class ServedModels {
 public:
  // `fallback` is what a request without a model gets; it must be among them.
  ServedModels(std::vector<ServedModel> models, std::string fallback);

  const ServedModel& fallback() const;
  const ServedModel* Find(std::string_view name) const;  // null: there is none
  const std::vector<ServedModel>& all() const { return models_; }

 private:
  std::vector<ServedModel> models_;
  std::string fallback_;
};

}  // namespace aozora::api
