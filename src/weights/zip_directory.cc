// SPDX-License-Identifier: Apache-2.0
#include "weights/zip_directory.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "weights/byte_reader.h"
#include "weights/layout.h"

namespace aozora {
namespace {

constexpr uint64_t kEntriesMax = 1'000'000;
constexpr uint32_t kLocalMagic = 0x04034b50;
constexpr uint32_t kCentralMagic = 0x02014b50;
constexpr uint32_t kEndMagic = 0x06054b50;
constexpr uint32_t kEnd64Magic = 0x06064b50;
constexpr uint32_t kLocator64Magic = 0x07064b50;
constexpr uint64_t kEndBytes = 22;
constexpr uint64_t kLocator64Bytes = 20;
constexpr uint64_t kCommentBytesMax = 65535;
constexpr uint16_t kStored = 0;
constexpr uint16_t kFlagEncrypted = 1;
constexpr uint16_t kExtra64 = 1;  // the id of the extra field with 64-bit sizes
constexpr uint32_t kSeeExtra64 = UINT32_MAX;

struct Directory {
  uint64_t offset = 0;
  uint64_t entry_count = 0;
};

// The last end record whose comment reaches exactly to the end of the file.
std::optional<uint64_t> FindEndRecord(Bytes file) {
  if (file.size() < kEndBytes) return std::nullopt;
  const uint64_t last = file.size() - kEndBytes;
  const uint64_t first = last > kCommentBytesMax ? last - kCommentBytesMax : 0;
  for (uint64_t at = last + 1; at-- > first;) {
    uint32_t magic = 0;
    uint16_t comment_bytes = 0;
    std::memcpy(&magic, file.data() + at, sizeof(magic));
    std::memcpy(&comment_bytes, file.data() + at + kEndBytes - 2, sizeof(comment_bytes));
    if (magic == kEndMagic && at + kEndBytes + comment_bytes == file.size()) return at;
  }
  return std::nullopt;
}

Status ExpectMagic(ByteReader* reader, uint32_t magic, std::string_view what) {
  const auto found = TRY(reader->Read<uint32_t>());
  if (found != magic) return Error::Corrupt("no {} where the zip file should have one", what);
  return Ok();
}

// The zip64 end record, if the locator in front of the end record names one.
Result<std::optional<Directory>> ReadEnd64(Bytes file, uint64_t end) {
  if (end < kLocator64Bytes) return std::optional<Directory>();
  ByteReader reader(file);
  TRY(reader.SeekTo(end - kLocator64Bytes));
  const auto magic = TRY(reader.Read<uint32_t>());
  if (magic != kLocator64Magic) return std::optional<Directory>();
  TRY(reader.Take(4));  // the disk
  const auto at = TRY(reader.Read<uint64_t>());
  TRY(reader.SeekTo(at));
  TRY(ExpectMagic(&reader, kEnd64Magic, "zip64 end record"));
  TRY(reader.Take(8 + 2 + 2 + 4 + 4 + 8));  // size, versions, disks, entries on this disk
  Directory directory;
  directory.entry_count = TRY(reader.Read<uint64_t>());
  TRY(reader.Take(8));  // bytes of the directory
  directory.offset = TRY(reader.Read<uint64_t>());
  return std::optional<Directory>(directory);
}

Result<Directory> FindDirectory(Bytes file) {
  const std::optional<uint64_t> end = FindEndRecord(file);
  if (!end) {
    return Error::Corrupt(
        "the zip file has no directory at its end; the download may be incomplete");
  }
  const std::optional<Directory> wide = TRY(ReadEnd64(file, *end));
  if (wide) return *wide;
  ByteReader reader(file);
  TRY(reader.SeekTo(*end + 4));
  const auto disk = TRY(reader.Read<uint16_t>());
  const auto directory_disk = TRY(reader.Read<uint16_t>());
  if (disk != 0 || directory_disk != 0) return Error::Unsupported("a zip file in several parts");
  TRY(reader.Take(2));  // entries on this disk
  Directory directory;
  directory.entry_count = TRY(reader.Read<uint16_t>());
  TRY(reader.Take(4));  // bytes of the directory
  directory.offset = TRY(reader.Read<uint32_t>());
  return directory;
}

struct CentralEntry {
  std::string name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint64_t stored_bytes = 0;
  uint64_t bytes = 0;
  uint64_t local_offset = 0;
};

// The 64-bit values stand in this order, each only where the 32-bit field says so.
Status ReadExtra64(Bytes extra, CentralEntry* entry) {
  ByteReader reader(extra);
  while (reader.left() >= 4) {
    const auto id = TRY(reader.Read<uint16_t>());
    const auto bytes = TRY(reader.Read<uint16_t>());
    ByteReader field(TRY(reader.Take(bytes)));
    if (id != kExtra64) continue;
    for (uint64_t* value : {&entry->bytes, &entry->stored_bytes, &entry->local_offset}) {
      if (*value == kSeeExtra64) *value = TRY(field.Read<uint64_t>());
    }
    return Ok();
  }
  return Ok();
}

Result<CentralEntry> ReadCentralEntry(ByteReader* reader) {
  TRY(ExpectMagic(reader, kCentralMagic, "directory entry"));
  CentralEntry entry;
  TRY(reader->Take(2 + 2));  // versions
  entry.flags = TRY(reader->Read<uint16_t>());
  entry.method = TRY(reader->Read<uint16_t>());
  TRY(reader->Take(2 + 2 + 4));  // time, date, checksum
  entry.stored_bytes = TRY(reader->Read<uint32_t>());
  entry.bytes = TRY(reader->Read<uint32_t>());
  const auto name_bytes = TRY(reader->Read<uint16_t>());
  const auto extra_bytes = TRY(reader->Read<uint16_t>());
  const auto comment_bytes = TRY(reader->Read<uint16_t>());
  TRY(reader->Take(2 + 2 + 4));  // disk, attributes
  entry.local_offset = TRY(reader->Read<uint32_t>());
  const Bytes name = TRY(reader->Take(name_bytes));
  entry.name = std::string(AsText(name));
  const Bytes extra = TRY(reader->Take(extra_bytes));
  TRY(ReadExtra64(extra, &entry));
  TRY(reader->Take(comment_bytes));
  return entry;
}

// The content starts behind the local header, whose lengths are its own.
Result<ZipEntry> LocateContent(Bytes file, const CentralEntry& central) {
  if ((central.flags & kFlagEncrypted) != 0) {
    return Error::Unsupported("zip entry {} is encrypted", Quoted(central.name));
  }
  if (central.method != kStored || central.stored_bytes != central.bytes) {
    return Error::Unsupported(
        "zip entry {} is compressed; PyTorch stores without compression, so save the file again "
        "with "
        "torch.save",
        Quoted(central.name));
  }
  ByteReader reader(file);
  TRY(reader.SeekTo(central.local_offset));
  TRY(ExpectMagic(&reader, kLocalMagic, "entry"));
  TRY(reader.Take(2 + 2));  // version, flags
  const auto method = TRY(reader.Read<uint16_t>());
  TRY(reader.Take(2 + 2 + 4 + 4 + 4));  // time, date, checksum, sizes
  const auto name_bytes = TRY(reader.Read<uint16_t>());
  const auto extra_bytes = TRY(reader.Read<uint16_t>());
  const Bytes name = TRY(reader.Take(name_bytes));
  TRY(reader.Take(extra_bytes));
  if (method != kStored || AsText(name) != central.name) {
    return Error::Corrupt("zip entry {} is not what the directory says", Quoted(central.name));
  }
  ZipEntry entry;
  entry.name = central.name;
  entry.offset = reader.position();
  entry.bytes = central.bytes;
  TRY(reader.Take(entry.bytes));
  return entry;
}

}  // namespace

Result<std::vector<ZipEntry>> ReadZipDirectory(Bytes file) {
  const Directory directory = TRY(FindDirectory(file));
  if (directory.entry_count > kEntriesMax) {
    return Error::Corrupt("a zip file of {} entries, more than {}", directory.entry_count,
                          kEntriesMax);
  }
  ByteReader reader(file);
  TRY(reader.SeekTo(directory.offset));
  std::vector<ZipEntry> entries;
  std::unordered_set<std::string> names;
  for (uint64_t i = 0; i < directory.entry_count; ++i) {
    const CentralEntry central = TRY(ReadCentralEntry(&reader));
    if (!names.insert(central.name).second) {
      return Error::Corrupt("zip entry {} is there twice", Quoted(central.name));
    }
    entries.push_back(TRY(LocateContent(file, central)));
  }
  return entries;
}

}  // namespace aozora
