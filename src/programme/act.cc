// SPDX-License-Identifier: Apache-2.0
#include "programme/act.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "store/audit.h"

namespace aozora {
namespace {

constexpr size_t kSecretBytes = 32;

}  // namespace

Status AppendAct(Transaction& transaction, int64_t at_ms, const Actor& actor,
                 std::string_view action, std::string_view subject, std::string_view detail) {
  AuditRecord record;
  record.at_ms = at_ms;
  record.actor = actor.id;
  record.action = action;
  record.subject = subject;
  if (!actor.address.empty()) record.detail = "from=" + actor.address;
  if (!detail.empty()) record.detail += (record.detail.empty() ? "" : " ") + std::string(detail);
  return AppendAudit(transaction, std::move(record));
}

std::string NewSecret(std::string_view lead, RandomSource& random) {
  std::array<std::byte, kSecretBytes> bytes;
  random.Fill(bytes);
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(lead) + HexEncode(view);
}

bool IsSecret(std::string_view lead, std::string_view text) {
  if (!text.starts_with(lead) || text.size() != lead.size() + 2 * kSecretBytes) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(lead.size()), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Status CheckText(std::string_view what, std::string_view text, size_t max_bytes, size_t min) {
  if (text.size() >= min && text.size() <= max_bytes) return Ok();
  return Error::Invalid("{} has {} to {} bytes", what, min, max_bytes);
}

}  // namespace aozora
