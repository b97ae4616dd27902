// SPDX-License-Identifier: Apache-2.0
#include "access/person_names.h"

#include <gtest/gtest.h>

#include "store/people_records.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

TEST(PersonNames, AreThoseOfWhoIsThereHoweverManyAreAskedFor) {
  const auto store = OpenSqliteInMemory(ProductSchema()).value();
  constexpr size_t kPeople = 1'200;
  std::vector<std::string> ids = {"", "operator", "person_7", "person_7"};
  store
      ->Write([&](Transaction& t) -> Status {
        for (size_t i = 0; i < kPeople; ++i) {
          PersonRecord person;
          person.id = "person_" + std::to_string(i);
          person.name = "name " + std::to_string(i);
          TRY(t.Insert(person));
          ids.push_back(person.id);
        }
        return Ok();
      })
      .value();
  const PersonNames names = store->Read([&](Transaction& t) { return NamesOf(t, ids); }).value();
  EXPECT_EQ(names.size(), kPeople);
  EXPECT_EQ(names.at("person_7"), "name 7");
  EXPECT_EQ(names.at("person_1199"), "name 1199");
  EXPECT_TRUE(store->Read([&](Transaction& t) { return NamesOf(t, {}); }).value().empty());
}

}  // namespace
}  // namespace aozora
