// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "provenance/mp4_boxes.h"

// Any bytes, as a film and as an index. Shifting changes no length.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const aozora::Mp4Scan scan = aozora::ScanTopLevelBoxes(aozora::MemorySource(bytes)).value();
  uint64_t end = 0;
  for (const aozora::Mp4Box& box : scan.boxes) {
    CHECK_EQ(box.offset, end);
    end += box.size;
    CHECK_LE(end, size);
  }
  (void)aozora::ShiftChunkOffsets(1000, &bytes).ok();
  CHECK_EQ(bytes.size(), size);
  return 0;
}
