// SPDX-License-Identifier: Apache-2.0
#include "access/person_names.h"

#include <algorithm>

#include "store/people_records.h"

namespace aozora {
namespace {

constexpr std::ptrdiff_t kIdsAtOnceMax = 500;  // of one query

}  // namespace

Result<PersonNames> NamesOf(Transaction& transaction, const std::vector<std::string>& ids) {
  std::vector<std::string> wanted = ids;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  PersonNames names;
  for (auto at = wanted.begin(); at != wanted.end();) {
    const auto end = at + std::min(kIdsAtOnceMax, wanted.end() - at);
    for (PersonName& person : TRY(transaction.Select(
             Query<PersonName>().In(&PersonName::id, std::vector<std::string>(at, end))))) {
      names.emplace(std::move(person.id), std::move(person.name));
    }
    at = end;
  }
  return names;
}

}  // namespace aozora
