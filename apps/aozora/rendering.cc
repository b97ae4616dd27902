// SPDX-License-Identifier: Apache-2.0
#include "rendering.h"

#include <algorithm>

#include "background_renderer.h"
#include "engine.h"
#include "model/catalog.h"
#include "store/ids.h"

namespace aozora::app {
namespace {

class EngineCompute : public Compute {
 public:
  EngineCompute(uint32_t thread_count, const CancelToken& cancel)
      : engine_(thread_count, BackendChoice::kFast, cancel) {}
  op::Device& device() override { return engine_.device(); }
  ThreadPool& pool() override { return engine_.pool(); }

 private:
  Engine engine_;
};

}  // namespace

Result<std::unique_ptr<ModelShelf>> MakeShelf(const Environment& environment) {
  auto shelf = std::make_unique<ModelShelf>();
  std::vector<std::filesystem::path> folders = {environment.models_folder};
  if (!environment.shipped_folder.empty()) folders.push_back(environment.shipped_folder);
  // Of two with one name the first folder's counts, as on the command line.
  std::reverse(folders.begin(), folders.end());
  for (const std::filesystem::path& folder : folders) {
    for (const InstalledModel& model : TRY(ListModels(folder))) {
      shelf->Put(model.name, [path = model.path] {
        CheckpointPaths paths;
        paths.model = path;
        return OpenModel(Families(), paths, {});
      });
    }
  }
  return shelf;
}

Result<std::unique_ptr<Rendering>> Rendering::Start(const Environment& environment,
                                                    const WorkerOptions& options, Storage& storage,
                                                    ModelShelf& shelf, const Safeguards& safeguards,
                                                    Wake& wake) {
  RendererSettings settings;
  settings.generator = "Aozora " AOZORA_VERSION;
  settings.effort = TRY(ParseEncoderEffort(options.effort));
  if (!environment.cache_folder.empty()) {
    settings.embedding_folder = environment.cache_folder / "text";
  }
  uint32_t thread_count = options.thread_count;
  if (thread_count == 0 && options.worker_count > 0) {
    thread_count = std::max(HardwareThreadCount() / options.worker_count, 1u);
  }
  const ComputeFactory compute = [thread_count](const CancelToken& cancel) {
    return std::make_unique<EngineCompute>(thread_count, cancel);
  };
  auto rendering = std::make_unique<Rendering>();
  for (uint32_t i = 0; i < options.worker_count; ++i) {
    Place place;
    place.renderer = std::make_unique<BackgroundRenderer>(
        std::make_unique<VideoRenderer>(shelf, safeguards.maker, *safeguards.policy,
                                        safeguards.classifier.get(), compute, storage.folder(),
                                        SystemClock(), SystemRandom(), settings),
        options.nice);
    place.worker =
        std::make_unique<Worker>(storage.queue(), *place.renderer, SystemClock(), storage.folder(),
                                 wake, NewId("worker_", SystemRandom()));
    rendering->places_.push_back(std::move(place));
  }
  for (Place& place : rendering->places_) {
    place.thread = std::thread([worker = place.worker.get()] { worker->Run(); });
  }
  return rendering;
}

Rendering::~Rendering() {
  for (const Place& place : places_) place.worker->Stop();
  for (Place& place : places_) place.thread.join();
}

}  // namespace aozora::app
