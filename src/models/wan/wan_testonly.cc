// SPDX-License-Identifier: Apache-2.0
#include "models/wan/wan_testonly.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/rng.h"
#include "ops/cpu/backend.h"
#include "ops/reference/backend.h"

namespace aozora::wan {
namespace {

std::vector<std::unique_ptr<op::Backend>> Backends(BackendKind kind) {
  std::vector<std::unique_ptr<op::Backend>> backends;
  if (kind == BackendKind::kCpu) backends.push_back(ops::MakeCpuBackend());
  backends.push_back(ops::MakeReferenceBackend());
  return backends;
}

class Maker {
 public:
  explicit Maker(uint64_t seed) : seed_(seed) {}

  void Add(const std::string& name, const Shape& shape, float deviation, float mean = 0) {
    const auto count = static_cast<size_t>(shape.count());
    std::vector<float> values = RandomValues(count, SplitSeed(seed_, weights_.size()), deviation);
    for (float& value : values) value += mean;
    weights_.push_back({name, MakeWeight(values, shape, DType::kF32)});
  }
  void Matrix(const std::string& name, int64_t out, int64_t in, bool bias) {
    Add(name + ".weight", {out, in}, 1 / std::sqrt(static_cast<float>(in)));
    if (bias) Add(name + ".bias", {out}, 0.1f);
  }
  void Gain(const std::string& name, int64_t width) { Add(name, {width}, 0.2f, 1); }

  std::vector<NamedWeight> Take() { return std::move(weights_); }

 private:
  uint64_t seed_;
  std::vector<NamedWeight> weights_;
};

void AddDitBlock(Maker& make, const DitConfig& c, const std::string& name) {
  make.Add(name + "modulation", {1, 6, c.width}, 0.3f);
  for (const std::string part : {"self_attn.", "cross_attn."}) {
    for (const std::string matrix : {"q", "k", "v", "o"}) {
      make.Matrix(name + part + matrix, c.width, c.width, true);
    }
    make.Gain(name + part + "norm_q.weight", c.width);
    make.Gain(name + part + "norm_k.weight", c.width);
  }
  make.Gain(name + "norm3.weight", c.width);
  make.Add(name + "norm3.bias", {c.width}, 0.1f);
  make.Matrix(name + "ffn.0", c.ffn_width, c.width, true);
  make.Matrix(name + "ffn.2", c.width, c.ffn_width, true);
}

}  // namespace

TestDevice::TestDevice(BackendKind kind)
    : device_(Backends(kind), op::MakeHostMemory(), pool_, cancel_) {}

std::filesystem::path GoldenPath(const std::string& name) {
  const char* root = std::getenv("AOZORA_SOURCE_DIR");
  CHECK(root != nullptr);
  return std::filesystem::path(root) / "tests/goldens" / (name + ".safetensors");
}

GoldenFile OpenTestGolden(const std::string& name) { return OpenGolden(GoldenPath(name)).value(); }

std::filesystem::path TestFolder::Put(const std::string& name, std::string_view content) const {
  std::filesystem::create_directories((path() / name).parent_path());
  std::ofstream out(path() / name, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  CHECK(out.good());
  return path() / name;
}

std::filesystem::path TestFolder::Put(const std::string& name,
                                      const std::vector<NamedWeight>& weights,
                                      const std::map<std::string, std::string>& metadata) const {
  std::filesystem::create_directories((path() / name).parent_path());
  WriteSafetensors(path() / name, weights, metadata).value();
  return path() / name;
}

std::vector<NamedWeight> RandomDit(const DitConfig& c, uint64_t seed) {
  Maker make(seed);
  const int64_t p = DitConfig::kPatch;
  make.Add("patch_embedding.weight", {c.width, c.in_channel_count, 1, p, p}, 0.2f);
  make.Add("patch_embedding.bias", {c.width}, 0.1f);
  make.Matrix("text_embedding.0", c.width, c.text_width, true);
  make.Matrix("text_embedding.2", c.width, c.width, true);
  make.Matrix("time_embedding.0", c.width, c.frequency_count, true);
  make.Matrix("time_embedding.2", c.width, c.width, true);
  make.Matrix("time_projection.1", 6 * c.width, c.width, true);
  for (int64_t i = 0; i < c.layer_count; ++i) AddDitBlock(make, c, fmt::format("blocks.{}.", i));
  make.Add("head.modulation", {1, 2, c.width}, 0.3f);
  make.Matrix("head.head", c.out_channel_count * c.patch_values(), c.width, true);
  return make.Take();
}

std::vector<NamedWeight> RandomUmt5(const Umt5Config& c, uint64_t seed) {
  Maker make(seed);
  const int64_t heads = c.head_count * c.head_width;
  make.Add("token_embedding.weight", {c.vocabulary_count, c.width}, 1);
  make.Gain("norm.weight", c.width);
  for (int64_t i = 0; i < c.layer_count; ++i) {
    const std::string name = fmt::format("blocks.{}.", i);
    make.Gain(name + "norm1.weight", c.width);
    make.Gain(name + "norm2.weight", c.width);
    for (const std::string matrix : {"q", "k", "v"}) {
      make.Matrix(name + "attn." + matrix, heads, c.width, false);
    }
    make.Matrix(name + "attn.o", c.width, heads, false);
    make.Matrix(name + "ffn.gate.0", c.ffn_width, c.width, false);
    make.Matrix(name + "ffn.fc1", c.ffn_width, c.width, false);
    make.Matrix(name + "ffn.fc2", c.width, c.ffn_width, false);
    make.Add(name + "pos_embedding.embedding.weight", {Umt5Config::kBucketCount, c.head_count}, 1);
  }
  return make.Take();
}

std::vector<float> RandomValues(size_t count, uint64_t seed, float deviation) {
  std::vector<float> values(count);
  TwisterNormal(seed).Fill(values);
  for (float& value : values) value *= deviation;
  return values;
}

TensorSet MakeSet(const std::vector<NamedWeight>& weights) {
  TensorSet set("test");
  for (const NamedWeight& weight : weights) set.Add(weight.name, weight.weight).value();
  return set;
}

void Fill(std::vector<NamedWeight>& weights, std::string_view name, float value) {
  for (NamedWeight& weight : weights) {
    if (weight.name != name) continue;
    const Shape shape = weight.weight.view.shape();
    const std::vector<float> values(static_cast<size_t>(shape.count()), value);
    weight.weight = MakeWeight(values, shape, DType::kF32);
    return;
  }
  internal::CheckFailed(__FILE__, __LINE__, "the weight exists", name);
}

}  // namespace aozora::wan
