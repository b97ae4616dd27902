// SPDX-License-Identifier: Apache-2.0
#include "weights/torch_testonly.h"

namespace aozora {
namespace {

// The fields that a local header and a directory entry share.
void AppendCommon(const ZipFile& file, bool zip64, std::string* out) {
  const auto size = static_cast<uint32_t>(zip64 ? UINT32_MAX : file.content.size());
  AppendLittle(uint16_t{45}, out);  // version needed
  AppendLittle(file.flags, out);
  AppendLittle(file.method, out);
  AppendLittle(uint32_t{0}, out);  // time and date
  AppendLittle(uint32_t{0}, out);  // checksum: nobody looks
  AppendLittle(size, out);
  AppendLittle(size, out);
  AppendLittle(static_cast<uint16_t>(file.name.size()), out);
}

uint64_t AppendLocal(const ZipFile& file, const ZipOptions& options, std::string* out) {
  const uint64_t offset = out->size();
  AppendLittle(uint32_t{0x04034b50}, out);
  AppendCommon(file, /*zip64=*/false, out);
  const size_t header_end = out->size() + 2 + file.name.size();
  const size_t padding = RoundUp(header_end, options.content_alignment) - header_end;
  AppendLittle(static_cast<uint16_t>(padding), out);
  *out += file.name + std::string(padding, 'Z') + file.content;
  return offset;
}

void AppendCentral(const ZipFile& file, uint64_t offset, bool zip64, std::string* out) {
  std::string extra;
  if (zip64) {
    AppendLittle(uint16_t{0x7075}, &extra);  // another field in front
    AppendLittle(uint16_t{1}, &extra);
    extra += 'x';
    AppendLittle(uint16_t{1}, &extra);
    AppendLittle(uint16_t{24}, &extra);
    AppendLittle(static_cast<uint64_t>(file.content.size()), &extra);
    AppendLittle(static_cast<uint64_t>(file.content.size()), &extra);
    AppendLittle(offset, &extra);
  }
  AppendLittle(uint32_t{0x02014b50}, out);
  AppendLittle(uint16_t{45}, out);  // version made by
  AppendCommon(file, zip64, out);
  AppendLittle(static_cast<uint16_t>(extra.size()), out);
  AppendLittle(uint16_t{0}, out);  // comment
  AppendLittle(uint64_t{0}, out);  // disk, attributes
  AppendLittle(zip64 ? UINT32_MAX : static_cast<uint32_t>(offset), out);
  *out += file.name + extra;
}

void AppendEnd64(uint64_t count, uint64_t begin, uint64_t bytes, std::string* out) {
  const uint64_t at = out->size();
  AppendLittle(uint32_t{0x06064b50}, out);
  AppendLittle(uint64_t{44}, out);
  AppendLittle(uint32_t{45 << 16 | 45}, out);
  AppendLittle(uint64_t{0}, out);  // disks
  AppendLittle(count, out);
  AppendLittle(count, out);
  AppendLittle(bytes, out);
  AppendLittle(begin, out);
  AppendLittle(uint32_t{0x07064b50}, out);  // the locator
  AppendLittle(uint32_t{0}, out);
  AppendLittle(at, out);
  AppendLittle(uint32_t{1}, out);
}

}  // namespace

PickleWriter& PickleWriter::Ints(const std::vector<int64_t>& values) {
  Op('(');
  for (const int64_t value : values) Long(value);
  return Op('t');
}

PickleWriter& PickleWriter::Storage(std::string_view type, std::string_view key, int64_t count) {
  return Op('(')
      .Text("storage")
      .Global("torch", type)
      .Text(key)
      .Text("cpu")
      .Long(count)
      .Op('t')
      .Op('Q');
}

PickleWriter& PickleWriter::Tensor(std::string_view type, std::string_view key,
                                   int64_t storage_count, int64_t first,
                                   const std::vector<int64_t>& sizes,
                                   const std::vector<int64_t>& strides) {
  Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage(type, key, storage_count);
  Long(first).Ints(sizes).Ints(strides).Op(0x89);
  return Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
}

std::string WriteZip(const std::vector<ZipFile>& files, const ZipOptions& options) {
  std::string out;
  std::vector<uint64_t> offsets;
  for (const ZipFile& file : files) offsets.push_back(AppendLocal(file, options, &out));
  const uint64_t begin = out.size();
  for (size_t i = 0; i < files.size(); ++i) {
    AppendCentral(files[i], offsets[i], options.zip64, &out);
  }
  const uint64_t bytes = out.size() - begin;
  if (options.zip64) AppendEnd64(files.size(), begin, bytes, &out);
  AppendLittle(uint32_t{0x06054b50}, &out);
  AppendLittle(uint32_t{0}, &out);  // disks
  const auto count = static_cast<uint16_t>(options.zip64 ? UINT16_MAX : files.size());
  AppendLittle(count, &out);
  AppendLittle(count, &out);
  AppendLittle(options.zip64 ? UINT32_MAX : static_cast<uint32_t>(bytes), &out);
  AppendLittle(options.zip64 ? UINT32_MAX : static_cast<uint32_t>(begin), &out);
  AppendLittle(static_cast<uint16_t>(options.comment.size()), &out);
  return out + options.comment;
}

std::string WriteTorchZip(const std::string& pickle,
                          const std::vector<std::pair<std::string, std::string>>& storages) {
  std::vector<ZipFile> files = {{"archive/data.pkl", pickle}, {"archive/byteorder", "little"}};
  for (const auto& [key, content] : storages) files.push_back({"archive/data/" + key, content});
  files.push_back({"archive/version", "3\n"});
  return WriteZip(files);
}

}  // namespace aozora
