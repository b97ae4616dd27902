// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/result.h"

namespace aozora::http {

inline constexpr const char* kUploadTemplate = "upload-XXXXXX";  // for mkostemp

// Proves that the folder can be written to, and removes the uploads that a crash has left there.
Status PrepareUploadFolder(const std::filesystem::path& folder);

}  // namespace aozora::http
