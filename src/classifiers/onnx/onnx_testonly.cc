// SPDX-License-Identifier: Apache-2.0
#include "classifiers/onnx/onnx_testonly.h"

#include <fmt/core.h>
#include <stdlib.h>

#include <fstream>

#include "base/check.h"

namespace aozora {
namespace {

// Protocol buffers: a field is its number and kind, then a number or counted bytes. The numbers of
// the fields are those of onnx.proto.
std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string Field(uint32_t number, uint64_t value) { return Varint(number << 3) + Varint(value); }

std::string Field(uint32_t number, const std::string& bytes) {
  return Varint(number << 3 | 2) + Varint(bytes.size()) + bytes;
}

constexpr uint64_t kFloat = 1, kInteger = 2, kIntegers = 7;  // of tensors and of attributes

std::string IntegerAttribute(const std::string& name, uint64_t value) {
  return Field(5, Field(1, name) + Field(3, value) + Field(20, kInteger));
}

std::string IntegersAttribute(const std::string& name, const std::vector<uint64_t>& values) {
  std::string attribute = Field(1, name);
  for (const uint64_t value : values) attribute += Field(8, value);
  return Field(5, attribute + Field(20, kIntegers));
}

std::string Node(const std::string& type, const std::vector<std::string>& inputs,
                 const std::string& output, const std::string& attributes = "") {
  std::string node;
  for (const std::string& input : inputs) node += Field(1, input);
  return Field(1, node + Field(2, output) + Field(3, output) + Field(4, type) + attributes);
}

std::string Initializer(const std::string& name, const std::vector<uint64_t>& shape,
                        const std::vector<float>& values) {
  std::string tensor;
  for (const uint64_t size : shape) tensor += Field(1, size);
  const std::string bytes(reinterpret_cast<const char*>(values.data()),
                          values.size() * sizeof(float));
  return Field(5, tensor + Field(2, kFloat) + Field(8, name) + Field(9, bytes));
}

// A graph's input (11) or output (12).
std::string Value(uint32_t field, const std::string& name, const std::vector<uint64_t>& shape) {
  std::string dimensions;
  for (const uint64_t size : shape) dimensions += Field(1, Field(1, size));
  const std::string tensor = Field(1, kFloat) + Field(2, dimensions);
  return Field(field, Field(1, name) + Field(2, Field(1, tensor)));
}

}  // namespace

std::string OnnxOf(const TinyModel& model) {
  const uint64_t output_count = model.bias.size();
  const uint64_t value_count = model.averages ? 3 : uint64_t{3} * model.side_px * model.side_px;
  CHECK_EQ(model.weights.size(), output_count * value_count);
  std::string graph, last = "picture";
  const auto add = [&](const std::string& type, std::vector<std::string> more,
                       const std::string& output, const std::string& attributes = "") {
    more.insert(more.begin(), last);
    graph += Node(type, more, output, attributes);
    last = output;
  };
  if (!model.convolution.empty()) {
    add("Conv", {"kernel"}, "convolved",
        IntegersAttribute("kernel_shape", {3, 3}) + IntegersAttribute("pads", {1, 1, 1, 1}));
    graph += Initializer("kernel", {3, 3, 3, 3}, model.convolution);
  }
  if (model.averages) add("GlobalAveragePool", {}, "averages");
  add("Flatten", {}, "values", IntegerAttribute("axis", 1));
  if (model.has_second_output) {
    graph += Node("Sigmoid", {last}, "second") + Value(12, "second", {1, value_count});
  }
  add("Gemm", {"weights", "bias"}, "sums", IntegerAttribute("transB", 1));
  graph += Initializer("weights", {output_count, value_count}, model.weights) +
           Initializer("bias", {output_count}, model.bias);
  if (model.has_softmax) add("Softmax", {}, "scores", IntegerAttribute("axis", 1));
  graph += Field(2, "tiny") + Value(11, "picture", {1, 3, model.side_px, model.side_px}) +
           Value(12, last, {1, output_count});
  return Field(1, uint64_t{6}) + Field(7, graph) + Field(8, Field(1, "") + Field(2, uint64_t{11}));
}

TinyModel RedOrBlue(float factor) {
  TinyModel model;
  model.weights = {factor, 0, -factor, -factor, 0, factor};
  model.bias = {0, 0};
  return model;
}

void ClassifierFolder::Write(const TinyModel& model, const std::string& labels,
                             const std::string& scores, const std::string& numbers) const {
  WriteFile("tiny.onnx", OnnxOf(model));
  WriteFile("classifier.toml",
            fmt::format("name = \"tiny\"\nfile = \"tiny.onnx\"\nside_px = {}\nlabels = {}\n"
                        "scores = \"{}\"\n{}",
                        model.side_px, labels, scores, numbers));
}

void ClassifierFolder::WriteFile(const std::string& name, const std::string& content) const {
  std::ofstream(path() / name, std::ios::binary) << content;
}

void ClassifierFolder::WriteSureOfAlways() const {
  TinyModel model;
  model.weights.resize(6);
  model.bias = {3, 0};
  Write(model, R"(["always", "never"])", "softmax");
}

std::string PolicyAgainst(const std::string& label, const std::string& revision) {
  return "format = 1\nrevision = \"" + revision + "\"\n[[output.labels]]\nlabel = \"" + label +
         "\"\ncategory = \"violence\"\nseverity = \"high\"\nscore_min = 0.5\n";
}

}  // namespace aozora
