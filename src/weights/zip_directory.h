// SPDX-License-Identifier: Apache-2.0
// Where the entries of a zip file lie, so that they can be mapped (PKWARE APPNOTE.TXT 6.3; zip64).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

struct ZipEntry {
  std::string name;
  uint64_t offset = 0;  // of the content, bytes from the start of the file
  uint64_t bytes = 0;
};

// The entries in the order of the directory. All content lies inside of `file`; names are unique.
// Compressed, encrypted and split archives are errors. The checksums are not looked at: that would
// read every byte of a model.
Result<std::vector<ZipEntry>> ReadZipDirectory(Bytes file);

}  // namespace aozora
