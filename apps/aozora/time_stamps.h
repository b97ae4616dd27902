// SPDX-License-Identifier: Apache-2.0
// Time stamps of manifests, asked of an authority over the network.
#pragma once

#include <string>

#include "provenance/c2pa_cose.h"

namespace aozora::app {

// Asks the authority at `url` (http or https; RFC 3161 section 3.4), twice if need be. What it does
// not stamp stays without a stamp, and the log says so: nobody loses a film because a machine
// elsewhere does not answer.
Result<Timestamper> StampsFrom(const std::string& url);

}  // namespace aozora::app
