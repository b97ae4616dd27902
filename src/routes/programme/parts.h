// SPDX-License-Identifier: Apache-2.0
// The operations of this folder, by what they work on.
#pragma once

#include "api/endpoint.h"

namespace aozora::routes {

void AddClipRoutes(http::Router& router, const api::Service& service);
void AddReviewRoutes(http::Router& router, const api::Service& service);
void AddShareRoutes(http::Router& router, const api::Service& service);
void AddContributionRoutes(http::Router& router, const api::Service& service);
void AddCreditRoutes(http::Router& router, const api::Service& service);
void AddGrantRoutes(http::Router& router, const api::Service& service);  // and invitations

api::OperationRoute Get(std::string_view pattern, std::string_view name, api::Operation operation,
                        Action action);
api::OperationRoute Post(std::string_view pattern, std::string_view name, api::Operation operation,
                         Action action, http::BodyKind body = http::BodyKind::kJson);
api::OperationRoute Delete(std::string_view pattern, std::string_view name,
                           api::Operation operation, Action action);

// As this viewer may see it: the author, reviewers and admins all of it, others what is public.
nlohmann::json ClipJson(const ClipView& view, const Viewer& viewer);
http::Response AnswerClip(const ClipView& view, const api::Call& call);

nlohmann::json TextOrNull(const std::string& text);  // null: an empty one

// The member of a body, or "".
std::string TextOf(const nlohmann::json& body, const char* name);

}  // namespace aozora::routes
