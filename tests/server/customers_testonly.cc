// SPDX-License-Identifier: Apache-2.0
#include "customers_testonly.h"

#include <fmt/core.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "served_testonly.h"

namespace aozora {
namespace {

constexpr int kCreatorCount = 2;
constexpr int kWatcherCount = 2;
constexpr std::chrono::milliseconds kWatchInterval{40};
constexpr std::chrono::milliseconds kRetryInterval{50};
// One in so many.
constexpr uint64_t kReplays = 10;   // creates said again although they were answered
constexpr uint64_t kDeletes = 400;  // of the looks at a job
constexpr std::array<std::string_view, 3> kVariants = {"video", "thumbnail", "spritesheet"};

// Small enough that a render takes a second.
std::string BodyOf(RandomSource& random) {
  return fmt::format(
      R"({{"prompt":"a red boat {}","size":"64x64","seconds":"1","fps":8,"steps":12,"seed":{}}})",
      random.Below(1000), random.Below(1'000'000));
}

}  // namespace

Customers::Customers(uint16_t port, std::string key, uint64_t seed, int create_interval_ms,
                     Ledger* ledger)
    : port_(port), key_(std::move(key)), create_interval_ms_(create_interval_ms), ledger_(*ledger) {
  for (int i = 0; i < kCreatorCount; ++i) {
    creators_.emplace_back([this, seed, i] { Create(seed * 31 + static_cast<uint64_t>(i), i); });
  }
  for (int i = 0; i < kWatcherCount; ++i) {
    watchers_.emplace_back([this, seed, i] { Watch(seed * 37 + static_cast<uint64_t>(i)); });
  }
}

Customers::~Customers() { Stop(); }

void Customers::StopCreating() {
  creating_ = false;
  for (std::thread& thread : creators_) thread.join();
  creators_.clear();
}

void Customers::Stop() {
  StopCreating();
  watching_ = false;
  for (std::thread& thread : watchers_) thread.join();
  watchers_.clear();
}

void Customers::Create(uint64_t seed, int number) {
  SeededRandom random(seed);
  Client client(port_, key_);
  for (uint64_t i = 0; creating_; ++i) {
    const std::string key = fmt::format("order-{}-{}", number, i);
    const std::string body = BodyOf(random);
    // Nobody knows whether an unanswered one was done, so it is said again until it is answered.
    while (!CreateOnce(client, key, body)) {
      ++retry_count_;
      Pause(kRetryInterval);
    }
    ++create_count_;
    if (random.Below(kReplays) == 0) CreateOnce(client, key, body);
    Pause(std::chrono::milliseconds(random.Below(2 * static_cast<uint64_t>(create_interval_ms_))));
  }
}

bool Customers::CreateOnce(Client& client, const std::string& key, const std::string& body) {
  const Answer answer =
      client.Post("/v1/videos", body, fmt::format("Idempotency-Key: {}\r\n", key));
  if (!answer.whole) return false;
  const nlohmann::json video = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !video.is_object()) {
    ledger_.Fault(fmt::format("create {}: {} {}", key, answer.status, answer.body));
    return true;
  }
  ledger_.Created(key, body, video.value("id", ""));
  return true;
}

void Customers::Watch(uint64_t seed) {
  SeededRandom random(seed);
  Client client(port_, key_);
  for (; watching_; Pause(kWatchInterval)) {
    const auto any = ledger_.Any(random);
    if (!any) continue;
    const auto& [key, job] = *any;
    if (!job.delete_asked && random.Below(kDeletes) == 0) {
      Delete(client, key, job);
      continue;
    }
    const Answer answer = client.Get("/v1/videos/" + job.id);
    if (answer.whole) ledger_.Saw(key, answer.status, answer.body, job.deleted);
    Download(client, random, key, job);
  }
}

void Customers::Delete(Client& client, const std::string& key, const Ledger::Job& job) {
  ledger_.AskDelete(key);
  Answer answer;
  while (!answer.whole) {
    answer = client.Delete("/v1/videos/" + job.id);
    if (!answer.whole) Pause(kRetryInterval);
  }
  // 404: an attempt that nobody answered was done.
  if (answer.status == 200 || answer.status == 404) return ledger_.Deleted(key);
  ledger_.Fault(fmt::format("delete {}: {} {}", job.id, answer.status, answer.body));
}

// Asks also for what is not there yet: whatever is served must be whole.
void Customers::Download(Client& client, RandomSource& random, const std::string& key,
                         const Ledger::Job& job) {
  const std::string variant(kVariants[random.Below(kVariants.size())]);
  const Answer answer =
      client.Get(fmt::format("/v1/videos/{}/content?variant={}", job.id, variant));
  if (answer.status == 0 || answer.status == 404) return;
  if (answer.status != 200) {
    return ledger_.Fault(fmt::format("content of {}: {} {}", job.id, answer.status, answer.body));
  }
  if (!answer.whole) {
    ++cut_count_;  // and the client knows it
    return;
  }
  ++download_count_;
  ledger_.SawEtag(key, variant, answer.Header("ETag"));
  if (answer.Header("ETag") != fmt::format("\"{}\"", Sha256Hex(answer.body))) {
    ledger_.Fault(fmt::format("{} of {}: bytes that are not those of its etag", variant, job.id));
  }
  if (variant == "video" && !IsWholeMp4(answer.body)) {
    ledger_.Fault(fmt::format("{}: a video that is not whole", job.id));
  }
}

}  // namespace aozora
