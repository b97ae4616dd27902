// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "api/create_video.h"
#include "api/problem.h"
#include "api/service.h"
#include "tensor/image.h"

namespace aozora::api {

// A picture that a request brought: kept for the job, and decoded, so that what is no picture is
// refused before anything waits for it.
struct InputImage {
  std::string file_id;
  Image image;
};

// `reference` is the checked value of input_reference: the mark of an upload, a data URL as text or
// under image_url, or a file_id. Addresses of other servers are refused: fetching what a stranger
// names would open this machine's network to them.
Outcome<InputImage> TakeInputImage(const Service& service, const Origin& origin,
                                   const ServedModel& model, const nlohmann::json& reference,
                                   http::FormFile* upload);

// The bytes of "data:image/png;base64,..." (RFC 2397), or nothing if it is no such URL.
struct DataUrl {
  std::string media_type;
  std::string bytes;
};
std::optional<DataUrl> ParseDataUrl(std::string_view text);

}  // namespace aozora::api
