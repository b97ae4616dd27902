// SPDX-License-Identifier: Apache-2.0
// The installed models and the threads that render with them: in the server, or in a process of
// their own.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/wake.h"
#include "command.h"
#include "jobs/worker.h"
#include "render/model_shelf.h"
#include "render/video_renderer.h"
#include "safeguards.h"
#include "server_options.h"
#include "storage.h"

namespace aozora::app {

// All models that are installed or come with the program. Opened when first asked for.
Result<std::unique_ptr<ModelShelf>> MakeShelf(const Environment& environment);

// Workers in threads, from construction until destruction; what they render then is parked.
class Rendering {
 public:
  // All are borrowed. kInvalid: options that make no sense.
  static Result<std::unique_ptr<Rendering>> Start(const Environment& environment,
                                                  const WorkerOptions& options, Storage& storage,
                                                  ModelShelf& shelf, const Safeguards& safeguards,
                                                  Wake& wake);
  ~Rendering();

 private:
  struct Place {
    std::unique_ptr<Renderer> renderer;
    std::unique_ptr<Worker> worker;
    std::thread thread;
  };
  std::vector<Place> places_;
};

}  // namespace aozora::app
