// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weights/tensor_set.h"
#include "weights/torch_reader.h"
#include "weights/torch_testonly.h"
#include "weights/zip_directory.h"

namespace aozora {
namespace {

// {"w": tensor} with that tensor in storage "0" of six floats.
std::string OneTensor(int64_t first, const std::vector<int64_t>& sizes,
                      const std::vector<int64_t>& strides, int64_t storage_count = 6) {
  PickleWriter w;
  w.Op('}').Text("w").Tensor("FloatStorage", "0", storage_count, first, sizes, strides).Op('s');
  return WriteTorchZip(w.Stop(), {{"0", Floats({0, 1, 2, 3, 4, 5})}});
}

Result<FileLayout> ParseTorch(const std::string& file) { return ParseTorchZip(AsBytes(file)); }

TEST(Zip, FindsStoredEntriesWithAndWithout64BitSizes) {
  for (const bool zip64 : {false, true}) {
    const std::string file = WriteZip({{"a/b", "hello"}, {"c", ""}}, {zip64, 64, "a comment"});
    const auto entries = ReadZipDirectory(AsBytes(file));
    ASSERT_OK(entries);
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_EQ((*entries)[0].name, "a/b");
    EXPECT_EQ(file.substr((*entries)[0].offset, (*entries)[0].bytes), "hello");
    EXPECT_EQ((*entries)[0].offset % 64, 0u);
    EXPECT_EQ((*entries)[1].bytes, 0u);
  }
}

TEST(Zip, RefusesWhatItCannotMap) {
  const auto read = [](const std::vector<ZipFile>& files) {
    const std::string file = WriteZip(files);
    return ReadZipDirectory(AsBytes(file));
  };
  EXPECT_ERROR(read({{"a", "x", 8}}), "\"a\" is compressed");
  EXPECT_ERROR(read({{"a", "x", 0, 1}}), "encrypted");
  EXPECT_ERROR(read({{"a", "x"}, {"a", "y"}}), "there twice");
  EXPECT_ERROR(ReadZipDirectory(AsBytes("PK\x03\x04 but no end")), "no directory");
  std::string renamed = WriteZip({{"name", "x"}});
  renamed.replace(renamed.find("name"), 4, "eman");
  EXPECT_ERROR(ReadZipDirectory(AsBytes(renamed)), "not what the directory says");
}

TEST(Zip, DamagedFilesAreRefusedOrHarmless) {
  for (const bool zip64 : {false, true}) {
    const std::string file = WriteZip({{"a/b", "hello"}, {"c", "x"}}, {zip64, 8, ""});
    ExpectSurvivesDamage(file, file.size(),
                         [](Bytes bytes) { return ReadZipDirectory(bytes).ok(); });
  }
}

TEST(TorchZip, ReadsAStateDict) {
  PickleWriter w;
  w.Global("collections", "OrderedDict").Op(')').Op('R').Op('(');
  w.Text("a.weight").Tensor("FloatStorage", "0", 6, 0, {2, 3}, {3, 1});
  w.Text("a.bias").Tensor("BFloat16Storage", "1", 2, 1, {1}, {1});
  w.Text("step").Int(7);
  w.Text("scalar").Tensor("FloatStorage", "0", 6, 5, {}, {});
  w.Op('u').Op('}').Text("_metadata").Op('}').Op('s').Op('b');
  const TempFolder folder;
  const std::string two_bf16("\x80\x3f\x00\x40", 4);
  const auto path =
      folder.Put("m.pth", WriteTorchZip(w.Stop(), {{"0", Floats(Ramp(6))}, {"1", two_bf16}}));
  const auto file = OpenTensorFile(path);
  ASSERT_OK(file);
  EXPECT_EQ(file->format, "torch");
  ASSERT_EQ(file->tensors.size(), 3u);
  EXPECT_EQ(file->tensors[0].weight.view.shape(), (Shape{2, 3}));
  EXPECT_EQ(Values(file->tensors[0].weight), Ramp(6));
  EXPECT_EQ(Values(file->Find("a.bias")->weight), std::vector<float>{2});
  EXPECT_EQ(Values(file->Find("scalar")->weight), std::vector<float>{Ramp(6)[5]});
  EXPECT_NE(file->tensors[0].weight.file, nullptr);
}

TEST(TorchZip, ReadsEveryStorageType) {
  const std::pair<const char*, DType> types[] = {
      {"FloatStorage", DType::kF32},     {"HalfStorage", DType::kF16},
      {"BFloat16Storage", DType::kBF16}, {"DoubleStorage", DType::kF64},
      {"LongStorage", DType::kI64},      {"IntStorage", DType::kI32},
      {"ShortStorage", DType::kI16},     {"CharStorage", DType::kI8},
      {"ByteStorage", DType::kU8},       {"BoolStorage", DType::kBool},
  };
  for (const auto& [name, dtype] : types) {
    PickleWriter w;
    w.Op('}').Text("w").Tensor(name, "0", 2, 0, {2}, {1}).Op('s');
    const auto layout = ParseTorch(WriteTorchZip(w.Stop(), {{"0", std::string(16, '\0')}}));
    ASSERT_OK(layout);
    EXPECT_EQ(layout->tensors[0].dtype, dtype) << name;
  }
}

TEST(TorchZip, CopiesWhatIsNotDense) {
  const TempFolder folder;
  const auto transposed = OpenTensorFile(folder.Put("t.pth", OneTensor(0, {3, 2}, {1, 3})));
  ASSERT_OK(transposed);
  EXPECT_EQ(Values(transposed->tensors[0].weight), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  const auto columns = OpenTensorFile(folder.Put("c.pth", OneTensor(1, {2, 2}, {3, 1})));
  ASSERT_OK(columns);
  EXPECT_EQ(Values(columns->tensors[0].weight), (std::vector<float>{1, 2, 4, 5}));
  // The stride of an axis of one item means nothing.
  const auto one = OpenTensorFile(folder.Put("o.pth", OneTensor(0, {1, 6}, {77, 1})));
  ASSERT_OK(one);
  EXPECT_NE(one->tensors[0].weight.file, nullptr);
}

TEST(TorchZip, RefusesLyingTensors) {
  EXPECT_OK(ParseTorch(OneTensor(0, {6}, {1})));
  EXPECT_ERROR(ParseTorch(OneTensor(0, {7}, {1})), "past the end");
  EXPECT_ERROR(ParseTorch(OneTensor(1, {6}, {1})), "past the end");
  EXPECT_ERROR(ParseTorch(OneTensor(-1, {6}, {1})), "nowhere");
  EXPECT_ERROR(ParseTorch(OneTensor(7, {0}, {1})), "past the end");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {7}, {1}, 7)), "are more");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {6}, {1}, INT64_MAX)), "are more");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {6}, {1}, -1)), "storage is not one");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {-6}, {1})), "no size");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {6}, {-1})), "no size");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {6}, {1, 1})), "differ in number");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {INT64_MAX, INT64_MAX}, {0, 0})), "63 bits");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {1 << 30}, {0})), "repeat values");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {2, 2}, {INT64_MAX, INT64_MAX})), "past the end");
  EXPECT_ERROR(ParseTorch(OneTensor(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1})),
               "9 axes");
  PickleWriter w;
  w.Op('}').Text("w").Tensor("FloatStorage", "../secret", 1, 0, {1}, {1}).Op('s');
  EXPECT_ERROR(ParseTorch(WriteTorchZip(w.Stop(), {})), "\"../secret\" is not in the file");
}

TEST(TorchZip, TiedTensorsShareTheirBytesAndTheirCopiesAreBounded) {
  const TempFolder folder;
  PickleWriter tied;
  tied.Op('}');
  for (const char* name : {"a", "b"}) {
    tied.Text(name).Tensor("FloatStorage", "0", 6, 0, {6}, {1}).Op('s');
  }
  const auto file =
      OpenTensorFile(folder.Put("tied.pth", WriteTorchZip(tied.Stop(), {{"0", Floats(Ramp(6))}})));
  ASSERT_OK(file);
  EXPECT_EQ(file->tensors[0].weight.view.data(), file->tensors[1].weight.view.data());

  PickleWriter bomb;
  bomb.Op('}');
  for (int i = 0; i < 300; ++i) {
    bomb.Text(fmt::format("{}", i));
    bomb.Tensor("FloatStorage", "0", 4096, 0, {64, 64}, {1, 64}).Op('s');
  }
  EXPECT_ERROR(OpenTensorFile(folder.Put(
                   "bomb.pth", WriteTorchZip(bomb.Stop(), {{"0", std::string(16384, '\0')}}))),
               "not dense");
}

TEST(TorchZip, UnwrapsCheckpointsOfTrainers) {
  PickleWriter w;
  w.Op('}').Text("epoch").Int(3).Op('s').Text("model").Op('}');
  w.Text("state_dict").Op('}').Text("w").Tensor("FloatStorage", "0", 6, 0, {6}, {1});
  w.Op('s').Op('s').Op('s');
  const auto layout = ParseTorch(WriteTorchZip(w.Stop(), {{"0", Floats(Ramp(6))}}));
  ASSERT_OK(layout);
  EXPECT_EQ(layout->tensors[0].name, "w");

  PickleWriter none;
  none.Op('}').Text("epoch").Int(3).Op('s');
  EXPECT_ERROR(ParseTorch(WriteTorchZip(none.Stop(), {})), "no dictionary of tensors");
  // A dictionary that is its own "model".
  PickleWriter cycle;
  cycle.Op('}').Op('q').Raw("\x01").Text("model").Op('h').Raw("\x01").Op('s');
  EXPECT_ERROR(ParseTorch(WriteTorchZip(cycle.Stop(), {})), "no dictionary of tensors");
}

TEST(TorchZip, RefusesOtherArchives) {
  EXPECT_ERROR(ParseTorch(WriteZip({{"word/document.xml", "<x/>"}})), "without data.pkl");
  const std::string pickle = PickleWriter().Op('}').Stop();
  EXPECT_ERROR(ParseTorch(WriteZip({{"a/data.pkl", pickle}, {"a/byteorder", "big"}})),
               "big-endian");
  PickleWriter evil;
  evil.Global("os", "system").Text("id").Op(0x85).Op('R');
  EXPECT_ERROR(ParseTorch(WriteTorchZip(evil.Stop(), {})), "\"os system\"");
}

TEST(TorchZip, DamagedFilesAreRefusedOrHarmless) {
  PickleWriter w(4);
  w.Op('}').Text("w").Tensor("FloatStorage", "0", 6, 0, {3, 2}, {1, 3}).Op('s');
  const std::string file =
      WriteZip({{"a/data.pkl", w.Stop()}, {"a/data/0", Floats(Ramp(6))}}, {false, 4, ""});
  ExpectSurvivesDamage(file, file.size(), [](Bytes bytes) { return ParseTorchZip(bytes).ok(); });
}

}  // namespace
}  // namespace aozora
