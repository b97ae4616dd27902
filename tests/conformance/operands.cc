// SPDX-License-Identifier: Apache-2.0
#include "operands.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "tensor/decode.h"

namespace aozora::conformance {
namespace {

// Operands larger than this repeat their numbers, with a period that no kernel's tile divides: only
// the tests of cancelling have such, and would otherwise mostly wait for the making of numbers.
constexpr int64_t kDistinctMax = 65521;

// Numbers that depend on the case and the operand's name only. The standard's engines are the same
// everywhere, its distributions are not.
class Numbers {
 public:
  Numbers(const Case& source, const std::string& name) {
    uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const char c : source.op() + name)
      hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
    engine_.seed(hash);
  }
  uint64_t Bits() { return engine_(); }
  double Uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // [0, 1)
  // The sum of four uniforms: bell-shaped, deviation 1, never beyond 3.5.
  double Normal() { return (Uniform() + Uniform() + Uniform() + Uniform() - 2) * std::sqrt(3.0); }

 private:
  std::mt19937_64 engine_;
};

float Filled(double value, const std::string& fill, int64_t i, int64_t count) {
  if (fill == "normal") return static_cast<float>(value);
  const bool chosen = i == count / 2;
  if (fill == "nan" && chosen) return std::numeric_limits<float>::quiet_NaN();
  if (fill == "inf" && chosen) return std::numeric_limits<float>::infinity();
  if (fill == "zero") return 0;
  if (fill == "large") return static_cast<float>(value * 1000);
  if (fill == "offset") return static_cast<float>(value + 1000);
  if (fill == "tiny") return static_cast<float>(value * 1e-13);
  if (fill != "nan" && fill != "inf") {
    internal::CheckFailed(__FILE__, __LINE__, "fill exists", fill);
  }
  return static_cast<float>(value);
}

void PutF16(std::byte* at, double value) {
  const uint16_t bits = F32ToF16(static_cast<float>(value));
  std::memcpy(at, &bits, sizeof(bits));
}

// Any bytes are a block but for its f16 scales: those are set so that values are of size `scale`.
// Offsets: github.com/ggml-org/ggml, src/ggml-common.h.
void SetBlockScales(DType dtype, std::byte* block, double scale, Numbers& numbers) {
  const double jitter = 0.5 + numbers.Uniform();
  switch (dtype) {
    case DType::kQ8_0:  // d, int8 values
      return PutF16(block, jitter * scale / 64);
    case DType::kQ4_0:  // d, values in [-8, 7]
      return PutF16(block, jitter * scale / 4);
    case DType::kQ4_K:  // d, dmin, 6-bit scales and minima, values in [0, 15]
      PutF16(block, jitter * scale / (32 * 4));
      return PutF16(block + 2, jitter * scale / 32);
    case DType::kQ5_K:  // the same with values in [0, 31]
      PutF16(block, jitter * scale / (32 * 8));
      return PutF16(block + 2, jitter * scale / 32);
    case DType::kQ6_K:  // d last; int8 scales, values in [-32, 31]
      return PutF16(block + 208, jitter * scale / (64 * 16));
    default:
      CHECK(false);
  }
}

void PutPlain(DType dtype, std::byte* at, float value) {
  switch (dtype) {
    case DType::kF32:
      std::memcpy(at, &value, sizeof(value));
      return;
    case DType::kF16:
      return PutF16(at, value);
    case DType::kBF16: {
      const uint16_t bits = F32ToBF16(value);
      std::memcpy(at, &bits, sizeof(bits));
      return;
    }
    case DType::kF8E4M3:
      *at = std::byte{F32ToF8E4M3(value)};
      return;
    case DType::kF8E5M2:
      *at = std::byte{F32ToF8E5M2(value)};
      return;
    default:
      CHECK(false);
  }
}

void PutValues(DType dtype, std::byte* to, const std::vector<float>& values) {
  if (dtype == DType::kQ8Affine) {
    EncodeQ8Affine(values.data(), static_cast<int64_t>(values.size()), to);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    PutPlain(dtype, to + i * Info(dtype).block_bytes, values[i]);
  }
}

// Where value `index` of a run lies, which begins a block.
int64_t ByteOffset(DType dtype, int64_t index) {
  return static_cast<int64_t>(BytesOf(dtype, static_cast<uint64_t>(index)).value());
}

}  // namespace

Operands::Buffer& Operands::NewBuffer(const std::string& name, const Shape& shape, int64_t gap,
                                      float between, DType dtype) {
  auto buffer = std::make_unique<Buffer>();
  buffer->name = name;
  buffer->shape = shape;
  buffer->dtype = dtype;
  buffer->gap = layout_ == Layout::kPlain ? 0 : gap;
  const int64_t item_count = shape.rank() > 0 ? shape.item_count() : 1;
  const int64_t items = shape.rank() > 0 ? shape[0] : 1;
  // A view with gaps also begins in the middle of a cache line, as a column of a matrix does.
  const int64_t count = items * (item_count + buffer->gap);
  buffer->bytes.resize(static_cast<size_t>(ByteOffset(dtype, count)));
  PutValues(dtype, buffer->bytes.data(), std::vector<float>(static_cast<size_t>(count), between));
  buffer->before = buffer->bytes;
  buffers_.push_back(std::move(buffer));
  return *buffers_.back();
}

View Operands::ViewOf(Buffer& buffer) {
  const int64_t item_count = buffer.shape.rank() > 0 ? buffer.shape.item_count() : 1;
  const int64_t lead = ByteOffset(buffer.dtype, buffer.gap);
  return View(buffer.bytes.data() + lead, buffer.dtype, buffer.shape, item_count + buffer.gap);
}

View Operands::InOut(const std::string& name, const Shape& shape, int64_t gap, double scale,
                     const std::string& fill, DType dtype) {
  Numbers numbers(case_, name);
  Buffer& buffer = NewBuffer(name, shape, gap, std::numeric_limits<float>::quiet_NaN(), dtype);
  std::vector<double> table(static_cast<size_t>(std::min(shape.count(), kDistinctMax)));
  for (double& value : table) value = numbers.Normal() * scale;
  const View view = ViewOf(buffer);
  const int64_t items = shape.rank() > 0 ? shape[0] : 1;
  const int64_t item_count = shape.rank() > 0 ? shape.item_count() : 1;
  std::vector<float> values(static_cast<size_t>(item_count));
  for (int64_t item = 0, i = 0; item < items; ++item) {
    for (float& value : values) {
      value = Filled(table[i % kDistinctMax], fill, i, shape.count());
      ++i;
    }
    PutValues(dtype,
              static_cast<std::byte*>(view.data()) + ByteOffset(dtype, item * view.item_stride()),
              values);
  }
  buffer.before = buffer.bytes;
  buffer.may_write = true;
  return view;
}

ConstView Operands::Input(const std::string& name, const Shape& shape, int64_t gap, double scale,
                          const std::string& fill, DType dtype) {
  const View view = InOut(name, shape, gap, scale, fill, dtype);
  buffers_.back()->may_write = false;
  return view;
}

View Operands::Output(const Shape& shape, int64_t gap, DType dtype) {
  Buffer& buffer = NewBuffer("output", shape, gap, kUntouched, dtype);
  buffer.may_write = true;
  return ViewOf(buffer);
}

ConstView Operands::Rotation(const std::string& name, int64_t m, int64_t pair_count) {
  Numbers numbers(case_, name);
  Buffer& buffer = NewBuffer(name, Shape{m, pair_count, 2}, 0, 0, DType::kF32);
  const View view = ViewOf(buffer);
  for (int64_t i = 0; i < view.count(); i += 2) {
    const double angle = numbers.Uniform() * 200;
    view.f32()[i] = static_cast<float>(std::cos(angle));
    view.f32()[i + 1] = static_cast<float>(std::sin(angle));
  }
  buffer.before = buffer.bytes;
  return view;
}

const Weight* Operands::MakeWeight(const std::string& name, const Shape& shape, DType dtype,
                                   double scale, float weight_scale) {
  Numbers numbers(case_, name);
  const DTypeInfo& info = Info(dtype);
  const auto bytes = BytesOf(dtype, static_cast<uint64_t>(shape.count()));
  CHECK(bytes.has_value());
  CHECK_EQ(shape[shape.rank() - 1] % info.block_values, 0);
  auto memory = std::shared_ptr<std::byte[]>(std::make_unique<std::byte[]>(*bytes));
  const uint64_t distinct_bytes = kDistinctMax * info.block_bytes;
  for (uint64_t at = 0; at < *bytes; at += info.block_bytes) {
    if (at >= distinct_bytes) {
      std::memcpy(&memory[at], &memory[at - distinct_bytes], info.block_bytes);
      continue;
    }
    if (!IsBlockQuantized(dtype)) {
      PutPlain(dtype, &memory[at], static_cast<float>(numbers.Normal() * scale));
      continue;
    }
    for (uint32_t i = 0; i < info.block_bytes; ++i)
      memory[at + i] = std::byte(numbers.Bits() >> 56);
    SetBlockScales(dtype, &memory[at], scale, numbers);
  }
  auto weight = std::make_unique<Weight>();
  weight->view = ConstView(memory.get(), dtype, shape);
  weight->scale = weight_scale;
  weight->memory = memory;
  weights_.push_back(std::move(weight));
  return weights_.back().get();
}

std::vector<uint32_t>& Operands::Rows(const std::string& name, int64_t count, uint32_t below) {
  Numbers numbers(case_, name);
  auto rows = std::make_unique<std::vector<uint32_t>>(static_cast<size_t>(count));
  for (uint32_t& row : *rows) row = static_cast<uint32_t>(numbers.Bits() % below);
  rows_.push_back(std::move(rows));
  return *rows_.back();
}

std::vector<int32_t>& Operands::Ids(const std::string& name, int64_t count, int32_t below) {
  Numbers numbers(case_, name);
  auto ids = std::make_unique<std::vector<int32_t>>(static_cast<size_t>(count));
  for (int32_t& id : *ids) id = static_cast<int32_t>(numbers.Bits() % static_cast<uint64_t>(below));
  ids_.push_back(std::move(ids));
  return *ids_.back();
}

std::vector<int>& Operands::Order(const std::vector<int64_t>& order) {
  orders_.push_back(std::make_unique<std::vector<int>>());
  for (const int64_t axis : order) orders_.back()->push_back(static_cast<int>(axis));
  return *orders_.back();
}

std::vector<ConstView>& Operands::Views() {
  views_.push_back(std::make_unique<std::vector<ConstView>>());
  return *views_.back();
}

std::string Operands::Damage() const {
  for (const auto& buffer : buffers_) {
    const int64_t item_count = buffer->shape.rank() > 0 ? buffer->shape.item_count() : 1;
    const int64_t stride = item_count + buffer->gap;
    const uint32_t value_bytes = Info(buffer->dtype).block_bytes;
    for (size_t i = 0; i < buffer->bytes.size(); ++i) {
      const int64_t index = static_cast<int64_t>(i) / value_bytes;
      const bool in_gap = index % stride < buffer->gap;
      if ((buffer->may_write && !in_gap) || buffer->bytes[i] == buffer->before[i]) continue;
      return fmt::format("{} at value {} of {} was overwritten",
                         in_gap ? "the gap between items" : "an input", index, buffer->name);
    }
  }
  return {};
}

}  // namespace aozora::conformance
