// SPDX-License-Identifier: Apache-2.0
// What every store must do. A new one is a line in stores.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "base/folder_testonly.h"
#include "notes.h"
#include "stores.h"

namespace aozora {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  StoreContract() {
    store_ = GetParam().open(folder_.path(), NotesSchema()).value();
    EXPECT_TRUE(store_->Write([](Transaction& t) { return t.Insert(ShelfRecord{"a"}); }).ok());
  }

  static NoteRecord Note(int64_t number, double weight = 0) {
    NoteRecord note;
    note.shelf_id = "a";
    note.number = number;
    note.title = fmt::format("note {}", number);
    note.weight = weight;
    return note;
  }
  Status Insert(const NoteRecord& note) {
    return store_->Write([&](Transaction& t) { return t.Insert(note); });
  }
  std::vector<int64_t> Numbers(const Query<NoteRecord>& query) {
    const std::vector<NoteRecord> notes =
        store_->Read([&](Transaction& t) { return t.Select(query); }).value();
    std::vector<int64_t> numbers;
    for (const NoteRecord& note : notes) numbers.push_back(note.number);
    return numbers;
  }
  std::vector<int64_t> All() { return Numbers(Query<NoteRecord>().Ascending(&NoteRecord::number)); }
  std::optional<NoteRecord> Find(int64_t number) {
    return store_->Read([&](Transaction& t) { return t.Find<NoteRecord>("a", number); }).value();
  }
  void AddFive() {
    const std::vector<double> weights = {3, 1, 2, 1, 5};
    for (size_t i = 0; i < 5; ++i) {
      NoteRecord note = Note(static_cast<int64_t>(i) + 1, weights[i]);
      if (i % 2 == 0) note.text = fmt::format("text {}", i);
      ASSERT_TRUE(Insert(note).ok());
    }
  }

  const TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(All, StoreContract, testing::ValuesIn(AllStores()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(StoreContract, KeepsEveryKindOfValue) {
  NoteRecord note = Note(-7);
  note.text = std::string("with a \0 inside, 'quotes', and \xe7\xa9\xba", 35);
  note.weight = 0.1;
  note.mood = Mood::kBad;
  note.pinned = true;
  note.picture.bytes = std::string("\x00\xff\x80", 3);
  ASSERT_TRUE(Insert(note).ok());
  EXPECT_EQ(Find(-7), note);
  NoteRecord empty = Note(INT64_MAX);
  empty.text = "";
  ASSERT_TRUE(Insert(empty).ok());
  EXPECT_EQ(Find(INT64_MAX), empty);  // empty text is not null
  EXPECT_EQ(Find(3), std::nullopt);
}

TEST_P(StoreContract, RefusesASecondRowOfAKeyOrUniqueValue) {
  ASSERT_TRUE(Insert(Note(1)).ok());
  NoteRecord same_key = Note(1);
  same_key.title = "another";
  NoteRecord same_title = Note(2);
  same_title.title = "note 1";
  for (const NoteRecord& note : {same_key, same_title}) {
    const Status status = Insert(note);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kInvalid);
  }
  EXPECT_THAT(All(), ElementsAre(1));
}

TEST_P(StoreContract, GoesOnAfterAConflict) {
  ASSERT_TRUE(Insert(Note(1)).ok());
  ASSERT_TRUE(store_
                  ->Write([](Transaction& t) -> Status {
                    TRY(t.Insert(Note(2)));
                    EXPECT_FALSE(t.Insert(Note(1)).ok());
                    return t.Insert(Note(3));
                  })
                  .ok());
  EXPECT_THAT(All(), ElementsAre(1, 2, 3));
}

TEST_P(StoreContract, RefusesAReferenceToNothing) {
  NoteRecord note = Note(1);
  note.shelf_id = "none";
  EXPECT_FALSE(Insert(note).ok());
  ASSERT_TRUE(Insert(Note(2)).ok());
  EXPECT_FALSE(store_->Write([](Transaction& t) { return t.Erase<ShelfRecord>("a"); }).ok());
  EXPECT_THAT(All(), ElementsAre(2));
}

TEST_P(StoreContract, PutInsertsOrReplaces) {
  NoteRecord note = Note(1, 1);
  ASSERT_TRUE(store_->Write([&](Transaction& t) { return t.Put(note); }).ok());
  note.weight = 2;
  note.text = "new";
  ASSERT_TRUE(store_->Write([&](Transaction& t) { return t.Put(note); }).ok());
  EXPECT_EQ(Find(1), note);
  EXPECT_THAT(All(), ElementsAre(1));
}

TEST_P(StoreContract, ChangeWritesWhatDiffersAndNothingElse) {
  ASSERT_TRUE(Insert(Note(1, 1)).ok());
  const NoteRecord before = *Find(1);
  NoteRecord heavier = before, named = before;
  heavier.weight = 9;
  named.title = "named";
  // Both start from what was; neither undoes the other.
  for (const NoteRecord& after : {heavier, named}) {
    ASSERT_TRUE(store_->Write([&](Transaction& t) { return t.Change(before, after); }).ok());
  }
  EXPECT_EQ(Find(1)->weight, 9);
  EXPECT_EQ(Find(1)->title, "named");
  NoteRecord gone = Note(2), changed = Note(2, 3);
  const Status missing = store_->Write([&](Transaction& t) { return t.Change(gone, changed); });
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

TEST_P(StoreContract, SelectsByConditionsInOrder) {
  AddFive();
  using Q = Query<NoteRecord>;
  EXPECT_THAT(Numbers(Q().Equal(&NoteRecord::weight, 1).Descending(&NoteRecord::number)),
              ElementsAre(4, 2));
  EXPECT_THAT(Numbers(Q().Ascending(&NoteRecord::weight).Descending(&NoteRecord::number)),
              ElementsAre(4, 2, 3, 1, 5));
  EXPECT_THAT(Numbers(Q().Greater(&NoteRecord::number, 1)
                          .AtMost(&NoteRecord::number, 4)
                          .Less(&NoteRecord::weight, 2)
                          .Ascending(&NoteRecord::number)),
              ElementsAre(2, 4));
  EXPECT_THAT(Numbers(Q().AtLeast(&NoteRecord::weight, 3).Ascending(&NoteRecord::number)),
              ElementsAre(1, 5));
  EXPECT_THAT(Numbers(Q().In(&NoteRecord::number, {int64_t{5}, int64_t{1}, int64_t{99}})
                          .Ascending(&NoteRecord::number)),
              ElementsAre(1, 5));
  EXPECT_THAT(Numbers(Q().In(&NoteRecord::number, std::vector<int64_t>())), IsEmpty());
  EXPECT_THAT(Numbers(Q().Ascending(&NoteRecord::number).Limit(2)), ElementsAre(1, 2));
  EXPECT_THAT(Numbers(Q().Limit(0)), IsEmpty());
}

TEST_P(StoreContract, NullIsAValueThatCanBeAskedFor) {
  AddFive();
  using Q = Query<NoteRecord>;
  EXPECT_THAT(Numbers(Q().Equal(&NoteRecord::text, std::nullopt).Ascending(&NoteRecord::number)),
              ElementsAre(2, 4));
  EXPECT_THAT(Numbers(Q().NotEqual(&NoteRecord::text, std::nullopt).Ascending(&NoteRecord::number)),
              ElementsAre(1, 3, 5));
  EXPECT_THAT(Numbers(Q().NotEqual(&NoteRecord::text, "text 0").Ascending(&NoteRecord::number)),
              ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(Numbers(Q().AtMost(&NoteRecord::text, "text 2").Ascending(&NoteRecord::number)),
              ElementsAre(1, 3));
}

TEST_P(StoreContract, CountsSumsAndShowsPartsOfRows) {
  AddFive();
  const auto check = [](Transaction& t) -> Status {
    EXPECT_EQ(TRY(t.Count(Query<NoteRecord>().Equal(&NoteRecord::weight, 1))), 2);
    EXPECT_EQ(TRY(t.Sum(&NoteRecord::number, Query<NoteRecord>().Equal(&NoteRecord::weight, 1))),
              6);
    EXPECT_EQ(TRY(t.Sum(&NoteRecord::number, Query<NoteRecord>().Equal(&NoteRecord::weight, 99))),
              0);
    const auto titles = TRY(t.Select(Query<NoteTitle>().Equal(&NoteTitle::number, 4)));
    EXPECT_EQ(titles.size(), 1u);
    EXPECT_EQ(titles.at(0).title, "note 4");
    return Ok();
  };
  EXPECT_TRUE(store_->Read(check).ok());
}

TEST_P(StoreContract, ErasesByKeyAndByQuery) {
  AddFive();
  const auto erase = [](Transaction& t) -> Status {
    EXPECT_TRUE(TRY(t.Erase<NoteRecord>("a", int64_t{1})));
    EXPECT_FALSE(TRY(t.Erase<NoteRecord>("a", int64_t{1})));
    // The lightest two of the rest.
    EXPECT_EQ(TRY(t.EraseWhere(Query<NoteRecord>()
                                   .Ascending(&NoteRecord::weight)
                                   .Ascending(&NoteRecord::number)
                                   .Limit(2))),
              2);
    return Ok();
  };
  EXPECT_TRUE(store_->Write(erase).ok());
  EXPECT_THAT(All(), ElementsAre(3, 5));
}

TEST_P(StoreContract, SequencesGrowAndGiveNothingTwice) {
  const auto append = [this] {
    return store_->Write([](Transaction& t) { return t.Append(LineRecord{0, "x"}); }).value();
  };
  const int64_t first = append();
  const int64_t second = append();
  EXPECT_LT(first, second);
  EXPECT_EQ(store_->Write([](Transaction& t) { return t.EraseWhere(Query<LineRecord>()); }).value(),
            2);
  EXPECT_LT(second, append());
}

TEST_P(StoreContract, AnErrorRollsBackAndIsReturned) {
  const Status status = store_->Write([](Transaction& t) -> Status {
    TRY(t.Insert(Note(1)));
    return Error::Exhausted("enough");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "enough");
  EXPECT_THAT(All(), IsEmpty());
  EXPECT_TRUE(Insert(Note(2)).ok());
  EXPECT_THAT(All(), ElementsAre(2));
}

TEST_P(StoreContract, ReadsDoNotWrite) {
  const Status status = store_->Read([](Transaction& t) { return t.Insert(Note(1)); });
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message(), HasSubstr("Store::Write"));
  EXPECT_THAT(All(), IsEmpty());
}

TEST_P(StoreContract, ReadsSeeOneMoment) {
  if (!GetParam().durable) GTEST_SKIP() << "one at a time";
  const auto twice = [this](Transaction& t) -> Status {
    EXPECT_EQ(TRY(t.Count(Query<NoteRecord>())), 0);
    std::thread([this] { EXPECT_TRUE(Insert(Note(1)).ok()); }).join();
    EXPECT_EQ(TRY(t.Count(Query<NoteRecord>())), 0);
    return Ok();
  };
  EXPECT_TRUE(store_->Read(twice).ok());
  EXPECT_THAT(All(), ElementsAre(1));
}

TEST_P(StoreContract, TransactionsOfManyThreadsAreAsIfOneByOne) {
  ASSERT_TRUE(Insert(Note(1)).ok());
  constexpr int kThreads = 8, kRounds = 25;
  std::mutex mutex;
  std::set<int64_t> seqs;
  const auto add_one = [](Transaction& t) -> Result<int64_t> {
    const NoteRecord before = *TRY(t.Find<NoteRecord>("a", int64_t{1}));
    NoteRecord after = before;
    after.weight += 1;
    TRY(t.Change(before, after));
    return t.Append(LineRecord{0, "x"});
  };
  const auto run = [&](int thread) {
    for (int i = 0; i < kRounds; ++i) {
      const int64_t seq = store_->Write(add_one).value();
      // A neighbour in the same commit that fails takes nobody with it.
      const Status failed = store_->Write([&](Transaction& t) -> Status {
        TRY(t.Insert(Note(1000 + thread)));
        return Error::Invalid("no");
      });
      EXPECT_FALSE(failed.ok());
      std::lock_guard<std::mutex> lock(mutex);
      EXPECT_TRUE(seqs.insert(seq).second);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Find(1)->weight, kThreads * kRounds);
  EXPECT_EQ(seqs.size(), size_t{kThreads * kRounds});
  EXPECT_THAT(All(), ElementsAre(1));
}

TEST_P(StoreContract, IsThereAfterOpeningAgain) {
  if (!GetParam().durable) GTEST_SKIP() << "gone with the object";
  AddFive();
  const int64_t seq = store_->Write([](Transaction& t) {
                              return t.Append(LineRecord{0, "x"});
                            })
                          .value();
  store_.reset();
  store_ = GetParam().open(folder_.path(), NotesSchema()).value();
  EXPECT_THAT(All(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_LT(seq, store_->Write([](Transaction& t) {
                         return t.Append(LineRecord{0, "y"});
                       })
                     .value());
}

TEST_P(StoreContract, TwoOpenersShareIt) {
  if (!GetParam().durable) GTEST_SKIP() << "nobody else sees it";
  const std::unique_ptr<Store> other = GetParam().open(folder_.path(), NotesSchema()).value();
  constexpr int64_t kRounds = 20;
  std::thread thread([&] {
    for (int64_t i = 0; i < kRounds; ++i) {
      EXPECT_TRUE(other->Write([&](Transaction& t) { return t.Insert(Note(100 + i)); }).ok());
    }
  });
  for (int64_t i = 0; i < kRounds; ++i) EXPECT_TRUE(Insert(Note(i)).ok());
  thread.join();
  EXPECT_EQ(All().size(), size_t{2 * kRounds});
}

TEST_P(StoreContract, BackupIsAWholeCopy) {
  AddFive();
  const std::filesystem::path backup = folder_ / "copy";
  ASSERT_TRUE(store_->Backup(backup).ok());
  ASSERT_TRUE(Insert(Note(6)).ok());
  EXPECT_FALSE(store_->Backup(backup).ok());  // replaces nothing
  const std::unique_ptr<Store> copy = GetParam().open_backup(backup, NotesSchema()).value();
  EXPECT_EQ(copy->Read([](Transaction& t) { return t.Count(Query<NoteRecord>()); }).value(), 5);
  EXPECT_TRUE(copy->Write([](Transaction& t) { return t.Insert(Note(7)); }).ok());
  EXPECT_THAT(All(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(StoreContract, OlderSchemasAreBroughtForward) {
  if (!GetParam().durable) GTEST_SKIP() << "never older than the program";
  ASSERT_TRUE(store_->Write([](Transaction& t) { return t.Append(LineRecord{0, "four"}); }).ok());
  store_.reset();
  // A conversion that fails leaves the old version as it was.
  const auto broken = GetParam().open(folder_.path(), BrokenNotesSchema());
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message(), HasSubstr("fails at its end"));
  ASSERT_TRUE(GetParam().open(folder_.path(), NotesSchema()).ok());

  store_ = GetParam().open(folder_.path(), NewerNotesSchema()).value();
  ASSERT_TRUE(
      store_->Write([](Transaction& t) {
              return t.Append(LongLineRecord{0, "new", "me", 3});
            })
          .ok());
  const auto lines = store_
                         ->Read([](Transaction& t) {
                           return t.Select(Query<LongLineRecord>().Ascending(&LongLineRecord::seq));
                         })
                         .value();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].author, "nobody's");
  EXPECT_EQ(lines[0].length, 4);
  EXPECT_EQ(lines[1].author, "me");
}

TEST_P(StoreContract, NewerSchemasAreRefusedByName) {
  if (!GetParam().durable) GTEST_SKIP() << "never newer than the program";
  store_.reset();
  ASSERT_TRUE(GetParam().open(folder_.path(), NewerNotesSchema()).ok());
  const auto refused = GetParam().open(folder_.path(), NotesSchema());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().message(), HasSubstr("version 3, this program knows 1"));
}

}  // namespace
}  // namespace aozora
