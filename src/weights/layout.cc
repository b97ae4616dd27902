// SPDX-License-Identifier: Apache-2.0
#include "weights/layout.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <unordered_set>
#include <utility>

#include "base/units.h"
#include "tensor/decode.h"

namespace aozora {
namespace {

constexpr size_t kQuotedBytesMax = 120;
constexpr size_t kWeightAlignment = 64;          // a cache line, and the widest vector load
constexpr uint64_t kTokenizerBytesMax = 64_MiB;  // the largest in use is about 5 MB
constexpr std::string_view kTokenizerTensor = "spiece_model";

uint64_t ValueBytes(DType dtype) { return Info(dtype).block_bytes; }

// The alignment that reading the values as their C++ type needs. Blocks and bytes need none: their
// decoders read them byte by byte.
uint64_t AlignmentOf(DType dtype) {
  return IsBlockQuantized(dtype) ? sizeof(uint16_t) : ValueBytes(dtype);
}

// How many bytes of the file the tensor reaches over, from its offset.
Result<uint64_t> ExtentBytes(const TensorLocation& tensor) {
  const auto count = static_cast<uint64_t>(tensor.shape.count());
  const std::optional<uint64_t> bytes = BytesOf(tensor.dtype, count);
  if (!bytes) {
    return Error::Corrupt("tensor {}: {} values are not whole blocks of {}", Quoted(tensor.name),
                          count, Name(tensor.dtype));
  }
  if (tensor.strides.empty() || count == 0) return *bytes;
  CHECK(!IsBlockQuantized(tensor.dtype));
  CHECK_EQ(tensor.strides.size(), tensor.shape.sizes().size());
  uint64_t last = 0;
  uint64_t reach = 0;
  for (size_t axis = 0; axis < tensor.strides.size(); ++axis) {
    const auto steps = static_cast<uint64_t>(tensor.shape.sizes()[axis] - 1);
    if (!CheckedMultiply(steps, tensor.strides[axis], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      return Error::Corrupt("tensor {}: strides out of range", Quoted(tensor.name));
    }
  }
  // last + 1 values reach to the last one.
  if (__builtin_add_overflow(last, uint64_t{1}, &last) ||
      !CheckedMultiply(last, ValueBytes(tensor.dtype), &reach)) {
    return Error::Corrupt("tensor {}: strides out of range", Quoted(tensor.name));
  }
  if (reach < *bytes) {
    return Error::Corrupt("tensor {}: its strides repeat values", Quoted(tensor.name));
  }
  return reach;
}

Status CheckNoOverlap(std::vector<std::pair<uint64_t, const TensorLocation*>> ends_by_offset) {
  std::sort(ends_by_offset.begin(), ends_by_offset.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->offset, a.first) < std::pair(b.second->offset, b.first);
  });
  for (size_t i = 1; i < ends_by_offset.size(); ++i) {
    const auto& [end, previous] = ends_by_offset[i - 1];
    const TensorLocation* next = ends_by_offset[i].second;
    if (next->offset < end) {
      return Error::Corrupt("tensors {} and {} overlap in the file", Quoted(previous->name),
                            Quoted(next->name));
    }
  }
  return Ok();
}

// Copies value by value, in the order of the shape, out of a tensor with strides.
void GatherStrided(const TensorLocation& tensor, const std::byte* from, std::byte* to) {
  const uint64_t value_bytes = ValueBytes(tensor.dtype);
  const int rank = tensor.shape.rank();
  std::array<int64_t, Shape::kRankMax> index = {};
  uint64_t source = 0;
  const int64_t count = tensor.shape.count();
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to + static_cast<uint64_t>(i) * value_bytes, from + source * value_bytes,
                value_bytes);
    for (int axis = rank - 1; axis >= 0; --axis) {
      source += tensor.strides[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      source -= static_cast<uint64_t>(index[axis]) * tensor.strides[axis];
      index[axis] = 0;
    }
  }
}

bool RowsAreBlocks(const TensorLocation& tensor) {
  const int rank = tensor.shape.rank();
  const int64_t row = rank == 0 ? 1 : tensor.shape[rank - 1];
  return row % Info(tensor.dtype).block_values == 0;
}

// A tensor of blocks that got back a shape whose rows are not whole blocks (a convolution's weight)
// is decoded: nobody could read its rows otherwise. Such tensors are small.
Weight DecodeTensor(const TensorLocation& tensor, const std::byte* data) {
  const auto count = static_cast<uint64_t>(tensor.shape.count());
  const std::shared_ptr<std::byte[]> memory = AllocateWeight(*BytesOf(DType::kF32, count));
  DecodeToF32(tensor.dtype, data, tensor.shape.count(), reinterpret_cast<float*>(memory.get()));
  Weight weight;
  weight.view = ConstView(memory.get(), DType::kF32, tensor.shape);
  weight.memory = memory;
  return weight;
}

Weight CopyTensor(const TensorLocation& tensor, const std::byte* data) {
  const uint64_t bytes = *BytesOf(tensor.dtype, static_cast<uint64_t>(tensor.shape.count()));
  const std::shared_ptr<std::byte[]> memory = AllocateWeight(bytes);
  if (!tensor.strides.empty()) {
    GatherStrided(tensor, data, memory.get());
  } else if (bytes > 0) {
    std::memcpy(memory.get(), data, bytes);
  }
  Weight weight;
  weight.view = ConstView(memory.get(), tensor.dtype, tensor.shape);
  weight.memory = memory;
  return weight;
}

Weight MapTensor(const TensorLocation& tensor, const std::shared_ptr<const MappedFile>& file) {
  const std::byte* data = file->bytes().data() + tensor.offset;
  if (!RowsAreBlocks(tensor)) return DecodeTensor(tensor, data);
  const bool aligned = reinterpret_cast<uintptr_t>(data) % AlignmentOf(tensor.dtype) == 0;
  if (!aligned || !tensor.strides.empty()) return CopyTensor(tensor, data);
  Weight weight;
  weight.view = ConstView(data, tensor.dtype, tensor.shape);
  weight.file = file;
  return weight;
}

bool IsTokenizerTensor(const TensorLocation& tensor) {
  if (tensor.dtype != DType::kU8 && tensor.dtype != DType::kI8) return false;
  const std::string_view name = tensor.name;
  if (!name.ends_with(kTokenizerTensor)) return false;
  const std::string_view before = name.substr(0, name.size() - kTokenizerTensor.size());
  return before.empty() || before.ends_with('.');
}

}  // namespace

Result<Shape> CheckedShape(std::string_view name, std::span<const uint64_t> sizes) {
  if (sizes.size() > Shape::kRankMax) {
    return Error::Unsupported("tensor {} has {} axes, more than {}", Quoted(name), sizes.size(),
                              Shape::kRankMax);
  }
  // Zeros are left out of the product, so that no partial product overflows either.
  uint64_t product = 1;
  std::array<int64_t, Shape::kRankMax> checked = {};
  for (size_t axis = 0; axis < sizes.size(); ++axis) {
    const uint64_t size = sizes[axis];
    if (!CheckedMultiply(product, std::max<uint64_t>(size, 1), &product) ||
        product > static_cast<uint64_t>(INT64_MAX)) {
      return Error::Corrupt("tensor {}: the product of its sizes does not fit 63 bits",
                            Quoted(name));
    }
    checked[axis] = static_cast<int64_t>(size);
  }
  return Shape(std::span<const int64_t>(checked.data(), sizes.size()));
}

Status CheckRowsAreBlocks(std::string_view name, DType dtype, const Shape& shape) {
  const int64_t row = shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
  if (row % Info(dtype).block_values == 0) return Ok();
  return Error::Corrupt("tensor {}: rows of {} values are not whole blocks of {}", Quoted(name),
                        row, Name(dtype));
}

Status CheckLayout(const FileLayout& layout, uint64_t file_bytes) {
  std::unordered_set<std::string_view> names;
  std::vector<std::pair<uint64_t, const TensorLocation*>> ends;
  for (const TensorLocation& tensor : layout.tensors) {
    if (!names.insert(tensor.name).second) {
      return Error::Corrupt("tensor {} is there twice", Quoted(tensor.name));
    }
    const uint64_t bytes = TRY(ExtentBytes(tensor));
    if (tensor.offset > file_bytes || bytes > file_bytes - tensor.offset) {
      return Error::Corrupt(
          "tensor {} reaches past the end of the file ({} at {} of {} bytes); the download may be "
          "incomplete",
          Quoted(tensor.name), bytes, tensor.offset, file_bytes);
    }
    if (bytes > 0) ends.emplace_back(tensor.offset + bytes, &tensor);
  }
  if (layout.shares_bytes) return Ok();
  return CheckNoOverlap(std::move(ends));
}

Result<TensorFile> MapLayout(FileLayout layout, std::shared_ptr<const MappedFile> file) {
  TRY(CheckLayout(layout, file->bytes().size()));
  TensorFile result;
  result.path = file->path();
  result.format = std::move(layout.format);
  result.metadata = std::move(layout.metadata);
  result.tokenizer = std::move(layout.tokenizer);
  result.tensors.reserve(layout.tensors.size());
  uint64_t copied_bytes = 0;
  for (TensorLocation& tensor : layout.tensors) {
    Weight weight = MapTensor(tensor, file);
    if (weight.memory != nullptr) copied_bytes += weight.bytes();
    // Tensors that share their bytes could otherwise ask for any amount of memory.
    if (layout.shares_bytes && copied_bytes > file->bytes().size()) {
      return Error::Unsupported("copies of tensors that are not dense need more than the file has");
    }
    if (IsTokenizerTensor(tensor)) {
      const Bytes bytes = weight.stored();
      if (bytes.size() > kTokenizerBytesMax) {
        return Error::Corrupt("tensor {}: a tokenizer of {}", Quoted(tensor.name),
                              HumanBytes(bytes.size()));
      }
      result.tokenizer.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      continue;
    }
    result.tensors.push_back({std::move(tensor.name), std::move(weight)});
  }
  return result;
}

std::shared_ptr<std::byte[]> AllocateWeight(uint64_t bytes) {
  constexpr std::align_val_t kAlignment{kWeightAlignment};
  // An empty tensor still has an address: a Weight without one is an absent one.
  void* memory = ::operator new[](std::max<uint64_t>(bytes, 1), kAlignment);
  return std::shared_ptr<std::byte[]>(static_cast<std::byte*>(memory), [](std::byte* p) {
    ::operator delete[](p, std::align_val_t{kWeightAlignment});
  });
}

std::string Quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name.substr(0, kQuotedBytesMax)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    text += control ? '?' : c;
  }
  if (name.size() > kQuotedBytesMax) text += "...";
  return text + "\"";
}

}  // namespace aozora
