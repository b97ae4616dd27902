// SPDX-License-Identifier: Apache-2.0
// The operations of this folder, by what they work on.
#pragma once

#include "api/create_video.h"
#include "api/endpoint.h"

namespace aozora::routes {

void AddCreateRoutes(http::Router& router, const api::Service& service);   // create
void AddJobRoutes(http::Router& router, const api::Service& service);      // list, get, delete ...
void AddDerivedRoutes(http::Router& router, const api::Service& service);  // remix, edit, extend
void AddContentRoutes(http::Router& router, const api::Service& service);  // the files
void AddCharacterRoutes(http::Router& router, const api::Service& service);
void AddEventRoutes(http::Router& router, const api::Service& service);
void AddModelRoutes(http::Router& router, const api::Service& service);

// A job of the caller's, with 404 for all others.
api::Outcome<JobRecord> FindVideo(const api::Service& service, const api::Call& call,
                                  std::string_view id);

// The answer that shows a job: with the place it has, and when it is worth asking again.
api::Outcome<http::Response> AnswerVideo(const api::Service& service, const JobRecord& job);
http::Response AnswerVideo(const nlohmann::json& video, const JobRecord& job,
                           const std::optional<QueuePlace>& place);

// Whose request it is, as jobs remember it.
api::Origin OriginOf(const api::Call& call);

}  // namespace aozora::routes
