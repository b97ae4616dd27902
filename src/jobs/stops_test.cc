// SPDX-License-Identifier: Apache-2.0
#include "jobs/stops.h"

#include <gtest/gtest.h>

namespace aozora {
namespace {

struct Case {
  StopScope scope;
  std::string_view subject;
  // Whether it forbids: ann reading a video, ann making one, bob making one, an admin's request.
  bool reads, writes, others, administers;
};

TEST(Stops, ForbidWhatTheyNameAndNothingElse) {
  constexpr Case kCases[] = {
      {StopScope::kAll, kStopGeneration, false, false, false, false},  // refused at the queue
      {StopScope::kAll, kStopMaintenance, false, true, true, false},
      {StopScope::kAll, kStopEverything, true, true, true, false},
      {StopScope::kPerson, "ann", false, true, false, true},
      {StopScope::kKey, "key_ann", false, true, false, true},
      {StopScope::kModel, "mini", false, false, false, false},  // refused at the queue
      {StopScope::kFeature, "createVideo", false, true, true, false},
      {StopScope::kFeature, "videos", false, true, true, false},
      {StopScope::kFeature, "batches", false, false, false, false},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(StopName(c.scope, c.subject));
    const std::vector<Stop> stops{{.scope = c.scope, .subject = std::string(c.subject)}};
    const auto forbids = [&](std::string_view who, std::string_view key, bool writes,
                             bool administers) {
      return FindStop(stops, {.person_id = who,
                              .key_id = key,
                              .operation = writes ? "createVideo" : "getVideo",
                              .group = administers ? "admin" : "videos",
                              .writes = writes,
                              .administers = administers}) != nullptr;
    };
    EXPECT_EQ(forbids("ann", "key_ann", false, false), c.reads);
    EXPECT_EQ(forbids("ann", "key_ann", true, false), c.writes);
    EXPECT_EQ(forbids("bob", "key_bob", true, false), c.others);
    EXPECT_EQ(forbids("ann", "key_ann", true, true), c.administers);
  }
}

TEST(Stops, OfNobodyKnownAreNotThoseOfEverybody) {
  const std::vector<Stop> stops{{.scope = StopScope::kPerson, .subject = ""}};
  EXPECT_EQ(FindStop(stops, {.writes = true}), nullptr);
}

TEST(Stops, SayWhatIsWrongWithTheirSubject) {
  EXPECT_FALSE(CheckStop({.scope = StopScope::kKey}).ok());
  EXPECT_FALSE(CheckStop({.scope = StopScope::kAll, .subject = "half"}).ok());
  EXPECT_TRUE(CheckStop({.scope = StopScope::kAll, .subject = "maintenance"}).ok());
}

}  // namespace
}  // namespace aozora
