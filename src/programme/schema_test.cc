// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>

#include "programme/programme_testonly.h"

namespace aozora {
namespace {

// A folder of this test alone, removed with it.
class Folder {
 public:
  Folder() { std::filesystem::create_directory(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path database() const { return path_ / "aozora.db"; }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("aozora-programme-" + std::to_string(getpid()));
};

Schema BeforeTheProgramme() {
  Schema schema = ProductSchema();
  std::erase_if(schema.tables,
                [](const TableSpec& table) { return table.since >= kProgrammeSince; });
  for (TableSpec& table : schema.tables) {
    std::erase_if(table.columns,
                  [](const ColumnSpec& column) { return column.since >= kProgrammeSince; });
    std::erase_if(table.indexes,
                  [](const IndexSpec& index) { return index.since >= kProgrammeSince; });
  }
  return schema;
}

TEST(ProgrammeSchema, ADatabaseFromBeforeTheProgrammeFollowsWithItsPeople) {
  const Folder folder;
  {
    const Schema before = BeforeTheProgramme();
    EXPECT_EQ(before.version(), kProgrammeSince - 1);
    const std::unique_ptr<Store> store = OpenSqliteStore(folder.database(), before).value();
    PersonRecord ada;
    ada.id = "person_ada";
    ada.name = "ada";
    ada.role = "admin";
    store->Write([&](Transaction& transaction) { return transaction.Insert(ada); }).value();
  }
  const std::unique_ptr<Store> store = OpenSqliteStore(folder.database(), ProductSchema()).value();
  FakeClock clock;
  SeededRandom random(7);
  Programme programme(Ground{*store, clock, random}, kCheapPasswords);
  const Actor operator_{"operator", "admin", ""};
  const std::string code = programme.accounts.MakePasswordLink("person_ada", operator_)->code;
  ASSERT_TRUE(programme.accounts.SetPassword(code, kPassword, operator_).ok());
  LoginRequest login;
  login.name = "ada";
  login.password = kPassword;
  EXPECT_TRUE(programme.accounts.Login(login)->session);
}

}  // namespace
}  // namespace aozora
