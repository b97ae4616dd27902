// SPDX-License-Identifier: Apache-2.0
#include "weights/gguf_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "weights/gguf_metadata.h"
#include "weights/gguf_tokenizer.h"

namespace aozora {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr uint64_t kTensorsMax = 100'000;   // the largest models have some thousands
constexpr uint64_t kMetadataMax = 100'000;  // one original shape for each tensor, and some more
constexpr uint64_t kNameBytesMax = 1024;    // ggml itself stops at 64
constexpr uint64_t kAlignmentMax = 1_MiB;
constexpr std::string_view kShapePrefix = "comfy.gguf.orig_shape.";

struct NumberedDType {
  uint32_t number;
  DType dtype;
};
constexpr NumberedDType kDTypes[] = {
    {0, DType::kF32},   {1, DType::kF16},   {2, DType::kQ4_0},  {8, DType::kQ8_0},
    {12, DType::kQ4_K}, {13, DType::kQ5_K}, {14, DType::kQ6_K}, {24, DType::kI8},
    {25, DType::kI16},  {26, DType::kI32},  {27, DType::kI64},  {28, DType::kF64},
    {30, DType::kBF16},
};

// The names of those that cannot be read, for the message.
constexpr std::pair<uint32_t, std::string_view> kOtherTypes[] = {
    {3, "Q4_1"},   {6, "Q5_0"},    {7, "Q5_1"},     {9, "Q8_1"},    {10, "Q2_K"},
    {11, "Q3_K"},  {15, "Q8_K"},   {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"},
    {19, "IQ1_S"}, {20, "IQ4_NL"}, {21, "IQ3_S"},   {22, "IQ2_S"},  {23, "IQ4_XS"},
    {29, "IQ1_M"}, {34, "TQ1_0"},  {35, "TQ2_0"},   {39, "MXFP4"},  {40, "NVFP4"},
};

Result<DType> ReadDType(ByteReader* reader, std::string_view tensor) {
  const auto number = TRY(reader->Read<uint32_t>());
  for (const NumberedDType& known : kDTypes) {
    if (known.number == number) return known.dtype;
  }
  std::string_view name = "unknown";
  for (const auto& [other, other_name] : kOtherTypes) {
    if (other == number) name = other_name;
  }
  return Error::Unsupported(
      "tensor {} is stored as {} (ggml type {}), which cannot be read; use the Q8_0, Q6_K, Q5_K, "
      "Q4_K, Q4_0, F16 or BF16 file of this model",
      Quoted(tensor), name, number);
}

// The shape that the tensor had before it was reshaped for its quantisation, or `stored`.
Result<Shape> OriginalShape(const GgufMetadata& metadata, const std::string& tensor,
                            const Shape& stored) {
  const auto found = metadata.find(std::string(kShapePrefix) + tensor);
  if (found == metadata.end()) return stored;
  const std::optional<std::vector<int64_t>> sizes = found->second.Integers();
  const bool valid =
      sizes && std::all_of(sizes->begin(), sizes->end(), [](int64_t size) { return size >= 0; });
  if (!valid) {
    return Error::Corrupt("tensor {}: its original shape is not a list of sizes", Quoted(tensor));
  }
  const std::vector<uint64_t> unsigned_sizes(sizes->begin(), sizes->end());
  const Shape shape = TRY(CheckedShape(tensor, unsigned_sizes));
  if (shape.count() == stored.count()) return shape;
  return Error::Corrupt("tensor {}: its original shape {} is not its stored one {}", Quoted(tensor),
                        ToString(shape), ToString(stored));
}

// The location's offset is left relative to the data section, whose place is not known yet.
Result<TensorLocation> ReadTensorInfo(ByteReader* reader, const GgufMetadata& metadata) {
  TensorLocation tensor;
  tensor.name = TRY_WITHIN("tensor name", ReadGgufString(reader, kNameBytesMax));
  const auto rank = TRY(reader->Read<uint32_t>());
  if (rank > Shape::kRankMax) {
    return Error::Unsupported("tensor {} has {} axes, more than {}", Quoted(tensor.name), rank,
                              Shape::kRankMax);
  }
  std::array<uint64_t, Shape::kRankMax> sizes = {};
  // The fastest axis comes first in the file and last in a Shape.
  for (uint32_t i = rank; i-- > 0;) sizes[i] = TRY(reader->Read<uint64_t>());
  const Shape stored = TRY(CheckedShape(tensor.name, std::span(sizes).first(rank)));
  tensor.dtype = TRY(ReadDType(reader, tensor.name));
  TRY(CheckRowsAreBlocks(tensor.name, tensor.dtype, stored));
  tensor.shape = TRY(OriginalShape(metadata, tensor.name, stored));
  tensor.offset = TRY(reader->Read<uint64_t>());
  return tensor;
}

Result<uint64_t> ReadAlignment(const GgufMetadata& metadata) {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return uint64_t{kGgufAlignmentDefault};
  const auto alignment = static_cast<uint64_t>(found->second.Integer().value_or(0));
  if (!std::has_single_bit(alignment) || alignment > kAlignmentMax) {
    return Error::Corrupt("the alignment {} is not a power of two up to {}", alignment,
                          kAlignmentMax);
  }
  return alignment;
}

Status PlaceTensors(uint64_t data_begin, uint64_t alignment, FileLayout* layout) {
  for (TensorLocation& tensor : layout->tensors) {
    if (tensor.offset % alignment != 0 ||
        __builtin_add_overflow(tensor.offset, data_begin, &tensor.offset)) {
      return Error::Corrupt("tensor {}: its offset {} is not a multiple of {}", Quoted(tensor.name),
                            tensor.offset, alignment);
    }
  }
  return Ok();
}

Status ReadHeader(ByteReader* reader, uint64_t* tensor_count, uint64_t* metadata_count) {
  const Bytes magic = TRY(reader->Take(kMagic.size()));
  if (AsText(magic) != kMagic) return Error::Corrupt("this is not a GGUF file");
  const auto version = TRY(reader->Read<uint32_t>());
  if (version == 1) {
    return Error::Unsupported("GGUF version 1; convert it with a current version of its tool");
  }
  if (version > 0 && (version & 0xffff) == 0) {
    return Error::Unsupported("a big-endian GGUF file; only little-endian ones can be read");
  }
  if (version != 2 && version != 3) return Error::Unsupported("GGUF version {}", version);
  *tensor_count = TRY(reader->Read<uint64_t>());
  *metadata_count = TRY(reader->Read<uint64_t>());
  if (*tensor_count > kTensorsMax || *metadata_count > kMetadataMax) {
    return Error::Corrupt("{} tensors and {} metadata entries: more than {} and {}", *tensor_count,
                          *metadata_count, kTensorsMax, kMetadataMax);
  }
  return Ok();
}

}  // namespace

std::optional<uint32_t> GgmlType(DType dtype) {
  for (const NumberedDType& known : kDTypes) {
    if (known.dtype == dtype) return known.number;
  }
  return std::nullopt;
}

Result<FileLayout> ParseGguf(Bytes file) {
  ByteReader reader(file);
  uint64_t tensor_count = 0;
  uint64_t metadata_count = 0;
  TRY(ReadHeader(&reader, &tensor_count, &metadata_count));
  const GgufMetadata metadata = TRY(ReadGgufMetadata(&reader, file, metadata_count));
  const uint64_t alignment = TRY(ReadAlignment(metadata));
  FileLayout layout;
  layout.format = "gguf";
  for (uint64_t i = 0; i < tensor_count; ++i) {
    layout.tensors.push_back(TRY(ReadTensorInfo(&reader, metadata)));
  }
  TRY(PlaceTensors(RoundUp(reader.position(), alignment), alignment, &layout));
  TRY(CheckLayout(layout, file.size()));
  for (const auto& [key, value] : metadata) {
    if (std::optional<std::string> text = GgufText(value)) {
      layout.metadata.emplace(key, *std::move(text));
    }
  }
  layout.tokenizer = TRY(GgufSentencePiece(metadata));
  return layout;
}

Result<TensorFile> OpenGguf(const std::filesystem::path& path) {
  std::shared_ptr<const MappedFile> file = TRY(MappedFile::Open(path));
  FileLayout layout = TRY_WITHIN(path.string(), ParseGguf(file->bytes()));
  return TRY_WITHIN(path.string(), MapLayout(std::move(layout), std::move(file)));
}

}  // namespace aozora
