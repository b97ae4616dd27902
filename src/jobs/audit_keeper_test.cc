// SPDX-License-Identifier: Apache-2.0
#include "jobs/audit_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/hash.h"
#include "store/audit.h"
#include "store/schema.h"
#include "stores/sqlite/sqlite_store.h"

namespace aozora {
namespace {

using testing::HasSubstr;

AuditRecord Row(std::string_view detail) {
  AuditRecord row;
  row.actor = "ann";
  row.action = "video.create";
  row.subject = "video_1";
  row.detail = detail;
  return row;
}

// Rows 1 to 9, of which checkpoints cover 1 to 3, 4 to 6 and 7 to 9.
class AuditKeeperTest : public testing::Test {
 protected:
  AuditKeeperTest() : key_(SignKey::FromSeed(std::string(32, 's')).value()) {
    std::filesystem::remove(copy_);
    Fill(*store_, "");
  }
  ~AuditKeeperTest() override { std::filesystem::remove(copy_); }

  void Append(Store& store, std::string_view detail) {
    ASSERT_TRUE(store.Write([&](Transaction& t) { return AppendAudit(t, Row(detail)); }).ok());
  }
  void Fill(Store& store, std::string_view text) {
    for (int i = 0; i < 9; ++i) Append(store, fmt::format("{}{}", text, i));
    AuditKeeper keeper(store, clock_, key_, copy_, kLimits);
    while (keeper.Step().value()) {
    }
  }
  Result<AuditReport> Verify(Store& store) {
    const std::vector<AuditCheckpointRecord> copy = ReadAuditCopy(copy_).value();
    return store.Read([&](Transaction& t) { return VerifyAuditLog(t, key_.public_key(), copy); });
  }
  std::string Fault() { return Verify(*store_).ok() ? "" : Verify(*store_).error().message(); }
  template <class Fn>
  void Tamper(Fn fn) {
    ASSERT_TRUE(store_->Write(fn).ok());
  }

  static constexpr CheckpointLimits kLimits{.rows_max = 3, .age_ms_max = 60'000};
  const std::filesystem::path copy_ =
      std::filesystem::path(testing::TempDir()) / "audit_keeper_test";
  FakeClock clock_;
  SignKey key_;
  std::unique_ptr<Store> store_ = OpenSqliteInMemory(ProductSchema()).value();
};

TEST_F(AuditKeeperTest, ALogThatNobodyTouchedHolds) {
  Append(*store_, "not signed yet");
  const AuditReport report = Verify(*store_).value();
  EXPECT_EQ(report.row_count, 10);
  EXPECT_EQ(report.checkpoint_count, 3);
  EXPECT_EQ(report.signed_seq, 9);
  EXPECT_EQ(ReadAuditCopy(copy_)->size(), 3u);
}

TEST_F(AuditKeeperTest, FewRowsAreSignedWhenTheyAreOldEnough) {
  Append(*store_, "one more");
  AuditKeeper keeper(*store_, clock_, key_, copy_, kLimits);
  EXPECT_FALSE(keeper.Step().value());
  clock_.Advance(std::chrono::milliseconds(kLimits.age_ms_max));
  EXPECT_TRUE(keeper.Step().value());
  EXPECT_EQ(Verify(*store_)->signed_seq, 10);
}

TEST_F(AuditKeeperTest, AChangedRowIsFound) {
  Tamper([](Transaction& t) -> Status {
    const AuditRecord before = *TRY(t.Find<AuditRecord>(int64_t{5}));
    AuditRecord after = before;
    after.detail = "nothing happened";
    return t.Change(before, after);
  });
  EXPECT_THAT(Fault(), HasSubstr("audit row 5 was changed"));
}

TEST_F(AuditKeeperTest, ADeletedRowIsFound) {
  Tamper([](Transaction& t) { return t.Erase<AuditRecord>(int64_t{2}); });
  EXPECT_THAT(Fault(), HasSubstr("between 1 and 3 were deleted"));
}

TEST_F(AuditKeeperTest, RowsThatChangedPlacesAreFound) {
  Tamper([](Transaction& t) -> Status {
    AuditRecord two = *TRY(t.Find<AuditRecord>(int64_t{2}));
    AuditRecord three = *TRY(t.Find<AuditRecord>(int64_t{3}));
    std::swap(two.seq, three.seq);
    TRY(t.Put(two));
    return t.Put(three);
  });
  EXPECT_THAT(Fault(), HasSubstr("audit row 2"));
}

TEST_F(AuditKeeperTest, ATruncatedLogIsFoundEvenWithItsCheckpoints) {
  Tamper([](Transaction& t) { return t.Erase<AuditRecord>(int64_t{9}); });
  EXPECT_THAT(Fault(), HasSubstr("cut off: it ends with audit row 8"));
  Tamper([](Transaction& t) -> Status {
    TRY(t.Erase<AuditRecord>(int64_t{8}));
    TRY(t.Erase<AuditRecord>(int64_t{7}));
    TRY(t.Erase<AuditCheckpointRecord>(int64_t{7}));
    return Ok();
  });
  EXPECT_THAT(Fault(), HasSubstr("rows 7 to 9 that the store has no more"));
}

// Whoever has the store can make a chain that holds, but not the signatures.
TEST_F(AuditKeeperTest, AForkedLogIsFound) {
  Tamper([](Transaction& t) -> Status {
    for (int64_t seq = 5; seq <= 9; ++seq) {
      const AuditRecord before = *TRY(t.Find<AuditRecord>(seq));
      AuditRecord after = before;
      after.detail = "another story";
      after.hash = AuditHash(after, TRY(t.Find<AuditRecord>(seq - 1))->hash);
      TRY(t.Change(before, after));
    }
    return Ok();
  });
  EXPECT_THAT(Fault(), HasSubstr("rows 4 to 6 are not those that were signed"));
}

// Whoever has the key too, is found by the copy.
TEST_F(AuditKeeperTest, ALogThatWasWrittenAnewWithTheKeyIsFoundByItsCopy) {
  const std::string kept = ReadFile(copy_, 1 << 20).value();
  std::filesystem::remove(copy_);
  store_ = OpenSqliteInMemory(ProductSchema()).value();
  Fill(*store_, "another story ");
  EXPECT_EQ(Fault(), "");
  std::ofstream(copy_) << kept;
  EXPECT_THAT(Fault(), HasSubstr("written anew from audit row 1 on"));
}

TEST_F(AuditKeeperTest, AnotherKeyAndAMissingCheckpointAreFound) {
  key_ = SignKey::FromSeed(std::string(32, 't')).value();
  EXPECT_THAT(Fault(), HasSubstr("not signed by this key"));
  key_ = SignKey::FromSeed(std::string(32, 's')).value();
  Tamper([](Transaction& t) { return t.Erase<AuditCheckpointRecord>(int64_t{4}); });
  EXPECT_THAT(Fault(), HasSubstr("does not follow the one before"));
}

TEST_F(AuditKeeperTest, ACopyThatACrashCutOffGoesOn) {
  const std::string whole = ReadFile(copy_, 1 << 20).value();
  std::filesystem::resize_file(copy_, whole.size() - 5);
  EXPECT_EQ(ReadAuditCopy(copy_)->size(), 2u);
  AuditKeeper keeper(*store_, clock_, key_, copy_, kLimits);
  EXPECT_FALSE(keeper.Step().value());
  EXPECT_EQ(ReadFile(copy_, 1 << 20).value(), whole);
  std::ofstream(copy_) << "1 2 three\n";
  EXPECT_THAT(ReadAuditCopy(copy_).error().message(), HasSubstr("line 1 is no checkpoint"));
}

// RFC 6962, 2.1.3: the tree over seven entries.
TEST(MerkleRoot, SplitsAtTheLargestPowerOfTwo) {
  std::vector<std::string> entries;
  for (int i = 0; i < 7; ++i) entries.push_back(fmt::format("{}", i));
  const auto node = [](const std::string& left, const std::string& right) {
    return Sha256(std::string(1, '\1') + left + right);
  };
  const auto leaf = [&](int i) { return Sha256(std::string(1, '\0') + entries[i]); };
  EXPECT_EQ(MerkleRoot(entries), node(node(node(leaf(0), leaf(1)), node(leaf(2), leaf(3))),
                                      node(node(leaf(4), leaf(5)), leaf(6))));
}

TEST(AuditHash, NoFieldRunsIntoTheNext) {
  AuditRecord a, b;
  a.actor = "ab", a.action = "c";
  b.actor = "a", b.action = "bc";
  EXPECT_NE(AuditHash(a, ""), AuditHash(b, ""));
}

}  // namespace
}  // namespace aozora
