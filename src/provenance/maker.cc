// SPDX-License-Identifier: Apache-2.0
#include "provenance/maker.h"

#include <algorithm>
#include <span>

#include "base/file.h"

namespace aozora {
namespace {

constexpr std::string_view kMarkKeyFile = "mark.key";
constexpr std::string_view kIdentityFolder = "c2pa";
constexpr std::string_view kOrganization = "Aozora installation";

Result<MarkKey> OpenMarkKey(const std::filesystem::path& path, RandomSource& random) {
  MarkKey key;
  if (!std::filesystem::exists(path)) {
    random.Fill(key);
    const std::string_view text(reinterpret_cast<const char*>(key.data()), key.size());
    TRY(CreateSecretFile(path, text));
  }
  const std::string content = TRY(ReadFile(path, key.size()));
  if (content.size() != key.size()) {
    return Error::Corrupt(
        "{} has {} bytes, not {}: put the backup of this file back, or marks made "
        "so far will not be found any more",
        path.string(), content.size(), key.size());
  }
  std::ranges::copy(std::as_bytes(std::span(content)), key.begin());
  return key;
}

}  // namespace

Result<Maker> OpenMaker(const MakerSettings& settings, const Clock& clock, RandomSource& random) {
  const MarkKey key = TRY(OpenMarkKey(settings.secret_folder / kMarkKeyFile, random));
  if (!settings.identity_files.key.empty()) {
    SigningIdentity given = TRY(SigningIdentity::Load(settings.identity_files, clock));
    return Maker{key, std::move(given), settings.generator};
  }
  SigningIdentity own = TRY(SigningIdentity::MakeOrLoad(settings.secret_folder / kIdentityFolder,
                                                        kOrganization, clock, random));
  return Maker{key, std::move(own), settings.generator};
}

}  // namespace aozora
