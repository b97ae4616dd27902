// SPDX-License-Identifier: Apache-2.0
#include "api/kept_files.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/ids.h"

namespace aozora::api {
namespace {

FileRecord RecordOf(const Service& service, const NewFile& file) {
  FileRecord record;
  record.id = NewId("file-", service.random);
  record.person_id = file.person_id;
  record.purpose = file.purpose;
  record.name = file.name;
  record.media_type = file.media_type;
  record.created_ms = NowMs(service.clock);
  if (file.kept_ms) record.expires_ms = record.created_ms + *file.kept_ms;
  return record;
}

Result<FileRecord> Insert(const Service& service, FileRecord record, std::string_view bytes) {
  record.bytes = static_cast<int64_t>(bytes.size());
  record.sha256 = Sha256Hex(bytes);
  return service.store.Write([&](Transaction& transaction) -> Result<FileRecord> {
    TRY(transaction.Insert(record));
    return record;
  });
}

}  // namespace

Result<FileRecord> KeepFile(const Service& service, const NewFile& file,
                            http::TemporaryFile content) {
  FileRecord record = RecordOf(service, file);
  const std::filesystem::path target = service.folder.File(record.id);
  TRY(MoveDurably(content.path(), target));
  content.Take();
  const std::unique_ptr<MappedFile> mapped = TRY(MappedFile::Open(target));
  const Bytes bytes = mapped->bytes();
  return Insert(service, std::move(record),
                {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<FileRecord> KeepBytes(const Service& service, const NewFile& file, std::string_view bytes) {
  FileRecord record = RecordOf(service, file);
  TRY(WriteFileAtomically(service.folder.File(record.id), std::as_bytes(std::span(bytes))));
  return Insert(service, std::move(record), bytes);
}

Outcome<FileRecord> FindFile(const Service& service, const std::string& person_id,
                             const std::string& id) {
  const std::optional<FileRecord> file = TRY(service.store.Read(
      [&](Transaction& transaction) { return transaction.Find<FileRecord>(id); }));
  const bool theirs = file && file->person_id == person_id && !file->deleted_ms;
  if (!theirs || (file->expires_ms && *file->expires_ms <= NowMs(service.clock))) {
    return NoSuch("file", id);
  }
  return *file;
}

}  // namespace aozora::api
