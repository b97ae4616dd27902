// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "provenance/c2pa_reader.h"

// Any bytes, as a film, a picture and a sidecar: a report. Nobody who is not asked is trusted.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const aozora::FakeClock clock;
  const aozora::MemorySource source(bytes);
  for (const aozora::Result<aozora::ManifestReport>& report :
       {aozora::ReadMp4Manifest(source, {}, clock), aozora::ReadPictureManifest(source, {}, clock),
        aozora::ReadSidecarManifest(bytes, source, {}, clock)}) {
    if (report.ok()) CHECK(report->state != aozora::ProvenanceState::kTrusted);
  }
  return 0;
}
