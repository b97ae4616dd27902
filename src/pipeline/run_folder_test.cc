// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run_folder.h"

#include <gmock/gmock.h>

#include <fstream>

#include "pipeline/folder_testonly.h"

namespace aozora {
namespace {

using RunFolderTest = FolderTest;

StepState SomeState(uint32_t segment_index) {
  StepState state;
  state.segment_index = segment_index;
  state.latent = {1.5f, -2.25f, 1e-30f, 0};
  state.sampler = {"unipc", 3, {{"last", {1, 2}}, {"before", {}}}};
  state.cache = SavedState{"easycache", 4, {{"seen", {5}}}};
  return state;
}

TEST_F(RunFolderTest, GivesBackWhatWasSaved) {
  const RunFolder folder = RunFolder::Open(folder_ / "run", "me").value();
  EXPECT_FALSE(folder.Load(0).value().has_value());
  ASSERT_TRUE(folder.Save(SomeState(0)).ok());
  const std::optional<StepState> loaded = folder.Load(0).value();
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->latent, SomeState(0).latent);
  EXPECT_EQ(loaded->sampler.kind, "unipc");
  EXPECT_EQ(loaded->sampler.step_index, 3);
  EXPECT_EQ(std::vector<float>(loaded->sampler.Find("last", 2).value().begin(),
                               loaded->sampler.Find("last", 2).value().end()),
            (std::vector<float>{1, 2}));
  EXPECT_TRUE(loaded->sampler.Find("before", 0).ok());
  ASSERT_TRUE(loaded->cache.has_value());
  EXPECT_EQ(loaded->cache->step_index, 4);
  EXPECT_FALSE(folder.Load(1).value().has_value());
}

TEST_F(RunFolderTest, RefusesTheStateOfAnotherRun) {
  ASSERT_TRUE(RunFolder::Open(folder_, "one").value().Save(SomeState(0)).ok());
  const auto loaded = RunFolder::Open(folder_, "another").value().Load(0);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kInvalid);
}

TEST_F(RunFolderTest, ADamagedFileIsAnErrorThatNamesIt) {
  const RunFolder folder = RunFolder::Open(folder_, "me").value();
  ASSERT_TRUE(folder.Save(SomeState(0)).ok());
  std::filesystem::resize_file(folder_ / "segment-0.safetensors", 20);
  const auto loaded = folder.Load(0);
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message(), testing::HasSubstr("segment-0.safetensors"));
}

TEST_F(RunFolderTest, ClearTakesItsOwnFilesAndNoOthers) {
  const RunFolder folder = RunFolder::Open(folder_ / "run", "me").value();
  ASSERT_TRUE(folder.Save(SomeState(0)).ok());
  ASSERT_TRUE(folder.Save(SomeState(1)).ok());
  ASSERT_TRUE(folder.Clear().ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));

  const RunFolder shared = RunFolder::Open(folder_ / "shared", "me").value();
  ASSERT_TRUE(shared.Save(SomeState(0)).ok());
  std::ofstream(folder_ / "shared" / "mine.txt") << "mine";
  ASSERT_TRUE(shared.Clear().ok());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "shared" / "mine.txt"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "shared" / "segment-0.safetensors"));
}

TEST_F(RunFolderTest, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_FALSE(RunFolder::Open(folder_ / "file" / "run", "me").ok());
}

}  // namespace
}  // namespace aozora
