// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "provenance/c2pa_reader.h"

// Any bytes, as a film and as a sidecar: a report. Nobody who is not asked is trusted.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const aozora::FakeClock clock;
  for (const bool beside : {false, true}) {
    const aozora::MemorySource source(bytes);
    const aozora::Result<aozora::ManifestReport> report =
        beside ? aozora::ReadSidecarManifest(bytes, source, {}, clock)
               : aozora::ReadMp4Manifest(source, {}, clock);
    if (report.ok()) CHECK(report->state != aozora::ProvenanceState::kTrusted);
  }
  return 0;
}
