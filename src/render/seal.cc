// SPDX-License-Identifier: Apache-2.0
#include "render/seal.h"

#include <algorithm>

#include "provenance/c2pa_writer.h"
#include "provenance/invisible_mark.h"
#include "provenance/verify.h"

namespace aozora {

std::vector<SoftBinding> BindingsOf(const DeliverySettings& delivery) {
  if (std::min(delivery.width_px, delivery.height_px) < InvisibleMarkSink::kMarkSidePxMin) {
    return {};
  }
  return {{std::string(kMarkAlgorithm), fmt::format("{:08x}", delivery.marks.id)}};
}

std::vector<std::pair<std::string, SettingValue>> ManifestSettings(const Settings& settings) {
  return {{"seed", static_cast<int64_t>(settings.seed)},
          {"steps", int64_t{settings.step_count}},
          {"guidance", double{settings.guidance.front()}},
          {"sampler", std::string(Name(settings.sampler))}};
}

Status SealFiles(const std::vector<std::filesystem::path>& files, const ManifestContent& content,
                 const Sealing& sealing) {
  const SigningIdentity& identity = sealing.maker.identity;
  const Trust trust{identity.root_pem(), sealing.maker.timestamp_roots_pem};
  const SigningTools tools{.identity = identity,
                           .clock = sealing.clock,
                           .random = sealing.random,
                           .trust = trust,
                           .timestamper = sealing.maker.timestamper};
  // Somebody else's identity may come without its root.
  const ProvenanceState enough =
      trust.roots_pem.empty() ? ProvenanceState::kValid : ProvenanceState::kTrusted;
  for (const std::filesystem::path& file : files) {
    const bool inside = file.extension() == ".mp4";
    TRY(inside ? SignMp4(file, content, tools) : SignSidecar(file, content, tools));
    const ManifestReport report = TRY(VerifyManifest(file, trust, sealing.clock));
    if (report.state != enough) {
      return Error::Corrupt(
          "{} was signed and does not verify: {}", file.string(),
          report.failures.empty() ? "the signer is unknown" : report.failures.front().code);
    }
  }
  return Ok();
}

}  // namespace aozora
