// SPDX-License-Identifier: Apache-2.0
// The manifest store inside of a PNG, JPEG or WebP file (C2PA 2.2, A.3): read, never written here.
#pragma once

#include <string>

#include "provenance/byte_source.h"

namespace aozora {

struct PictureStore {
  std::string bytes;   // "": there is none
  uint64_t begin = 0;  // what it takes of the file, with the headers around it
  uint64_t end = 0;
};

// A caBX chunk, APP11 segments, or a C2PA chunk. Of a file that is not whole, not one of these, or
// has more than one of them: none. An error only if the file cannot be read.
Result<PictureStore> FindPictureStore(const ByteSource& picture);

}  // namespace aozora
