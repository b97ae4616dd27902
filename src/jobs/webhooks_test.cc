// SPDX-License-Identifier: Apache-2.0
#include "jobs/webhooks.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "jobs/queue_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

constexpr const char* kSecret = "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=";

TEST(WebhookSignature, IsTheOneThatOpenAisClientExpects) {
  // openai-python, tests/lib/test_webhooks.py.
  const std::string body =
      R"({"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", )"
      R"("created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}})";
  EXPECT_EQ(
      WebhookSignature(kSecret, "wh_685c059ae39c8190af8c71ed1022a24d", 1750861210, body).value(),
      "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY=");
}

TEST(WebhookSignature, NeedsASecretOfItsForm) {
  EXPECT_FALSE(WebhookSignature("secret", "id", 1, "body").ok());
  EXPECT_FALSE(WebhookSignature("whsec_not base64", "id", 1, "body").ok());
  SeededRandom random(1);
  EXPECT_TRUE(WebhookSignature(NewWebhookSecret(random), "id", 1, "body").ok());
}

class FakePoster : public Poster {
 public:
  Result<PostAnswer> Send(const Post& post) override {
    posts.push_back(post);
    return answer;
  }
  std::string Header(size_t index, const std::string& name) const {
    for (const auto& [key, value] : posts.at(index).headers) {
      if (key == name) return value;
    }
    return {};
  }
  std::vector<Post> posts;
  Result<PostAnswer> answer = PostAnswer{200, ""};
};

class WebhooksTest : public QueueTest {
 protected:
  WebhooksTest() {
    endpoint_ = webhooks_.AddEndpoint("ann", "https://example.org/hook", "").value();
  }
  std::string EndOne(bool well) {
    const JobRecord job = Create(Job("ann"));
    const Holder holder = Lease();
    EXPECT_TRUE(well ? queue_->Complete(holder, "{}", 1).value()
                     : queue_->Fail(holder, "content_filter", "no", false).value());
    return job.id;
  }
  DeliveryRecord Newest() { return webhooks_.Log("ann", endpoint_.id, 1).value().at(0); }

  WebhookLimits webhook_limits_;
  FakePoster poster_;
  Webhooks webhooks_{*store_, clock_, random_, poster_};
  WebhookEndpointRecord endpoint_;
};

TEST_F(WebhooksTest, TheEndOfAJobIsSentOnceSigned) {
  const std::string id = EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
  EXPECT_EQ(webhooks_.SendDue().value(), 0);
  ASSERT_EQ(poster_.posts.size(), 1u);
  const Post& post = poster_.posts[0];
  EXPECT_THAT(post.body, HasSubstr(R"("type":"video.completed")"));
  EXPECT_THAT(post.body, HasSubstr(fmt::format(R"("data":{{"id":"{}"}})", id)));
  const std::string event_id = poster_.Header(0, "webhook-id");
  EXPECT_THAT(post.body, HasSubstr(event_id));
  EXPECT_EQ(poster_.Header(0, "webhook-signature"),
            WebhookSignature(endpoint_.secret, event_id,
                             std::stoll(poster_.Header(0, "webhook-timestamp")), post.body)
                .value());
  EXPECT_EQ(Newest().state, DeliveryState::kDelivered);
}

TEST_F(WebhooksTest, OnlyWantedEventsOfTheirOwnGoOut) {
  ASSERT_TRUE(webhooks_.AddEndpoint("ann", "https://example.org/2", "video.failed").ok());
  ASSERT_TRUE(webhooks_.AddEndpoint("bob", "https://example.org/3", "").ok());
  EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
  EndOne(false);
  EXPECT_EQ(webhooks_.SendDue().value(), 2);
  EXPECT_EQ(poster_.Header(1, "webhook-id"), poster_.Header(2, "webhook-id"));
}

TEST_F(WebhooksTest, FailuresAreRetriedForThreeDaysWithTheSameIdAndThenGivenUp) {
  EndOne(true);
  int64_t tries = 0;
  for (const Result<PostAnswer>& answer : {Result(PostAnswer{500, ""}), Result(PostAnswer{302, ""}),
                                           Result<PostAnswer>(Error::Io("no route"))}) {
    poster_.answer = answer;
    EXPECT_EQ(webhooks_.SendDue().value(), 1);
    EXPECT_EQ(webhooks_.SendDue().value(), 0);  // not before its time
    EXPECT_EQ(Newest().last_status, answer.ok() ? answer->status : 0);
    const int64_t delay_ms = Newest().next_attempt_ms - NowMs(clock_);
    const int64_t base_ms = webhook_limits_.first_delay_ms << tries++;
    EXPECT_GE(delay_ms, base_ms * 8 / 10 - 1);
    EXPECT_LE(delay_ms, base_ms * 12 / 10 + 1);
    Pass(delay_ms);
  }
  EXPECT_THAT(Newest().last_error, HasSubstr("no route"));
  const int64_t begin_ms = Newest().created_ms;
  while (Newest().state == DeliveryState::kPending) {
    Pass(std::max<int64_t>(0, Newest().next_attempt_ms - NowMs(clock_)));
    EXPECT_EQ(webhooks_.SendDue().value(), 1);
    ++tries;
  }
  EXPECT_EQ(Newest().state, DeliveryState::kGivenUp);
  const int64_t lasted_ms = NowMs(clock_) - begin_ms;
  EXPECT_LE(lasted_ms, webhook_limits_.give_up_ms);
  EXPECT_GE(lasted_ms, webhook_limits_.give_up_ms - webhook_limits_.delay_max_ms * 12 / 10);
  EXPECT_EQ(poster_.posts.size(), static_cast<size_t>(tries));
  for (size_t i = 1; i < poster_.posts.size(); ++i) {
    EXPECT_EQ(poster_.Header(i, "webhook-id"), poster_.Header(0, "webhook-id"));
  }
}

TEST_F(WebhooksTest, GoneDisablesTheEndpointUntilItIsEnabled) {
  EndOne(true);
  poster_.answer = PostAnswer{410, ""};
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
  EXPECT_EQ(Newest().state, DeliveryState::kDisabled);
  EXPECT_THAT(webhooks_.GetEndpoint("ann", endpoint_.id)->disabled_reason, HasSubstr("410"));
  EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 0);
  ASSERT_TRUE(webhooks_.EnableEndpoint("ann", endpoint_.id).ok());
  EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
}

TEST_F(WebhooksTest, BothSecretsSignForADayAfterARotation) {
  const WebhookEndpointRecord rotated = webhooks_.RotateSecret("ann", endpoint_.id).value();
  EXPECT_NE(rotated.secret, endpoint_.secret);
  EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
  const std::string both = poster_.Header(0, "webhook-signature");
  EXPECT_EQ(std::count(both.begin(), both.end(), ' '), 1);
  EXPECT_THAT(both, HasSubstr(WebhookSignature(endpoint_.secret, poster_.Header(0, "webhook-id"),
                                               NowMs(clock_) / 1000, poster_.posts[0].body)
                                  .value()));
  Pass(webhook_limits_.rotation_ms);
  EndOne(true);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
  const std::string one = poster_.Header(1, "webhook-signature");
  EXPECT_EQ(std::count(one.begin(), one.end(), ' '), 0);
}

TEST_F(WebhooksTest, ASenderThatDiedIsReplaced) {
  EndOne(true);
  // It claimed the delivery and was never heard of again.
  const Status claimed = store_->Write([&](Transaction& t) -> Status {
    const DeliveryRecord before = TRY(t.Select(Query<DeliveryRecord>())).at(0);
    DeliveryRecord after = before;
    after.attempt_count = 1;
    after.next_attempt_ms = NowMs(clock_) + webhook_limits_.claim_ms;
    return t.Change(before, after);
  });
  ASSERT_TRUE(claimed.ok());
  EXPECT_EQ(webhooks_.SendDue().value(), 0);
  Pass(webhook_limits_.claim_ms);
  EXPECT_EQ(webhooks_.SendDue().value(), 1);
}

TEST_F(WebhooksTest, UrlsAreJudgedAndEndpointsCountedAndOwned) {
  for (const char* bad : {"", "ftp://example.org", "https://", "https://user:pw@example.org/",
                          "https://exa mple.org", "javascript:alert(1)", "https:///path"}) {
    EXPECT_FALSE(webhooks_.AddEndpoint("ann", bad, "").ok()) << bad;
  }
  EXPECT_EQ(webhooks_.GetEndpoint("bob", endpoint_.id).error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(webhooks_.RemoveEndpoint("bob", endpoint_.id).ok());
  for (int64_t i = 1; i < webhook_limits_.endpoints_per_person_max; ++i) {
    EXPECT_TRUE(webhooks_.AddEndpoint("ann", "https://example.org", "").ok());
  }
  EXPECT_EQ(webhooks_.AddEndpoint("ann", "https://example.org", "").error().code(),
            ErrorCode::kExhausted);
  EndOne(true);
  EXPECT_TRUE(webhooks_.RemoveEndpoint("ann", endpoint_.id).ok());
  EXPECT_EQ(webhooks_.Endpoints("ann")->size(),
            static_cast<size_t>(webhook_limits_.endpoints_per_person_max) - 1);
}

}  // namespace
}  // namespace aozora
