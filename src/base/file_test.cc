// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <vector>

#include "base/folder_testonly.h"

namespace aozora {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class FileTest : public ::testing::Test {
 protected:
  std::filesystem::path Path(std::string_view name) const { return folder_ / name; }
  void Put(std::string_view name, std::string_view content) const {
    std::ofstream(Path(name), std::ios::binary) << content;
  }
  std::string Get(std::string_view name) const { return ReadFile(Path(name), 64_MiB).value(); }
  std::vector<std::string> Names() const { return folder_.Names(); }

 private:
  const TemporaryFolder folder_;
};

TEST_F(FileTest, AtomicFileAppearsWithCommit) {
  Put("result", "old");
  {
    AtomicFile file = AtomicFile::Create(Path("result")).value();
    ASSERT_TRUE(file.Write(AsBytes("new ")).ok());
    ASSERT_TRUE(file.Write(AsBytes("content")).ok());
    EXPECT_EQ(Get("result"), "old");
    EXPECT_EQ(file.temporary_path().parent_path(), Path("result").parent_path());
    ASSERT_TRUE(file.Commit().ok());
    EXPECT_EQ(Get("result"), "new content");
  }
  EXPECT_THAT(Names(), ElementsAre("result"));
}

TEST_F(FileTest, AtomicFileLeavesNothingWithoutCommit) {
  Put("result", "old");
  {
    AtomicFile file = AtomicFile::Create(Path("result")).value();
    ASSERT_TRUE(file.Write(AsBytes("half")).ok());
    EXPECT_EQ(Names().size(), 2u);
  }
  EXPECT_THAT(Names(), ElementsAre("result"));
  EXPECT_EQ(Get("result"), "old");
}

TEST_F(FileTest, AtomicFileMovesItsResponsibility) {
  std::optional<AtomicFile> moved;
  {
    AtomicFile file = AtomicFile::Create(Path("result")).value();
    ASSERT_TRUE(file.Write(AsBytes("x")).ok());
    moved.emplace(std::move(file));
  }
  EXPECT_EQ(Names().size(), 1u);  // the first owner removed nothing
  ASSERT_TRUE(moved->Commit().ok());
  moved.reset();
  EXPECT_THAT(Names(), ElementsAre("result"));
  EXPECT_EQ(Get("result"), "x");
}

TEST_F(FileTest, AtomicFileHasThePermissionsOfAnyFile) {
  const mode_t old_mask = umask(027);
  const Status status = WriteFileAtomically(Path("result"), AsBytes("x"));
  umask(old_mask);
  ASSERT_TRUE(status.ok());
  struct stat info;
  ASSERT_EQ(stat(Path("result").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(FileTest, AtomicFileNamesTheTargetInErrors) {
  Result<AtomicFile> file = AtomicFile::Create(Path("missing/result"));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(file.error().message(), HasSubstr(Path("missing/result").string()));
  // A folder is in the way of the rename: the error names it, and nothing stays behind.
  std::filesystem::create_directory(Path("result"));
  const Status status = WriteFileAtomically(Path("result"), AsBytes("x"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kIo);
  EXPECT_THAT(status.error().message(), HasSubstr(Path("result").string()));
  EXPECT_THAT(Names(), ElementsAre("result"));
}

TEST_F(FileTest, WriteAtomicallyRoundTrips) {
  std::string content(300'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7);
  ASSERT_TRUE(WriteFileAtomically(Path("a"), AsBytes(content)).ok());
  EXPECT_EQ(Get("a"), content);
  ASSERT_TRUE(WriteFileAtomically(Path("a"), {}).ok());
  EXPECT_THAT(Get("a"), IsEmpty());
}

TEST_F(FileTest, ReadFileStopsAtItsLimit) {
  Put("a", std::string(1000, 'x'));
  EXPECT_EQ(ReadFile(Path("a"), 1000).value().size(), 1000u);
  Result<std::string> content = ReadFile(Path("a"), 999);
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().code(), ErrorCode::kInvalid);
  EXPECT_THAT(content.error().message(), HasSubstr(Path("a").string()));
  EXPECT_THAT(content.error().message(), HasSubstr("999 B"));
  // A file that never ends is no way around it.
  EXPECT_FALSE(ReadFile("/dev/zero", 1_MiB).ok());
}

TEST_F(FileTest, ReadFileNamesThePathInErrors) {
  Result<std::string> content = ReadFile(Path("missing"), 1);
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(content.error().message(), HasSubstr(Path("missing").string()));
  std::filesystem::create_directory(Path("folder"));
  content = ReadFile(Path("folder"), 1);
  ASSERT_FALSE(content.ok());
  EXPECT_THAT(content.error().message(), HasSubstr(Path("folder").string()));
}

TEST_F(FileTest, MappedFileHasTheContent) {
  Put("a", "mapped");
  const std::unique_ptr<MappedFile> file = MappedFile::Open(Path("a")).value();
  EXPECT_EQ(AsText(file->bytes()), "mapped");
  EXPECT_EQ(file->path(), Path("a"));
}

TEST_F(FileTest, MappedFileMayBeEmpty) {
  Put("a", "");
  const std::unique_ptr<MappedFile> file = MappedFile::Open(Path("a")).value();
  EXPECT_TRUE(file->bytes().empty());
  file->Release();
}

// How many of the first `page_count` pages are in this process' memory.
size_t ResidentPageCount(const MappedFile& file, size_t page_count) {
  // mincore would tell of the system's page cache; the process' own pages are in smaps.
  std::ifstream smaps("/proc/self/smaps");
  const auto begin = reinterpret_cast<uintptr_t>(file.bytes().data());
  std::string line;
  bool inside = false;
  while (std::getline(smaps, line)) {
    uintptr_t first = 0;
    if (sscanf(line.c_str(), "%lx-", &first) == 1 && line.find('-') < 17) inside = first == begin;
    size_t resident_kib = 0;
    if (inside && sscanf(line.c_str(), "Rss: %zu kB", &resident_kib) == 1) {
      const size_t page_kib = static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 1024;
      return std::min(page_count, resident_kib / page_kib);
    }
  }
  return 0;
}

TEST_F(FileTest, MappedFileCanBeReadAgainAfterRelease) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::string content(64 * page + 5, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 + i / page);
  Put("a", content);
  const std::unique_ptr<MappedFile> file = MappedFile::Open(Path("a")).value();
  EXPECT_EQ(AsText(file->bytes()), content);
  EXPECT_EQ(ResidentPageCount(*file, 65), 65u);
  file->Release();
  EXPECT_EQ(ResidentPageCount(*file, 65), 0u);
  EXPECT_EQ(AsText(file->bytes()), content);
}

TEST_F(FileTest, MappedFileReleasesWholePagesOnly) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  Put("a", std::string(8 * page, 'x'));
  const std::unique_ptr<MappedFile> file = MappedFile::Open(Path("a")).value();
  EXPECT_EQ(AsText(file->bytes()), std::string(8 * page, 'x'));
  file->Release(file->bytes().subspan(10, page - 10));  // no whole page
  EXPECT_EQ(ResidentPageCount(*file, 8), 8u);
  file->Release(file->bytes().subspan(10, 3 * page));  // pages 1 and 2
  EXPECT_EQ(ResidentPageCount(*file, 8), 6u);
  file->Release({});
  EXPECT_EQ(ResidentPageCount(*file, 8), 6u);
}

TEST_F(FileTest, MappedFileNamesThePathInErrors) {
  Result<std::unique_ptr<MappedFile>> file = MappedFile::Open(Path("missing"));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(file.error().message(), HasSubstr(Path("missing").string()));
  file = MappedFile::Open(Path(""));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code(), ErrorCode::kInvalid);  // a folder
}

TEST_F(FileTest, DiskSpaceIsThatOfTheFolder) {
  const Result<DiskSpace> space = DiskSpaceOf(Path(""));
  EXPECT_GT(space->free_bytes, 0u);
  EXPECT_GT(space->total_bytes, space->free_bytes);
  EXPECT_EQ(DiskSpaceOf(Path("missing")).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace aozora
