// SPDX-License-Identifier: Apache-2.0
#include "routes/batches/runner.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/create_video.h"
#include "api/kept_files.h"
#include "api/video_json.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "routes/batches/input.h"
#include "store/ids.h"

namespace aozora::routes {

using nlohmann::json;

namespace {

constexpr int64_t kRowsPerWrite = 1000;
constexpr int kOk = 200;
constexpr int kNeverAsked = 499;  // the batch ended before this request's turn

// What a request of its own would have been answered.
std::string Refused(const api::Problem& problem) {
  return std::get<std::string>(api::AnswerOf(problem).body);
}

json FaultJson(const BatchFault& fault) {
  return {{"code", fault.code},
          {"message", fault.message},
          {"param", nullptr},
          {"line", fault.line > 0 ? json(fault.line) : json(nullptr)}};
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Query<BatchItemRecord> ItemsOf(const BatchRecord& batch) {
  return Query<BatchItemRecord>().Equal(&BatchItemRecord::batch_id, batch.id);
}

Status Change(Store& store, const BatchRecord& before, const BatchRecord& after) {
  return store.Write([&](Transaction& transaction) { return transaction.Change(before, after); });
}

Status ChangeItem(Store& store, const BatchItemRecord& before, const BatchItemRecord& after) {
  return store.Write([&](Transaction& transaction) { return transaction.Change(before, after); });
}

// A line of the output or of the error file. As OpenAI's: `response` is what the API answered, a
// refusal included; `error` says why there is no answer.
json ResultLine(const BatchRecord& batch, const BatchItemRecord& item) {
  const json answer = json::parse(item.answer_json, nullptr, false);
  json line = {{"id", fmt::format("batch_req_{}_{}", batch.id, item.line)},
               {"custom_id", item.custom_id},
               {"response", nullptr},
               {"error", nullptr}};
  if (item.status_code != kNeverAsked) {
    line["response"] = {{"status_code", item.status_code},
                        {"request_id", fmt::format("{}-{}", batch.id, item.line)},
                        {"body", answer}};
  } else {
    line["error"] = answer;
  }
  return line;
}

bool Succeeded(const BatchItemRecord& item) {
  const json answer = json::parse(item.answer_json, nullptr, false);
  return item.status_code == kOk && answer.value("status", "") == "completed";
}

}  // namespace

Result<bool> BatchRunner::Step() {
  const std::vector<BatchRecord> open = TRY(service_.store.Read([](Transaction& transaction) {
    return transaction.Select(
        Query<BatchRecord>()
            .In(&BatchRecord::state, {BatchState::kValidating, BatchState::kInProgress,
                                      BatchState::kFinalizing, BatchState::kCancelling})
            .Ascending(&BatchRecord::created_ms));
  }));
  bool more = false;
  for (const BatchRecord& batch : open) {
    const Result<bool> again = StepOf(batch);
    if (!again.ok()) {
      Log(LogLevel::kError, "batch {}: {}", batch.id, again.error().message());
      continue;
    }
    more = more || *again;
  }
  return more;
}

Result<bool> BatchRunner::StepOf(const BatchRecord& batch) {
  switch (batch.state) {
    case BatchState::kValidating:
      TRY(Validate(batch));
      return true;
    case BatchState::kInProgress:
      return Advance(batch);
    case BatchState::kCancelling:
      TRY(Abandon(batch));
      return Advance(batch);
    case BatchState::kFinalizing:
      TRY(WriteResults(batch));
      return false;
    default:
      return false;
  }
}

Status BatchRunner::Validate(const BatchRecord& batch) {
  BatchRecord after = batch;
  const auto text = ReadFile(service_.folder.File(batch.input_file_id), limits_.file_bytes_max);
  BatchInput input;
  if (text.ok()) {
    input = ReadBatchInput(service_.contract, batch.id, *text, limits_);
  } else {
    input.faults.push_back({0, "unreadable_file", "the input file is gone or too large"});
  }
  const int64_t now_ms = NowMs(service_.clock);
  if (!input.faults.empty()) {
    json faults = json::array();
    for (const BatchFault& fault : input.faults) faults.push_back(FaultJson(fault));
    after.errors_json = Dump(faults);
    after.state = BatchState::kFailed;
    after.ended_ms = now_ms;
    return Change(service_.store, batch, after);
  }
  // Rows that an earlier try has written are put again as they are.
  for (size_t from = 0; from < input.items.size(); from += kRowsPerWrite) {
    const size_t end = std::min(input.items.size(), from + kRowsPerWrite);
    const auto put = [&](Transaction& transaction) -> Status {
      for (size_t i = from; i < end; ++i) TRY(transaction.Put(input.items[i]));
      return Ok();
    };
    TRY(service_.store.Write(put));
  }
  after.item_count = static_cast<int64_t>(input.items.size());
  after.state = BatchState::kInProgress;
  after.in_progress_ms = now_ms;
  return Change(service_.store, batch, after);
}

Result<bool> BatchRunner::Advance(const BatchRecord& batch) {
  const bool expired = NowMs(service_.clock) >= batch.expires_ms;
  if (expired && batch.state == BatchState::kInProgress) TRY(Abandon(batch));
  bool more = false;
  if (!expired && batch.state == BatchState::kInProgress) more = TRY(Submit(batch));
  more = TRY(Collect(batch)) || more;
  BatchRecord after = batch;
  const auto items = TRY(service_.store.Read(
      [&](Transaction& transaction) { return transaction.Select(ItemsOf(batch)); }));
  const auto is_open = [](const BatchItemRecord& item) { return item.status_code == 0; };
  const auto open = std::count_if(items.begin(), items.end(), is_open);
  after.completed_count = std::count_if(items.begin(), items.end(), Succeeded);
  after.failed_count = static_cast<int64_t>(items.size()) - open - after.completed_count;
  if (open == 0) {
    after.state = BatchState::kFinalizing;
    after.finalizing_ms = NowMs(service_.clock);
    more = true;
  }
  if (after.failed_count != batch.failed_count || after.completed_count != batch.completed_count ||
      after.state != batch.state) {
    TRY(Change(service_.store, batch, after));
  }
  return more;
}

Result<bool> BatchRunner::Submit(const BatchRecord& batch) {
  const std::vector<BatchItemRecord> items = TRY(service_.store.Read([&](Transaction& transaction) {
    return transaction.Select(ItemsOf(batch)
                                  .Equal(&BatchItemRecord::job_id, "")
                                  .Equal(&BatchItemRecord::status_code, 0)
                                  .Ascending(&BatchItemRecord::line)
                                  .Limit(limits_.items_per_round_max));
  }));
  const auto person = TRY(service_.keys.FindPerson(batch.person_id));
  for (const BatchItemRecord& item : items) {
    api::Origin origin;
    origin.role = person ? person->role : "";
    origin.person_id = batch.person_id;
    origin.batch_id = batch.id;
    origin.request_id = fmt::format("{}-{}", batch.id, item.line);
    // A job that was made before this process died is found again and not made twice.
    origin.idempotency_key = origin.request_id;
    origin.body_sha256 = Sha256Hex(item.body_json);
    auto jobs = api::CreateVideo(service_, origin, json::parse(item.body_json), /*upload=*/nullptr);
    BatchItemRecord after = item;
    if (jobs.ok()) {
      after.job_id = jobs->front().id;
    } else if (jobs.error().retry_after_s) {
      return false;  // the queue is full or this person has enough in it: later
    } else {
      after.status_code = jobs.error().status;
      after.answer_json = Refused(jobs.error());
    }
    TRY(ChangeItem(service_.store, item, after));
  }
  return static_cast<int64_t>(items.size()) == limits_.items_per_round_max;
}

Result<bool> BatchRunner::Collect(const BatchRecord& batch) {
  const std::vector<BatchItemRecord> items = TRY(service_.store.Read([&](Transaction& transaction) {
    return transaction.Select(ItemsOf(batch)
                                  .NotEqual(&BatchItemRecord::job_id, "")
                                  .Equal(&BatchItemRecord::status_code, 0)
                                  .Ascending(&BatchItemRecord::line));
  }));
  for (const BatchItemRecord& item : items) {
    const Result<JobRecord> job = service_.queue.Get(item.job_id);
    if (!job.ok() && job.error().code() != ErrorCode::kNotFound) return job.error();
    if (job.ok() && !IsTerminal(job->state)) continue;
    BatchItemRecord after = item;
    after.status_code = kOk;
    if (job.ok()) {
      after.answer_json = Dump(api::VideoJson(service_.folder, *job, std::nullopt));
    } else {
      after.status_code = 404;
      after.answer_json = Refused(api::NoSuch("video", item.job_id));
    }
    TRY(ChangeItem(service_.store, item, after));
  }
  return false;
}

Status BatchRunner::Abandon(const BatchRecord& batch) {
  const std::vector<BatchItemRecord> items = TRY(service_.store.Read([&](Transaction& transaction) {
    return transaction.Select(ItemsOf(batch).Equal(&BatchItemRecord::status_code, 0));
  }));
  const bool cancelled = batch.state == BatchState::kCancelling;
  api::Problem problem;
  problem.code = cancelled ? "batch_cancelled" : "batch_expired";
  problem.message = cancelled ? "the batch was cancelled before this request was made"
                              : "the batch's time was over before this request was made";
  for (const BatchItemRecord& item : items) {
    if (!item.job_id.empty()) {
      const Result<JobRecord> job = service_.queue.Cancel(item.job_id, batch.person_id);
      if (!job.ok() && job.error().code() != ErrorCode::kNotFound) return job.error();
      continue;
    }
    BatchItemRecord after = item;
    after.status_code = kNeverAsked;
    after.answer_json = Dump({{"code", problem.code}, {"message", problem.message}});
    TRY(ChangeItem(service_.store, item, after));
  }
  return Ok();
}

Status BatchRunner::WriteResults(const BatchRecord& batch) {
  std::string completed, failed;
  for (const BatchItemRecord& item : TRY(service_.store.Read([&](Transaction& transaction) {
         return transaction.Select(ItemsOf(batch).Ascending(&BatchItemRecord::line));
       }))) {
    (Succeeded(item) ? completed : failed) += Dump(ResultLine(batch, item)) + "\n";
  }
  BatchRecord after = batch;
  const auto keep = [&](const char* suffix, const std::string& text) {
    return api::KeepBytes(
        service_,
        {batch.person_id, "batch_output", batch.id + suffix, "application/jsonl", std::nullopt},
        text);
  };
  if (!completed.empty()) after.output_file_id = TRY(keep("_output.jsonl", completed)).id;
  if (!failed.empty()) after.error_file_id = TRY(keep("_error.jsonl", failed)).id;
  after.ended_ms = NowMs(service_.clock);
  after.state = BatchState::kCompleted;
  if (batch.cancelling_ms) {
    after.state = BatchState::kCancelled;
  } else if (*after.ended_ms >= batch.expires_ms && batch.failed_count > 0) {
    after.state = BatchState::kExpired;
  }
  return Change(service_.store, batch, after);
}

}  // namespace aozora::routes
