// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes are, a configuration is refused or says what a model can be asked for.
#include "base/check.h"
#include "models/mini/config.h"

namespace aozora::mini {
namespace {

void Run(std::string_view json) {
  const bool is_ours = IsMiniConfig(json);
  const Result<MiniConfig> config = ReadMiniConfig(json);
  if (!is_ours || !config.ok()) return;
  CHECK(config->latent.fixed_grid.has_value());
  const LatentSize latent = config->latent.Latent(config->preset.clip);
  CHECK_LE(1u, latent.frame_count);
  CHECK_LE(latent.count(), uint64_t{1} << 40);
  CHECK_LE(1u, config->preset.step_count);
  CHECK(config->preset.frame_rate >= 1);
  CHECK_EQ(config->preset.guidance.size(), size_t{1});
}

}  // namespace
}  // namespace aozora::mini

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aozora::mini::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
