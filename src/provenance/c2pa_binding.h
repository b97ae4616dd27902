// SPDX-License-Identifier: Apache-2.0
// Whether the bytes of a file are those that a manifest was made for.
#pragma once

#include <optional>
#include <vector>

#include "provenance/c2pa_report.h"
#include "provenance/cbor_value.h"
#include "provenance/mp4_boxes.h"

namespace aozora {

// Where the manifest was found in an MP4 file.
struct FilmLayout {
  std::vector<Mp4Box> boxes;
  size_t store_box = 0;              // index of the uuid box
  std::optional<Error> broken;       // why the boxes do not fill the file
  std::optional<std::string> stray;  // what stands outside of every hash and must not
};

// The failure, or nothing. `assertion` is that of a c2pa.hash.bmff or c2pa.hash.data box. An Error
// if the file cannot be read.
Result<std::optional<C2paStatus>> CheckBoxHash(const CborValue& assertion, const ByteSource& film,
                                               const FilmLayout& layout);
// Nothing may be left out of the hash but bytes in [store_begin, store_end), where the asset holds
// the manifest itself; an empty range for a sidecar.
Result<std::optional<C2paStatus>> CheckDataHash(const CborValue& assertion, const ByteSource& asset,
                                                uint64_t store_begin, uint64_t store_end);

}  // namespace aozora
