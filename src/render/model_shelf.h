// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace aozora {

// The installed models by their names, opened when first asked for (mapped, nothing computed) and
// then kept. Any thread.
class ModelShelf {
 public:
  using Opener = std::function<Result<std::unique_ptr<Model>>()>;

  void Put(std::string name, Opener opener);  // before the shelf is shared
  std::vector<std::string> Names() const;     // sorted
  // kNotFound lists the names that there are.
  Result<const Model*> Find(std::string_view name);

 private:
  struct Entry {
    Opener open;
    std::unique_ptr<Model> model;
  };
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace aozora
