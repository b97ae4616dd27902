// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aozora::api {

inline constexpr size_t kDownloadNameBytesMax = 60;

// What a video is saved under, without the extension: the first words of its prompt, as small
// ASCII letters and digits with hyphens between them ("a-red-sailboat-drifts"), or `otherwise`
// where nothing is left of them.
std::string DownloadName(std::string_view prompt, std::string_view otherwise);

}  // namespace aozora::api
