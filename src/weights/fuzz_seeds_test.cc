// SPDX-License-Identifier: Apache-2.0
// Small files of each format that the fuzzers can start from. With AOZORA_FUZZ_SEEDS=FOLDER in the
// environment they are written to FOLDER/{safetensors,gguf,torch,pickle}/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "weights/gguf_reader.h"
#include "weights/gguf_writer.h"
#include "weights/pickle.h"
#include "weights/safetensors_reader.h"
#include "weights/tensor_set.h"
#include "weights/torch_reader.h"
#include "weights/torch_testonly.h"

namespace aozora {
namespace {

void Keep(const std::string& format, const std::string& name, const std::string& content) {
  const char* root = std::getenv("AOZORA_FUZZ_SEEDS");
  if (root == nullptr) return;
  const std::filesystem::path folder = std::filesystem::path(root) / format;
  std::filesystem::create_directories(folder);
  std::ofstream out(folder / name, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

TEST(FuzzSeeds, Safetensors) {
  const std::string seed =
      SafetensorsFile(R"({"__metadata__":{"format":"pt"},)"
                      R"("a.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                      R"("b":{"dtype":"F8_E4M3","shape":[],"data_offsets":[16,17]}})",
                      std::string(17, '\0'));
  EXPECT_OK(ParseSafetensors(AsBytes(seed)));
  Keep("safetensors", "two", seed);
}

TEST(FuzzSeeds, Gguf) {
  const std::vector<NamedWeight> weights = {
      {"conv.weight", MakeWeight(Ramp(32), {32}, DType::kQ4_0)},
      {"b", MakeWeight(Ramp(3), {3, 1}, DType::kF16)},
  };
  GgufWriteMetadata metadata;
  metadata["general.alignment"] = uint32_t{8};
  metadata["comfy.gguf.orig_shape.conv.weight"] = std::vector<int32_t>{4, 4, 2};
  metadata["tokenizer.ggml.model"] = std::string("t5");
  metadata["tokenizer.ggml.tokens"] = std::vector<std::string>{"<unk>", "a"};
  metadata["tokenizer.ggml.scores"] = std::vector<float>{0, -1};
  metadata["tokenizer.ggml.token_type"] = std::vector<int32_t>{2, 1};
  metadata["tokenizer.ggml.precompiled_charsmap"] = std::vector<uint8_t>{1, 2};
  metadata["tokenizer.ggml.add_space_prefix"] = true;
  const std::string seed = GgufHeader(weights, metadata).value() + std::string(32, '\0');
  EXPECT_OK(ParseGguf(AsBytes(seed)));
  Keep("gguf", "two", seed);
}

TEST(FuzzSeeds, Torch) {
  PickleWriter plain;
  plain.Op('}').Text("w").Tensor("FloatStorage", "0", 6, 0, {3, 2}, {1, 3}).Op('s');
  PickleWriter wrapped(4);
  wrapped.Op('}').Text("state_dict").Global("collections", "OrderedDict").Op(')').Op('R').Op(0x94);
  wrapped.Op('(').Op(0x8c).Raw("\x01").Raw("w");
  wrapped.Text("torch._utils").Text("_rebuild_parameter").Op(0x93).Op('(');
  wrapped.Tensor("HalfStorage", "0", 6, 1, {5}, {1}).Op(0x88).Op('N').Op('t').Op('R').Op('u');
  wrapped.Op('}').Op('b').Op('s');
  int number = 0;
  for (PickleWriter* writer : {&plain, &wrapped}) {
    const std::string pickle = writer->Stop();
    const std::string zip = WriteZip({{"a/data.pkl", pickle}, {"a/data/0", std::string(24, '\0')}},
                                     {number == 1, 8, ""});
    const auto layout = ParseTorchZip(AsBytes(zip));
    EXPECT_OK(layout);
    Keep("pickle", std::to_string(number), pickle);
    Keep("torch", std::to_string(number++), zip);
  }
}

}  // namespace
}  // namespace aozora
