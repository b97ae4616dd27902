// SPDX-License-Identifier: Apache-2.0
#include "jobs/folders.h"

#include "store/ids.h"
#include "store/job_records.h"

namespace aozora {
namespace {

Result<FolderRecord> Find(Transaction& transaction, const std::string& person_id,
                          const std::string& id) {
  std::optional<FolderRecord> folder = TRY(transaction.Find<FolderRecord>(id));
  if (!folder || folder->person_id != person_id) {
    return Error::NotFound("there is no folder {}", id);
  }
  return *std::move(folder);
}

Result<Folder> WithVideos(Transaction& transaction, FolderRecord record) {
  Folder folder{std::move(record), {}};
  for (FolderVideoRecord& video :
       TRY(transaction.Select(Query<FolderVideoRecord>()
                                  .Equal(&FolderVideoRecord::folder_id, folder.record.id)
                                  .Ascending(&FolderVideoRecord::added_ms)
                                  .Ascending(&FolderVideoRecord::video_id)))) {
    folder.video_ids.push_back(std::move(video.video_id));
  }
  return folder;
}

Status CheckNameIsFree(Transaction& transaction, const std::string& person_id,
                       const std::string& name) {
  const int64_t count = TRY(transaction.Count(Query<FolderRecord>()
                                                  .Equal(&FolderRecord::person_id, person_id)
                                                  .Equal(&FolderRecord::name, name)));
  if (count == 0) return Ok();
  return Error::Invalid("there is a folder of this name already; take another name");
}

}  // namespace

Result<std::vector<Folder>> Folders::List(const std::string& person_id) {
  return store_.Read([&](Transaction& transaction) -> Result<std::vector<Folder>> {
    std::vector<Folder> folders;
    for (FolderRecord& record :
         TRY(transaction.Select(Query<FolderRecord>()
                                    .Equal(&FolderRecord::person_id, person_id)
                                    .Ascending(&FolderRecord::name)))) {
      folders.push_back(TRY(WithVideos(transaction, std::move(record))));
    }
    return folders;
  });
}

Result<Folder> Folders::Add(const std::string& person_id, const std::string& name) {
  const FolderRecord record{NewId("folder_", random_), person_id, name, NowMs(clock_)};
  return store_.Write([&](Transaction& transaction) -> Result<Folder> {
    const int64_t count =
        TRY(transaction.Count(Query<FolderRecord>().Equal(&FolderRecord::person_id, person_id)));
    if (count >= limits_.folders_per_person_max) {
      return Error::Exhausted("{} folders are as many as may be; remove one", count);
    }
    TRY(CheckNameIsFree(transaction, person_id, name));
    TRY(transaction.Insert(record));
    return Folder{record, {}};
  });
}

Result<Folder> Folders::Rename(const std::string& person_id, const std::string& id,
                               const std::string& name) {
  return store_.Write([&](Transaction& transaction) -> Result<Folder> {
    const FolderRecord before = TRY(Find(transaction, person_id, id));
    FolderRecord after = before;
    after.name = name;
    if (after.name != before.name) {
      TRY(CheckNameIsFree(transaction, person_id, name));
      TRY(transaction.Change(before, after));
    }
    return WithVideos(transaction, std::move(after));
  });
}

Status Folders::Remove(const std::string& person_id, const std::string& id) {
  return store_.Write([&](Transaction& transaction) -> Status {
    const FolderRecord folder = TRY(Find(transaction, person_id, id));
    TRY(transaction.EraseWhere(
        Query<FolderVideoRecord>().Equal(&FolderVideoRecord::folder_id, folder.id)));
    TRY(transaction.Erase<FolderRecord>(folder.id));
    return Ok();
  });
}

Result<Folder> Folders::Put(const std::string& person_id, const std::string& id,
                            const std::vector<std::string>& video_ids) {
  const int64_t now_ms = NowMs(clock_);
  return store_.Write([&](Transaction& transaction) -> Result<Folder> {
    FolderRecord folder = TRY(Find(transaction, person_id, id));
    for (const std::string& video_id : video_ids) {
      const std::optional<JobRecord> job = TRY(transaction.Find<JobRecord>(video_id));
      if (!job || job->person_id != person_id || job->deleted_ms) {
        return Error::NotFound("there is no video {}", video_id);
      }
      TRY(transaction.Put(FolderVideoRecord{video_id, id, now_ms}));
    }
    const int64_t count =
        TRY(transaction.Count(Query<FolderVideoRecord>().Equal(&FolderVideoRecord::folder_id, id)));
    if (count > limits_.videos_per_folder_max) {
      return Error::Exhausted("a folder holds {} videos at most; make another one",
                              limits_.videos_per_folder_max);
    }
    return WithVideos(transaction, std::move(folder));
  });
}

Result<Folder> Folders::TakeOut(const std::string& person_id, const std::string& id,
                                const std::string& video_id) {
  return store_.Write([&](Transaction& transaction) -> Result<Folder> {
    FolderRecord folder = TRY(Find(transaction, person_id, id));
    TRY(transaction.EraseWhere(Query<FolderVideoRecord>()
                                   .Equal(&FolderVideoRecord::folder_id, id)
                                   .Equal(&FolderVideoRecord::video_id, video_id)));
    return WithVideos(transaction, std::move(folder));
  });
}

}  // namespace aozora
