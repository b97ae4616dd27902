// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weights/gguf_metadata.h"
#include "weights/gguf_reader.h"
#include "weights/gguf_writer.h"
#include "weights/tensor_set.h"
#include "weights/weights_testonly.h"

namespace aozora {
namespace {

// Builds files that the writer would not.
class Gguf {
 public:
  explicit Gguf(uint64_t tensor_count, uint64_t metadata_count, uint32_t version = 3) {
    bytes_ = "GGUF";
    U32(version).U64(tensor_count).U64(metadata_count);
  }
  Gguf& U8(uint8_t value) { return Put(value); }
  Gguf& U32(uint32_t value) { return Put(value); }
  Gguf& U64(uint64_t value) { return Put(value); }
  Gguf& Text(std::string_view text) {
    U64(text.size());
    bytes_ += text;
    return *this;
  }
  // Sizes as the file has them, the fastest first.
  Gguf& Tensor(std::string_view name, const std::vector<uint64_t>& sizes, uint32_t type,
               uint64_t offset) {
    Text(name).U32(static_cast<uint32_t>(sizes.size()));
    for (const uint64_t size : sizes) U64(size);
    return U32(type).U64(offset);
  }
  // Pads to the data section and appends it.
  std::string Data(std::string_view data, size_t alignment = 32) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
    return bytes_ + std::string(data);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  template <class T>
  Gguf& Put(T value) {
    AppendLittle(value, &bytes_);
    return *this;
  }
  std::string bytes_;
};

Result<FileLayout> Parse(const std::string& file) { return ParseGguf(AsBytes(file)); }

TEST(Gguf, TurnsSizesRound) {
  const std::string file = Gguf(1, 0).Tensor("w", {3, 2}, 0, 0).Data(Floats(Ramp(6)));
  const auto layout = Parse(file);
  ASSERT_OK(layout);
  EXPECT_EQ(layout->tensors[0].shape, (Shape{2, 3}));
  EXPECT_EQ(layout->tensors[0].offset % 32, 0u);
}

TEST(Gguf, ReadsVersionTwoAndThreeOnly) {
  EXPECT_OK(Parse(Gguf(0, 0, 2).bytes()));
  EXPECT_OK(Parse(Gguf(0, 0, 3).bytes()));
  EXPECT_ERROR(Parse(Gguf(0, 0, 1).bytes()), "version 1");
  EXPECT_ERROR(Parse(Gguf(0, 0, 4).bytes()), "version 4");
  EXPECT_ERROR(Parse(Gguf(0, 0, 0x03000000).bytes()), "big-endian");
  EXPECT_ERROR(Parse("GGML"), "not a GGUF");
}

TEST(Gguf, RefusesHugeCountsAtOnce) {
  EXPECT_ERROR(Parse(Gguf(UINT64_MAX, 0).bytes()), "more than");
  EXPECT_ERROR(Parse(Gguf(0, UINT64_MAX).bytes()), "more than");
  EXPECT_ERROR(Parse(Gguf(0, 1).U64(UINT64_MAX).bytes()), "a text of");
  EXPECT_ERROR(Parse(Gguf(0, 1).U64(1 << 20).bytes()), "a text of");
  EXPECT_ERROR(Parse(Gguf(0, 1).Text("k").U32(9).U32(4).U64(UINT64_MAX).bytes()), "an array of");
  EXPECT_ERROR(Parse(Gguf(0, 1).Text("k").U32(9).U32(4).U64(1 << 20).bytes()), "cut off");
  EXPECT_ERROR(Parse(Gguf(0, 1).Text("k").U32(9).U32(8).U64(1 << 20).bytes()), "cut off");
  EXPECT_ERROR(Parse(Gguf(0, 1).Text("k").U32(9).U32(9).U64(1).bytes()), "array of arrays");
  EXPECT_ERROR(Parse(Gguf(0, 1).Text("k").U32(13).bytes()), "unknown metadata type 13");
  EXPECT_ERROR(Parse(Gguf(1, 0).Text("t").U32(UINT32_MAX).bytes()), "axes");
}

TEST(Gguf, RefusesLyingTensors) {
  const std::string data(64, 'x');
  const auto one = [&](const std::vector<uint64_t>& sizes, uint32_t type, uint64_t offset) {
    return Parse(Gguf(1, 0).Tensor("w", sizes, type, offset).Data(data));
  };
  EXPECT_OK(one({16}, 0, 0));
  EXPECT_ERROR(one({17}, 0, 0), "past the end");
  EXPECT_ERROR(one({8}, 0, 4), "not a multiple of 32");
  EXPECT_ERROR(one({1}, 0, 64), "past the end");
  EXPECT_ERROR(one({1}, 0, UINT64_MAX - 31), "");
  EXPECT_ERROR(one({uint64_t{1} << 32, uint64_t{1} << 32}, 0, 0), "63 bits");
  EXPECT_ERROR(one({uint64_t{1} << 62}, 0, 0), "not whole blocks");
  EXPECT_ERROR(one({16, 2}, 8, 0), "not whole blocks of q8_0");
  EXPECT_ERROR(one({16}, 6, 0), "stored as Q5_0");
  EXPECT_ERROR(one({16}, 999, 0), "unknown (ggml type 999)");
  EXPECT_ERROR(Parse(Gguf(2, 0).Tensor("w", {4}, 0, 0).Tensor("w", {4}, 0, 32).Data(data)),
               "there twice");
  EXPECT_ERROR(Parse(Gguf(2, 0).Tensor("v", {16}, 0, 0).Tensor("w", {4}, 0, 32).Data(data)),
               "overlap");
}

TEST(Gguf, RefusesDuplicateKeysAndStrangeAlignments) {
  EXPECT_ERROR(Parse(Gguf(0, 2).Text("k").U32(0).U8(1).Text("k").U32(0).U8(1).bytes()), "twice");
  const auto aligned = [](uint32_t alignment) {
    return Parse(Gguf(0, 1).Text("general.alignment").U32(4).U32(alignment).bytes());
  };
  EXPECT_OK(aligned(64));
  EXPECT_ERROR(aligned(0), "power of two");
  EXPECT_ERROR(aligned(48), "power of two");
  EXPECT_ERROR(aligned(1u << 31), "power of two");
}

TEST(Gguf, WriterAndReaderAgree) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "model.gguf";
  std::vector<NamedWeight> weights;
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ4_0}) {
    weights.push_back(
        {std::string(Name(dtype)) + ".weight", MakeWeight(Ramp(128), {2, 64}, dtype)});
  }
  GgufWriteMetadata metadata;
  metadata["general.architecture"] = std::string("test");
  metadata["general.alignment"] = uint32_t{64};
  metadata["a.float"] = 0.5f;
  metadata["a.flag"] = true;
  metadata["a.negative"] = int64_t{-5};
  metadata["a.list"] = std::vector<int32_t>{1, -2, 3};
  metadata["a.long"] = std::vector<float>(1000);
  ASSERT_OK(WriteGguf(path, weights, metadata));
  const auto file = OpenTensorFile(path);
  ASSERT_OK(file);
  EXPECT_EQ(file->format, "gguf");
  EXPECT_EQ(file->metadata.at("general.architecture"), "test");
  EXPECT_EQ(file->metadata.at("a.float"), "0.5");
  EXPECT_EQ(file->metadata.at("a.flag"), "true");
  EXPECT_EQ(file->metadata.at("a.negative"), "-5");
  EXPECT_EQ(file->metadata.at("a.list"), "1,-2,3");
  EXPECT_FALSE(file->metadata.contains("a.long"));
  ASSERT_EQ(file->tensors.size(), weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_EQ(file->tensors[i].name, weights[i].name);
    EXPECT_EQ(file->tensors[i].weight.view.shape(), (Shape{2, 64}));
    EXPECT_EQ(Values(file->tensors[i].weight), Values(weights[i].weight)) << weights[i].name;
    EXPECT_NE(file->tensors[i].weight.file, nullptr);
  }
}

TEST(Gguf, OriginalShapesComeBack) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "shapes.gguf";
  const std::vector<NamedWeight> weights = {
      {"conv.weight", MakeWeight(Ramp(64), {2, 32}, DType::kQ8_0)},
      {"table", MakeWeight(Ramp(12), {12}, DType::kF32)},
  };
  GgufWriteMetadata metadata;
  metadata["comfy.gguf.orig_shape.conv.weight"] = std::vector<int32_t>{4, 4, 1, 2, 2};
  metadata["comfy.gguf.orig_shape.table"] = std::vector<int32_t>{1, 6, 2};
  ASSERT_OK(WriteGguf(path, weights, metadata));
  const auto file = OpenTensorFile(path);
  ASSERT_OK(file);
  const Weight& conv = file->Find("conv.weight")->weight;
  EXPECT_EQ(conv.view.shape(), (Shape{4, 4, 1, 2, 2}));
  EXPECT_EQ(conv.view.dtype(), DType::kF32) << "rows of 2 are not blocks, so it was decoded";
  EXPECT_EQ(Values(conv), Values(weights[0].weight));
  EXPECT_EQ(file->Find("table")->weight.view.shape(), (Shape{1, 6, 2}));
  EXPECT_NE(file->Find("table")->weight.file, nullptr);
  for (const std::vector<int32_t>& wrong : {std::vector<int32_t>{5}, {-4, -3}, {}}) {
    metadata["comfy.gguf.orig_shape.table"] = wrong;
    ASSERT_OK(WriteGguf(path, weights, metadata));
    EXPECT_ERROR(OpenTensorFile(path), "original shape");
  }
}

TEST(Gguf, DamagedFilesAreRefusedOrHarmless) {
  const std::vector<NamedWeight> weights = {
      {"a", MakeWeight(Ramp(32), {1, 32}, DType::kQ8_0)},
      {"b", MakeWeight(Ramp(4), {4}, DType::kF32)},
  };
  GgufWriteMetadata metadata;
  metadata["tokenizer.ggml.model"] = std::string("t5");
  metadata["tokenizer.ggml.tokens"] = std::vector<std::string>{"<pad>", "a"};
  metadata["tokenizer.ggml.scores"] = std::vector<float>{0, -1};
  metadata["tokenizer.ggml.token_type"] = std::vector<int32_t>{3, 1};
  const auto header = GgufHeader(weights, metadata);
  ASSERT_OK(header);
  std::string file = *header;
  file += AsText(weights[0].weight.stored());
  file.resize(header->size() + 64);
  file += AsText(weights[1].weight.stored());
  ASSERT_OK(ParseGguf(AsBytes(file)));
  ExpectSurvivesDamage(file, file.size(), [](Bytes bytes) { return ParseGguf(bytes).ok(); });
}

// One field of a protocol buffer message, decoded the other way round.
struct Field {
  uint64_t number = 0;
  uint64_t varint = 0;
  std::string bytes;
};
std::vector<Field> DecodeProto(std::string_view message) {
  std::vector<Field> fields;
  size_t at = 0;
  const auto varint = [&] {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(message.at(at++));
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.size()) {
    Field field;
    const uint64_t tag = varint();
    field.number = tag >> 3;
    if ((tag & 7) == 0) {
      field.varint = varint();
    } else {
      const uint64_t size = (tag & 7) == 5 ? 4 : varint();
      field.bytes = std::string(message.substr(at, size));
      at += size;
    }
    fields.push_back(field);
  }
  return fields;
}

class GgufTokenizer : public ::testing::Test {
 protected:
  GgufTokenizer() {
    metadata_["tokenizer.ggml.model"] = std::string("t5");
    metadata_["tokenizer.ggml.tokens"] =
        std::vector<std::string>{"<pad>", "</s>", "<unk>", "<0x41>", "\u2581sky"};
    metadata_["tokenizer.ggml.scores"] = std::vector<float>{0, 0, 0, -2, -3.5f};
    metadata_["tokenizer.ggml.token_type"] = std::vector<int32_t>{3, 3, 2, 6, 1};
    metadata_["tokenizer.ggml.eos_token_id"] = uint32_t{1};
    metadata_["tokenizer.ggml.remove_extra_whitespaces"] = false;
    metadata_["tokenizer.ggml.precompiled_charsmap"] = std::vector<uint8_t>{1, 0, 255};
  }
  Result<FileLayout> Parse() {
    header_ = GgufHeader({}, metadata_).value();
    return ParseGguf(AsBytes(header_));
  }
  GgufWriteMetadata metadata_;
  std::string header_;
};

TEST_F(GgufTokenizer, BecomesASentencePieceModel) {
  const auto layout = Parse();
  ASSERT_OK(layout);
  const std::vector<Field> model = DecodeProto(layout->tokenizer);
  ASSERT_EQ(model.size(), 7u);  // 5 pieces, trainer, normaliser
  const std::vector<Field> piece = DecodeProto(model[4].bytes);
  EXPECT_EQ(model[4].number, 1u);
  EXPECT_EQ(piece[0].bytes, "\u2581sky");
  EXPECT_EQ(piece[1].bytes, Floats({-3.5f}));
  EXPECT_EQ(piece[2].varint, 1u);
  std::map<uint64_t, Field> trainer;
  for (const Field& field : DecodeProto(model[5].bytes)) trainer[field.number] = field;
  EXPECT_EQ(trainer[3].varint, 1u);                         // unigram
  EXPECT_EQ(trainer[35].varint, 1u);                        // byte fallback
  EXPECT_EQ(trainer[42].varint, 1u);                        // </s>
  EXPECT_EQ(static_cast<int64_t>(trainer[41].varint), -1);  // no <s>
  std::map<uint64_t, Field> normalizer;
  for (const Field& field : DecodeProto(model[6].bytes)) normalizer[field.number] = field;
  EXPECT_EQ(normalizer[2].bytes, std::string("\x01\x00\xff", 3));
  EXPECT_EQ(normalizer[3].varint, 1u);  // the file does not say: SentencePiece's default
  EXPECT_EQ(normalizer[4].varint, 0u);
}

TEST_F(GgufTokenizer, OfAnotherKindIsLeftOut) {
  metadata_["tokenizer.ggml.model"] = std::string("gpt2");
  const auto layout = Parse();
  ASSERT_OK(layout);
  EXPECT_EQ(layout->tokenizer, "");
  EXPECT_EQ(layout->metadata.at("tokenizer.ggml.model"), "gpt2");
}

TEST_F(GgufTokenizer, MustBeComplete) {
  metadata_["tokenizer.ggml.scores"] = std::vector<float>{0};
  EXPECT_ERROR(Parse(), "5 tokens, 1 scores and 5 types");
  metadata_["tokenizer.ggml.scores"] = std::vector<float>{0, 0, 0, 0, 1.0f / 0.0f};
  EXPECT_ERROR(Parse(), "no number");
  metadata_["tokenizer.ggml.scores"] = std::vector<float>(5);
  metadata_["tokenizer.ggml.token_type"] = std::vector<int32_t>{0, 1, 1, 1, 1};
  EXPECT_ERROR(Parse(), "unknown type 0");
}

}  // namespace
}  // namespace aozora
