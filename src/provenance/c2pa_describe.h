// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "provenance/c2pa_report.h"
#include "provenance/c2pa_store.h"

namespace aozora {

// Writes into the report what a manifest claims; whether it holds is not asked here.
void Describe(const Manifest& manifest, ManifestReport* report);

}  // namespace aozora
