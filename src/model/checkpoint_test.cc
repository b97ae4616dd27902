// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/folder_testonly.h"
#include "model/model.h"
#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"

namespace aozora {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckpointTest : public testing::Test {
 protected:
  // A checkpoint file with one tensor of that name.
  fs::path PutWeights(const std::string& file, const std::string& tensor = "a") const {
    fs::create_directories((root_ / file).parent_path());
    const std::vector<NamedWeight> weights = {
        {tensor, MakeWeight(std::vector<float>{1, 2}, {2}, DType::kF32)}};
    WriteSafetensors(root_ / file, weights, {}).value();
    return root_ / file;
  }
  fs::path PutText(const std::string& file, std::string_view text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
    return root_ / file;
  }
  // Of the files opened, in order, as seen from the root.
  std::vector<std::string> Files(const CheckpointPaths& paths) const {
    std::vector<std::string> names;
    const Checkpoint checkpoint = OpenCheckpoint(paths).value();
    for (const TensorFile& file : checkpoint.files) {
      names.push_back(file.path.lexically_normal().lexically_relative(root_).generic_string());
    }
    return names;
  }

  const TemporaryFolder scratch_;
  const fs::path root_ = scratch_.path();
};

TEST_F(CheckpointTest, AFolderIsSearched) {
  PutWeights("transformer/model.safetensors");
  PutWeights("vae/model.safetensors");
  PutText("transformer/config.json", "{}");
  PutText("google/umt5-xxl/spiece.model", "x");
  PutText("xlm/sentencepiece.bpe.model", "x");
  PutText("README.md", "x");
  PutWeights(".cache/half.safetensors");
  const Checkpoint checkpoint = OpenCheckpoint({.model = root_}).value();
  ASSERT_EQ(checkpoint.files.size(), 2u);
  EXPECT_EQ(checkpoint.files[0].path, root_ / "transformer/model.safetensors");
  EXPECT_EQ(checkpoint.named_count, 0u);
  ASSERT_EQ(checkpoint.configs.size(), 1u);
  EXPECT_EQ(checkpoint.configs[0].content, "{}");
  EXPECT_THAT(checkpoint.tokenizers, ElementsAre(root_ / "google/umt5-xxl/spiece.model"));
}

TEST_F(CheckpointTest, ShardsOfAnIndexAreOneFile) {
  PutWeights("m-00001-of-00002.safetensors", "a");
  PutWeights("m-00002-of-00002.safetensors", "b");
  PutText("m.safetensors.index.json",
          R"({"weight_map": {"a": "m-00001-of-00002.safetensors",
                             "b": "m-00002-of-00002.safetensors"}})");
  const Checkpoint checkpoint = OpenCheckpoint({.model = root_}).value();
  ASSERT_EQ(checkpoint.files.size(), 1u);
  EXPECT_EQ(checkpoint.files[0].tensors.size(), 2u);
  // Any shard stands for all.
  const Checkpoint one = OpenCheckpoint({.model = root_ / "m-00002-of-00002.safetensors"}).value();
  ASSERT_EQ(one.files.size(), 1u);
  EXPECT_EQ(one.files[0].tensors.size(), 2u);
}

TEST_F(CheckpointTest, AShardWithoutIndexIsAFileOfItsOwn) {
  PutWeights("m-00001-of-00002.safetensors");
  EXPECT_THAT(Files({.model = root_}), ElementsAre("m-00001-of-00002.safetensors"));
}

TEST_F(CheckpointTest, ASingleFileBringsItsSiblings) {
  PutWeights("diffusion_models/a.safetensors");
  PutWeights("diffusion_models/other.safetensors");
  PutWeights("vae/v.safetensors");
  PutWeights("text_encoders/t.safetensors");
  PutWeights("loras/l.safetensors");
  PutText("tokenizer/spiece.model", "x");
  const CheckpointPaths paths = {.model = root_ / "diffusion_models/a.safetensors"};
  EXPECT_THAT(Files(paths), ElementsAre("diffusion_models/a.safetensors", "vae/v.safetensors",
                                        "text_encoders/t.safetensors"));
  const Checkpoint checkpoint = OpenCheckpoint(paths).value();
  EXPECT_EQ(checkpoint.named_count, 1u);
  EXPECT_EQ(checkpoint.tokenizers.size(), 1u);
}

TEST_F(CheckpointTest, HalfOfAPairBringsTheOther) {
  PutWeights("d/x_high_noise_14B.safetensors");
  PutWeights("d/x_low_noise_14B.safetensors");
  EXPECT_THAT(Files({.model = root_ / "d/x_low_noise_14B.safetensors"}),
              ElementsAre("d/x_low_noise_14B.safetensors", "d/x_high_noise_14B.safetensors"));
}

TEST_F(CheckpointTest, PartsGivenByThemselvesComeFirstAndOnce) {
  PutWeights("m/model.safetensors");
  PutWeights("m/vae.safetensors");
  PutWeights("elsewhere/vae.safetensors");
  const fs::path tokenizer = PutText("elsewhere/my.model", "x");
  PutText("m/spiece.model", "x");
  CheckpointPaths paths = {.model = root_ / "m",
                           .text_encoder = root_ / "m/vae.safetensors",
                           .decoder = root_ / "elsewhere/vae.safetensors",
                           .tokenizer = tokenizer};
  EXPECT_THAT(Files(paths),
              ElementsAre("m/vae.safetensors", "elsewhere/vae.safetensors", "m/model.safetensors"));
  const Checkpoint checkpoint = OpenCheckpoint(paths).value();
  EXPECT_EQ(checkpoint.named_count, 2u);
  EXPECT_THAT(checkpoint.tokenizers, ElementsAre(tokenizer));
}

TEST_F(CheckpointTest, ErrorsNameWhatIsWrong) {
  EXPECT_THAT(OpenCheckpoint({.model = root_ / "none"}).error().message(),
              HasSubstr((root_ / "none").string()));
  EXPECT_THAT(OpenCheckpoint({.model = root_}).error().message(), HasSubstr("no checkpoint files"));
  PutWeights("a.safetensors");
  EXPECT_THAT(OpenCheckpoint({.model = root_, .decoder = root_ / "no.pth"}).error().message(),
              HasSubstr("no.pth"));
  EXPECT_THAT(OpenCheckpoint({.model = root_, .tokenizer = root_ / "no.model"}).error().message(),
              HasSubstr("no.model"));
  PutText("broken.safetensors", "not at all");
  EXPECT_THAT(OpenCheckpoint({.model = root_}).error().message(), HasSubstr("broken.safetensors"));
}

TEST_F(CheckpointTest, FoldersBelowTheDepthAreLeftOut) {
  PutWeights("1/2/in.safetensors");
  PutWeights("1/2/3/out.safetensors");
  EXPECT_THAT(Files({.model = root_}), ElementsAre("1/2/in.safetensors"));
}

TEST_F(CheckpointTest, TooManyFilesAreRefused) {
  const fs::path first = PutWeights("first.safetensors");
  for (size_t i = 0; i < kCheckpointFilesMax; ++i) {
    fs::copy_file(first, root_ / fmt::format("{}.safetensors", i));
  }
  const auto checkpoint = OpenCheckpoint({.model = root_});
  ASSERT_FALSE(checkpoint.ok());
  EXPECT_EQ(checkpoint.error().code(), ErrorCode::kExhausted);
}

class NamedFamily : public Family {
 public:
  NamedFamily(std::string name, std::string tensor)
      : name_(std::move(name)), tensor_(std::move(tensor)) {}
  std::string_view name() const override { return name_; }
  bool Recognises(const Checkpoint& checkpoint) const override {
    return checkpoint.files[0].Find(tensor_) != nullptr;
  }
  Result<std::unique_ptr<Model>> Open(Checkpoint, std::span<const LoraChoice>) const override {
    return Error::Invalid("opened by {}", name_);
  }

 private:
  std::string name_, tensor_;
};

TEST_F(CheckpointTest, TheFirstFamilyThatKnowsItOpensIt) {
  const fs::path model = PutWeights("m.safetensors", "b");
  const NamedFamily a("A", "a"), b("B", "b"), c("C", "b");
  const Family* all[] = {&a, &b, &c};
  EXPECT_EQ(OpenModel(all, {.model = model}, {}).error().message(), "opened by B");
  const auto none = OpenModel(std::span(all).first(1), {.model = model}, {});
  EXPECT_EQ(none.error().code(), ErrorCode::kUnsupported);
  EXPECT_THAT(none.error().message(), HasSubstr("(A)"));
}

}  // namespace
}  // namespace aozora
