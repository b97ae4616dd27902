// SPDX-License-Identifier: Apache-2.0
#include "pipeline/embedding_cache.h"

#include <fstream>

#include "pipeline/folder_testonly.h"

namespace aozora {
namespace {

using EmbeddingCacheTest = FolderTest;

const TextEmbedding kEmbedding = {2, 3, {1, 2, 3, 4, 5, 6}};
const std::vector<int32_t> kIds = {7, 8, 1};

size_t FileCount(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                           std::filesystem::directory_iterator()));
}

TEST_F(EmbeddingCacheTest, FindsWhatWasAddedForTheSameEncoderAndTokens) {
  const EmbeddingCache cache(folder_ / "text");
  EXPECT_FALSE(cache.Find("encoder", kIds).has_value());
  ASSERT_TRUE(cache.Add("encoder", kIds, kEmbedding).ok());
  const std::optional<TextEmbedding> found = cache.Find("encoder", kIds);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->token_count, 2);
  EXPECT_EQ(found->width, 3);
  EXPECT_EQ(found->values, kEmbedding.values);
  EXPECT_FALSE(cache.Find("other", kIds).has_value());
  EXPECT_FALSE(cache.Find("encoder", std::vector<int32_t>{7, 8}).has_value());
}

TEST_F(EmbeddingCacheTest, ADamagedEntryCountsAsNone) {
  const EmbeddingCache cache(folder_);
  ASSERT_TRUE(cache.Add("encoder", kIds, kEmbedding).ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::filesystem::resize_file(entry.path(), 10);
  }
  EXPECT_FALSE(cache.Find("encoder", kIds).has_value());
}

TEST_F(EmbeddingCacheTest, KeepsABoundedNumber) {
  const EmbeddingCache cache(folder_);
  for (int32_t i = 0; i < static_cast<int32_t>(EmbeddingCache::kEntriesMax) + 5; ++i) {
    ASSERT_TRUE(cache.Add("encoder", std::vector<int32_t>{i}, kEmbedding).ok());
  }
  EXPECT_EQ(FileCount(folder_), EmbeddingCache::kEntriesMax);
}

TEST_F(EmbeddingCacheTest, WithoutAFolderNothingIsKept) {
  const EmbeddingCache cache("");
  EXPECT_TRUE(cache.Add("encoder", kIds, kEmbedding).ok());
  EXPECT_FALSE(cache.Find("encoder", kIds).has_value());
}

}  // namespace
}  // namespace aozora
