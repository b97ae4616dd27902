// SPDX-License-Identifier: Apache-2.0
// What is SQLite's alone; tests/store has what it shares with other stores.
#include "stores/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/folder_testonly.h"
#include "store/audit.h"
#include "store/job_records.h"
#include "store/people_records.h"
#include "store/schema.h"
#include "stores/sqlite/connection.h"

namespace aozora {
namespace {

using testing::HasSubstr;

class SqliteStoreTest : public testing::Test {
 protected:
  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "test.db";
};

TEST_F(SqliteStoreTest, MakesTheTablesOfTheProduct) {
  const std::unique_ptr<Store> store = OpenSqliteStore(file_, ProductSchema()).value();
  PersonRecord person;
  person.id = "person_1";
  JobRecord job;
  job.id = "video_1";
  job.person_id = "person_1";
  const Status status = store->Write([&](Transaction& t) -> Status {
    TRY(t.Insert(person));
    return t.Insert(job);
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(store->Read([](Transaction& t) { return t.Find<JobRecord>("video_1"); })
                .value()
                ->settings_json,
            "{}");
}

TEST_F(SqliteStoreTest, SyncsEachCommitOfAWriteAheadLog) {
  const std::unique_ptr<Store> store = OpenSqliteStore(file_, ProductSchema()).value();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "test.db-wal"));
  const auto other = sqlite::Connection::Open(file_, 0).value();
  EXPECT_EQ(other->Text("PRAGMA journal_mode").value(), "wal");
}

TEST_F(SqliteStoreTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file_) << std::string(5'000, 'x');
  const auto store = OpenSqliteStore(file_, ProductSchema());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(store.error().message(), HasSubstr(file_.string()));
}

TEST_F(SqliteStoreTest, RefusesTheDatabaseOfAnotherProgram) {
  ASSERT_TRUE(sqlite::Connection::Open(file_, 0).value()->Run("CREATE TABLE t (a)").ok());
  const auto store = OpenSqliteStore(file_, ProductSchema());
  ASSERT_FALSE(store.ok());
  EXPECT_THAT(store.error().message(), HasSubstr("another program"));
}

TEST_F(SqliteStoreTest, RefusesADamagedDatabase) {
  {
    const std::unique_ptr<Store> store = OpenSqliteStore(file_, ProductSchema()).value();
    const Status status = store->Write([](Transaction& t) -> Status {
      for (int i = 0; i < 500; ++i) {
        TRY(t.Put(SettingRecord{.name = fmt::format("name {}", i),
                                .value_json = std::string(200, 'x'),
                                .changed_by = {}}));
      }
      return Ok();
    });
    ASSERT_TRUE(status.ok());
  }
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(0, std::ios::end);
  const auto size = static_cast<int64_t>(file.tellp());
  for (int64_t at = size * 3 / 4; at < size; at += 64) {  // the pages of the last quarter
    file.seekp(at);
    file.write("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  }
  file.close();
  const auto store = OpenSqliteStore(file_, ProductSchema());
  ASSERT_FALSE(store.ok());
  EXPECT_THAT(store.error().message(), HasSubstr("restore a backup"));
}

}  // namespace
}  // namespace aozora
