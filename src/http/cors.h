// SPDX-License-Identifier: Apache-2.0
// Pages of other origins that may call us (fetch.spec.whatwg.org, section 3.2). No cookies: such
// pages bring a key.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace aozora::http {

// Adds to the fields of an answer what an allowed origin needs in order to read it.
void AllowOrigin(const std::vector<std::string>& allowed_origins, const Headers& request,
                 Headers* answer);

// The answer to OPTIONS, for a path that has `methods`: Allow, and permissions if an allowed origin
// asks for them beforehand.
Response AnswerOptions(const std::vector<std::string>& allowed_origins, const Headers& request,
                       const std::vector<Method>& methods);

std::string MethodList(const std::vector<Method>& methods);  // "GET, HEAD"

}  // namespace aozora::http
