// SPDX-License-Identifier: Apache-2.0
#include "jobs/flags.h"

namespace aozora {
namespace {

constexpr std::string_view kOfPictures = "output: ";  // how reasons began before they had rows

// Whole characters of UTF-8.
void CutText(size_t bytes_max, std::string* text) {
  if (text->size() <= bytes_max) return;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80) --end;
  text->resize(end);
}

// A flag that is older than the rows of reasons.
FlagReasonRecord ReasonOf(const FlagRecord& flag) {
  FlagReasonRecord reason;
  reason.job_id = flag.job_id;
  reason.reason = flag.reason;
  reason.set_by = flag.set_by;
  reason.at_ms = flag.at_ms;
  if (flag.set_by == kPolicyFlags) {
    const bool of_pictures = flag.reason.starts_with(kOfPictures);
    reason.source = of_pictures ? FlagSource::kPictures : FlagSource::kPrompt;
  }
  return reason;
}

}  // namespace

Result<bool> AddFlag(Transaction& transaction, const std::string& job_id, int64_t now_ms,
                     FlagReasonRecord reason) {
  reason.job_id = job_id;
  reason.at_ms = now_ms;
  CutText(kFlagTextBytesMax, &reason.text);
  const bool is_new = !TRY(transaction.Find<FlagRecord>(job_id));
  if (is_new) {
    TRY(transaction.Insert(FlagRecord{job_id, reason.reason, reason.set_by, now_ms}));
  } else if (TRY(transaction.Count(Query<FlagReasonRecord>().Equal(&FlagReasonRecord::job_id,
                                                                   job_id))) >= kFlagReasonsMax) {
    return false;
  }
  TRY(transaction.Append(reason));
  return is_new;
}

Result<std::vector<FlagReasonRecord>> FlagReasons(Transaction& transaction,
                                                  const std::string& job_id) {
  std::vector<FlagReasonRecord> reasons;
  const std::optional<FlagRecord> flag = TRY(transaction.Find<FlagRecord>(job_id));
  if (!flag) return reasons;
  reasons = TRY(transaction.Select(Query<FlagReasonRecord>()
                                       .Equal(&FlagReasonRecord::job_id, job_id)
                                       .Ascending(&FlagReasonRecord::seq)));
  const bool has_first = !reasons.empty() && reasons.front().at_ms == flag->at_ms;
  if (!has_first) reasons.insert(reasons.begin(), ReasonOf(*flag));
  return reasons;
}

}  // namespace aozora
