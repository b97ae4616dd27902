// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes are, the latent of a clip is refused or can be saved and is then the same.
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "base/check.h"
#include "pipeline/clip_latent.h"

namespace aozora {
namespace {

constexpr size_t kBytesMax = 1 << 16;

void Run(const uint8_t* data, size_t size) {
  if (size > kBytesMax) return;
  const int file = memfd_create("clip", 0);
  CHECK(file >= 0);
  CHECK(write(file, data, size) == static_cast<ssize_t>(size));
  const Result<ClipLatent> clip = ClipLatent::Load(fmt::format("/proc/self/fd/{}", file));
  close(file);
  const Result<Settings> settings = ParseSettings({reinterpret_cast<const char*>(data), size});
  if (settings.ok()) {
    // JSON that was written by us is read as what it says.
    CHECK(SettingsJson(ParseSettings(SettingsJson(*settings)).value()) == SettingsJson(*settings));
  }
  if (!clip.ok()) return;
  const std::filesystem::path copy =
      std::filesystem::temp_directory_path() / fmt::format("aozora-clip-fuzz-{}", getpid());
  CHECK(clip->Save(copy).ok());
  const Result<ClipLatent> again = ClipLatent::Load(copy);
  std::filesystem::remove(copy);
  CHECK(again.ok());
  CHECK(again->Hash() == clip->Hash());
}

}  // namespace
}  // namespace aozora

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aozora::Run(data, size);
  return 0;
}
