// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "weights/layout.h"
#include "weights/safetensors_reader.h"
#include "weights/safetensors_writer.h"
#include "weights/tensor_set.h"
#include "weights/weights_testonly.h"

namespace aozora {
namespace {

Result<FileLayout> ParseHeader(std::string_view header, std::string_view data = "") {
  const std::string file = SafetensorsFile(header, data);
  return ParseSafetensors(AsBytes(file));
}

TEST(Safetensors, ReadsTensorsAndMetadata) {
  const auto layout = ParseHeader(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},)"
      R"("a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}   )",
      std::string(12, 'x'));
  ASSERT_OK(layout);
  EXPECT_EQ(layout->metadata.at("format"), "pt");
  ASSERT_EQ(layout->tensors.size(), 2u);
  EXPECT_EQ(layout->tensors[0].name, "b");
  EXPECT_EQ(layout->tensors[0].shape, (Shape{1, 2}));
  EXPECT_EQ(layout->tensors[1].dtype, DType::kBF16);
  EXPECT_EQ(layout->tensors[0].offset, layout->tensors[1].offset + 4);
}

TEST(Safetensors, ScalarsAndEmptyTensorsAreTensors) {
  const auto layout =
      ParseHeader(R"({"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                  R"("e":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[4,4]}})",
                  "1234");
  ASSERT_OK(layout);
  EXPECT_EQ(layout->tensors[0].shape.count(), 1);
  EXPECT_EQ(layout->tensors[1].shape.count(), 0);
}

TEST(Safetensors, RefusesWhatIsNotItsHeader) {
  EXPECT_ERROR(ParseSafetensors(AsBytes("short")), "too few");
  EXPECT_ERROR(ParseSafetensors(AsBytes(std::string(8, '\xff') + "{}")), "no safetensors file");
  EXPECT_ERROR(ParseSafetensors(AsBytes(std::string("\x40\0\0\0\0\0\0\0{}", 10))), "cut off");
  EXPECT_ERROR(ParseHeader("{"), "not JSON");
  EXPECT_ERROR(ParseHeader("[]"), "where it should not");
  EXPECT_ERROR(ParseHeader("null"), "where it should not");
  EXPECT_ERROR(ParseHeader(R"({"a":1})"), "where it should not");
  EXPECT_ERROR(ParseHeader(R"({"a":{"b":{}}})"), "where it should not");
  EXPECT_ERROR(ParseHeader(R"({"__metadata__":{"a":{}}})"), "where it should not");
  EXPECT_ERROR(ParseHeader("{\"\xff\":{}}"), "not JSON");
  EXPECT_ERROR(ParseHeader(R"({"a":{"dtype":"F32","shape":[]}})"), "lacks");
}

TEST(Safetensors, RefusesLyingEntries) {
  const auto one = [](std::string_view dtype, std::string_view shape, std::string_view offsets) {
    return ParseHeader(fmt::format(R"({{"a":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})",
                                   dtype, shape, offsets),
                       std::string(16, 'x'));
  };
  EXPECT_OK(one("F32", "[4]", "[0,16]"));
  EXPECT_ERROR(one("F31", "[4]", "[0,16]"), "unknown dtype \"F31\"");
  EXPECT_ERROR(one("F32", "[4]", "[0,17]"), "incomplete");
  EXPECT_ERROR(one("F32", "[4]", "[8,0]"), "bytes 8 to 0");
  EXPECT_ERROR(one("F32", "[4]", "[0]"), "lacks");
  EXPECT_ERROR(one("F32", "[4]", "[0,16,16]"), "lacks");
  EXPECT_ERROR(one("F32", "[5]", "[0,16]"), "not a F32 of shape [5]");
  EXPECT_ERROR(one("F32", "[-4]", "[0,16]"), "negative");
  EXPECT_ERROR(one("F32", "[4.0]", "[0,16]"), "fraction");
  EXPECT_ERROR(one("F32", "[1,1,1,1,1,1,1,1,4]", "[0,16]"), "9 axes");
  EXPECT_ERROR(one("F32", "[4294967296,4294967296]", "[0,16]"), "63 bits");
  EXPECT_ERROR(one("F32", "[0,4294967296,4294967296]", "[0,0]"), "63 bits");
  EXPECT_ERROR(one("F32", "[4611686018427387904]", "[0,16]"), "not a F32");
  EXPECT_ERROR(one("F32", "[99999999999999999999]", "[0,16]"), "fraction");
}

TEST(Safetensors, RefusesOverlapsAndDuplicates) {
  const std::string data(16, 'x');
  EXPECT_ERROR(ParseHeader(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                           R"("b":{"dtype":"U8","shape":[8],"data_offsets":[7,15]}})",
                           data),
               "\"a\" and \"b\" overlap");
  EXPECT_ERROR(ParseHeader(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                           R"("a":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}})",
                           data),
               "\"a\" is there twice");
}

TEST(Safetensors, MessagesShowNoControlCharactersAndNoEndlessNames) {
  const std::string name(5000, 'n');
  const auto layout = ParseHeader(fmt::format(R"({{"\u0007{}":{{}}}})", name));
  ASSERT_FALSE(layout.ok());
  EXPECT_LT(layout.error().message().size(), 300u);
  EXPECT_EQ(layout.error().message().find('\a'), std::string::npos);
}

TEST(Safetensors, DamagedFilesAreRefusedOrHarmless) {
  const std::string file = SafetensorsFile(
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},)"
      R"("b":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[4,7]}})",
      "0123456");
  ExpectSurvivesDamage(file, file.size(), [](Bytes bytes) { return ParseSafetensors(bytes).ok(); });
}

TEST(Safetensors, UnalignedTensorsAreCopiedAndUsable) {
  const TempFolder folder;
  const std::string data = "!" + Floats({1, 2, 3});
  // 8 + header length is a multiple of 4 here, so the f32 data starts one byte after such a place.
  std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                       R"("b":{"dtype":"F32","shape":[3],"data_offsets":[1,13]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const auto file = OpenTensorFile(folder.Put("odd.safetensors", SafetensorsFile(header, data)));
  ASSERT_OK(file);
  const Weight& weight = file->Find("b")->weight;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(weight.view.data()) % sizeof(float), 0u);
  EXPECT_EQ(Values(weight), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(weight.file, nullptr);
  EXPECT_NE(weight.memory, nullptr);
  EXPECT_NE(file->Find("a")->weight.file, nullptr);
}

TEST(Safetensors, EmbeddedTokenizerIsTakenOut) {
  const TempFolder folder;
  const std::string header =
      R"({"m.spiece_model":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
      R"("not_spiece_model":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}})";
  const auto file = OpenTensorFile(folder.Put("t.safetensors", SafetensorsFile(header, "hello!")));
  ASSERT_OK(file);
  EXPECT_EQ(file->tokenizer, "hello");
  ASSERT_EQ(file->tensors.size(), 1u);
  EXPECT_EQ(file->tensors[0].name, "not_spiece_model");
}

TEST(Safetensors, GoldensOpen) {
  const auto file = OpenTensorFile(GoldenPath("umt5_tiny.safetensors"));
  ASSERT_OK(file);
  EXPECT_EQ(file->format, "safetensors");
  const StoredTensor* table = file->Find("token_embedding.weight");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->weight.view.shape(), (Shape{160, 128}));
  for (const float value : Values(table->weight)) ASSERT_TRUE(std::isfinite(value));
}

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const TempFolder folder;
  const DType dtypes[] = {DType::kU8,   DType::kF16,    DType::kF32,    DType::kF64,
                          DType::kBF16, DType::kF8E4M3, DType::kF8E5M2, DType::kI32};
  const std::vector<float> values = Ramp(6, 1, 0);  // exact in all of them
  std::vector<NamedWeight> weights;
  for (const DType dtype : dtypes) {
    weights.push_back({std::string(Name(dtype)), MakeWeight(values, {2, 3}, dtype)});
  }
  const std::filesystem::path path = folder / "all.safetensors";
  ASSERT_OK(WriteSafetensors(path, weights, {{"quote", "\"\n"}}));
  const auto file = OpenTensorFile(path);
  ASSERT_OK(file);
  EXPECT_EQ(file->metadata.at("quote"), "\"\n");
  for (const NamedWeight& written : weights) {
    const StoredTensor* read = file->Find(written.name);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->weight.view.dtype(), written.weight.view.dtype());
    EXPECT_EQ(read->weight.view.shape(), (Shape{2, 3}));
    EXPECT_EQ(Values(read->weight), values) << written.name;
    EXPECT_NE(read->weight.file, nullptr) << "not aligned, so not mapped: " << written.name;
  }
}

TEST(SafetensorsWriter, TakesPiecesInAnyOrder) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "pieces.safetensors";
  auto writer =
      SafetensorsWriter::Create(path, {{"a", DType::kF32, {4}}, {"b", DType::kBF16, {4}}}, {});
  ASSERT_OK(writer);
  const std::vector<float> values = {1, 2, 3, 4};
  const std::span<const float> span(values);
  ASSERT_OK(writer->AppendF32("b", span.first(3)));
  ASSERT_OK(writer->AppendF32("a", span));
  ASSERT_OK(writer->AppendF32("b", span.last(1)));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_OK(writer->Finish());
  const auto file = OpenTensorFile(path);
  ASSERT_OK(file);
  EXPECT_EQ(Values(file->Find("a")->weight), values);
  EXPECT_EQ(Values(file->Find("b")->weight), values);
}

TEST(SafetensorsWriter, RefusesWhatTheFormatCannotHold) {
  const TempFolder folder;
  const auto create = [&](const std::vector<SafetensorsWriter::Declaration>& tensors) {
    return SafetensorsWriter::Create(folder / "no.safetensors", tensors, {});
  };
  EXPECT_ERROR(create({{"q", DType::kQ8_0, {32}}}), "cannot hold");
  EXPECT_ERROR(create({{"a", DType::kF32, {1}}, {"a", DType::kF32, {1}}}), "twice");
  EXPECT_ERROR(create({{"\xff", DType::kF32, {1}}}), "UTF-8");
  EXPECT_ERROR(create({{"__metadata__", DType::kF32, {1}}}), "cannot hold");
  EXPECT_FALSE(std::filesystem::exists(folder / "no.safetensors"));
}

class Shards : public ::testing::Test {
 protected:
  void SetUp() override {
    const NamedWeight a = {"a", MakeWeight(Ramp(4), {4}, DType::kF32)};
    const NamedWeight b = {"b", MakeWeight(Ramp(2), {2}, DType::kF32)};
    ASSERT_OK(WriteSafetensors(folder_ / "1.safetensors", std::vector{a}, {{"format", "pt"}}));
    ASSERT_OK(WriteSafetensors(folder_ / "2.safetensors", std::vector{b}, {}));
  }
  Result<TensorFile> Open(std::string_view index) {
    return OpenTensorFile(folder_.Put("model.safetensors.index.json", index));
  }
  TempFolder folder_;
};

TEST_F(Shards, AreOneFile) {
  const auto file = Open(R"({"metadata":{"total_size":24},)"
                         R"("weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
  ASSERT_OK(file);
  EXPECT_EQ(file->tensors.size(), 2u);
  EXPECT_EQ(Values(file->Find("b")->weight), Ramp(2));
  EXPECT_EQ(file->metadata.at("total_size"), "24");
  EXPECT_EQ(file->metadata.at("format"), "pt");
}

TEST_F(Shards, StayInTheirFolderAndHoldWhatTheIndexSays) {
  EXPECT_ERROR(Open(R"({"weight_map":{"a":"../1.safetensors"}})"), "same folder");
  EXPECT_ERROR(Open(R"({"weight_map":{"a":"/etc/passwd"}})"), "same folder");
  EXPECT_ERROR(Open(R"({"weight_map":{"a":".."}})"), "same folder");
  EXPECT_ERROR(Open(R"({"weight_map":{"a":7}})"), "same folder");
  EXPECT_ERROR(Open(R"({"weight_map":{"c":"1.safetensors"}})"), "\"c\" is not in 1.safetensors");
  EXPECT_ERROR(Open(R"({"weight_map":{"a":"3.safetensors"}})"), "3.safetensors");
  EXPECT_ERROR(Open(R"({"weight_map":[]})"), "weight_map");
  EXPECT_ERROR(Open("{"), "not JSON");
  std::filesystem::copy(folder_ / "1.safetensors", folder_ / "3.safetensors");
  EXPECT_ERROR(Open(R"({"weight_map":{"a":"1.safetensors","x":"3.safetensors"}})"), "two shards");
}

TEST(OpenTensorFile, SaysWhatAStrangeFileIs) {
  const TempFolder folder;
  EXPECT_ERROR(OpenTensorFile(folder / "nothing"), "cannot open");
  EXPECT_ERROR(OpenTensorFile(folder.Put("empty", "")), "is empty");
  EXPECT_ERROR(OpenTensorFile(folder.Put("lfs", "version https://git-lfs.github.com/spec/v1\n")),
               "Git LFS");
  EXPECT_ERROR(OpenTensorFile(folder.Put("page", "\n<!DOCTYPE html>")), "web page");
  EXPECT_ERROR(OpenTensorFile(folder.Put("old.pth", "\x80\x02\x8a\x0al\xfc\x9c")), "bare pickle");
  EXPECT_ERROR(OpenTensorFile(folder.Put("noise", "hello")), "not a checkpoint");
  EXPECT_ERROR(OpenTensorFile(folder.Put("blank", "    ")), "not a checkpoint");
}

}  // namespace
}  // namespace aozora
