// SPDX-License-Identifier: Apache-2.0
// The studio: the web page over the API. Its files are part of the program.
#pragma once

#include <string_view>
#include <vector>

#include "http/router.h"

namespace aozora::routes {

// A file of the built studio. "NAME.br" and "NAME.gz" are NAME compressed.
struct StudioFile {
  std::string_view name;   // "assets/index-3f2a.js"; relative, no ".."
  std::string_view bytes;  // lives as long as the program
};

// What was built into the program, sorted by name; empty if it was built without Node.
const std::vector<StudioFile>& StudioFiles();

// GET / and every path that no other route begins and whose last segment has no dot: the page,
// which looks at the path itself. Files by their names; those under assets/ have a hash of their
// content in their name and may be kept for ever. A page may load from this server only, and
// nothing inline.
void AddStudioRoutes(http::Router& router, const std::vector<StudioFile>& files);

}  // namespace aozora::routes
