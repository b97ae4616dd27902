// SPDX-License-Identifier: Apache-2.0
#include "weights/torch_reader.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "weights/byte_reader.h"
#include "weights/pickle.h"
#include "weights/zip_directory.h"

namespace aozora {
namespace {

constexpr int kWrappersMax = 4;  // dictionaries around the state dict
constexpr std::string_view kPickleName = "/data.pkl";
// What trainers call the dictionary with the tensors, the one to prefer first.
constexpr std::string_view kWrapperKeys[] = {
    "state_dict", "model_state_dict", "generator_ema", "params_ema", "model_ema", "ema",
    "model",      "generator",        "params",        "module",
};

struct NamedStorage {
  std::string_view name;
  DType dtype;
};
constexpr NamedStorage kStorages[] = {
    {"torch FloatStorage", DType::kF32},     {"torch HalfStorage", DType::kF16},
    {"torch BFloat16Storage", DType::kBF16}, {"torch DoubleStorage", DType::kF64},
    {"torch LongStorage", DType::kI64},      {"torch IntStorage", DType::kI32},
    {"torch ShortStorage", DType::kI16},     {"torch CharStorage", DType::kI8},
    {"torch ByteStorage", DType::kU8},       {"torch BoolStorage", DType::kBool},
};

struct Archive {
  Bytes file;
  std::string prefix;  // "archive" of "archive/data.pkl"
  std::unordered_map<std::string, ZipEntry> entries;

  const ZipEntry* Find(const std::string& name) const {
    const auto found = entries.find(prefix + "/" + name);
    return found == entries.end() ? nullptr : &found->second;
  }
  Bytes Content(const ZipEntry& entry) const { return file.subspan(entry.offset, entry.bytes); }
};

Result<Archive> OpenArchive(Bytes file) {
  Archive archive;
  archive.file = file;
  for (ZipEntry& entry : TRY(ReadZipDirectory(file))) {
    const std::string_view name = entry.name;
    const bool is_pickle =
        name.ends_with(kPickleName) && name.find('/') == name.size() - kPickleName.size();
    if (is_pickle) archive.prefix = name.substr(0, name.size() - kPickleName.size());
    std::string key = entry.name;
    archive.entries.emplace(std::move(key), std::move(entry));
  }
  if (archive.Find("data.pkl") == nullptr) {
    return Error::Unsupported("a zip file without data.pkl: it was not written by torch.save");
  }
  const ZipEntry* byte_order = archive.Find("byteorder");
  if (byte_order != nullptr && AsText(archive.Content(*byte_order)) != "little") {
    return Error::Unsupported(
        "the checkpoint was saved on a big-endian machine; convert it to safetensors there");
  }
  return archive;
}

bool IsTensorDict(const Pickle& pickle, const PickleValue& dict) {
  for (size_t i = 1; i < dict.items.size(); i += 2) {
    if (pickle.At(dict.items[i]).kind == PickleKind::kTensor) return true;
  }
  return false;
}

// The dictionary under `key`, or nothing.
const PickleValue* FindDict(const Pickle& pickle, const PickleValue& dict, std::string_view key) {
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    const PickleValue& name = pickle.At(dict.items[i]);
    const PickleValue& value = pickle.At(dict.items[i + 1]);
    if (name.kind != PickleKind::kText || name.text != key) continue;
    if (value.kind == PickleKind::kDict) return &value;
  }
  return nullptr;
}

Result<const PickleValue*> FindStateDict(const Pickle& pickle) {
  const PickleValue* dict = &pickle.Root();
  for (int depth = 0; depth <= kWrappersMax; ++depth) {
    if (dict->kind != PickleKind::kDict) break;
    if (IsTensorDict(pickle, *dict)) return dict;
    const PickleValue* inner = nullptr;
    for (const std::string_view key : kWrapperKeys) {
      inner = FindDict(pickle, *dict, key);
      if (inner != nullptr) break;
    }
    if (inner == nullptr) break;
    dict = inner;
  }
  return Error::Unsupported(
      "the file holds no dictionary of tensors; save the model's state dict by itself");
}

// ("storage", type, key, device, count).
struct Storage {
  DType dtype = DType::kF32;
  uint64_t count = 0;
  const ZipEntry* entry = nullptr;
};

Result<Storage> ReadStorage(const Archive& archive, const Pickle& pickle, PickleRef ref) {
  const PickleValue& value = pickle.At(ref);
  if (value.kind != PickleKind::kStorage || value.items.size() != 5) {
    return Error::Corrupt("its storage is not one");
  }
  const PickleValue& type = pickle.At(value.items[1]);
  const PickleValue& key = pickle.At(value.items[2]);
  const PickleValue& count = pickle.At(value.items[4]);
  if (pickle.At(value.items[0]).text != "storage" || key.kind != PickleKind::kText ||
      count.kind != PickleKind::kInteger || count.integer < 0) {
    return Error::Corrupt("its storage is not one");
  }
  const auto* known = std::find_if(std::begin(kStorages), std::end(kStorages),
                                   [&](const NamedStorage& s) { return s.name == type.text; });
  if (known == std::end(kStorages)) return Error::Unsupported("a storage of unknown type");
  Storage storage;
  storage.dtype = known->dtype;
  storage.count = static_cast<uint64_t>(count.integer);
  storage.entry = archive.Find("data/" + std::string(key.text));
  if (storage.entry == nullptr) {
    return Error::Corrupt("its data {} is not in the file", Quoted(key.text));
  }
  const std::optional<uint64_t> bytes = BytesOf(storage.dtype, storage.count);
  if (!bytes || *bytes > storage.entry->bytes) {
    return Error::Corrupt("its data {} has {} bytes, {} values of {} are more", Quoted(key.text),
                          storage.entry->bytes, storage.count, Name(storage.dtype));
  }
  return storage;
}

Result<std::vector<uint64_t>> ReadSizes(const Pickle& pickle, PickleRef ref) {
  const PickleValue& tuple = pickle.At(ref);
  if (tuple.kind != PickleKind::kTuple) return Error::Corrupt("its sizes are not a tuple");
  // Checked here, so that nobody multiplies the strides of a million axes.
  if (tuple.items.size() > Shape::kRankMax) {
    return Error::Unsupported("{} axes, more than {}", tuple.items.size(), Shape::kRankMax);
  }
  std::vector<uint64_t> sizes;
  for (const PickleRef item : tuple.items) {
    const PickleValue& size = pickle.At(item);
    if (size.kind != PickleKind::kInteger || size.integer < 0) {
      return Error::Corrupt("one of its sizes is no size");
    }
    sizes.push_back(static_cast<uint64_t>(size.integer));
  }
  return sizes;
}

bool IsDense(const Shape& shape, std::span<const uint64_t> strides) {
  uint64_t expected = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    // The stride of an axis of one item is never used, and PyTorch leaves anything there.
    if (shape[axis] > 1 && strides[axis] != expected) return false;
    expected *= static_cast<uint64_t>(std::max<int64_t>(shape[axis], 1));
  }
  return true;
}

// The last value that the strides reach lies inside of the storage.
Status CheckReach(const Storage& storage, uint64_t first, const Shape& shape,
                  std::span<const uint64_t> strides) {
  if (first > storage.count) return Error::Corrupt("it starts past the end of its data");
  if (shape.count() == 0) return Ok();
  uint64_t last = first;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    uint64_t reach = 0;
    if (!CheckedMultiply(static_cast<uint64_t>(shape[axis] - 1), strides[axis], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      return Error::Corrupt("its strides are out of range");
    }
  }
  if (last >= storage.count) return Error::Corrupt("it reaches past the end of its data");
  return Ok();
}

// (storage, first value, sizes, strides, requires_grad, hooks).
Result<TensorLocation> Locate(const Archive& archive, const Pickle& pickle,
                              const PickleValue& tensor, std::string_view name) {
  const Storage storage = TRY(ReadStorage(archive, pickle, tensor.items[0]));
  const PickleValue& first = pickle.At(tensor.items[1]);
  if (first.kind != PickleKind::kInteger || first.integer < 0) {
    return Error::Corrupt("its first value is nowhere");
  }
  const auto first_value = static_cast<uint64_t>(first.integer);
  const std::vector<uint64_t> sizes = TRY(ReadSizes(pickle, tensor.items[2]));
  std::vector<uint64_t> strides = TRY(ReadSizes(pickle, tensor.items[3]));
  if (strides.size() != sizes.size()) return Error::Corrupt("sizes and strides differ in number");
  TensorLocation location;
  location.name = std::string(name);
  location.dtype = storage.dtype;
  location.shape = TRY(CheckedShape(name, sizes));
  TRY(CheckReach(storage, first_value, location.shape, strides));
  // No overflow: the first value lies inside of the storage, and the storage inside of the file.
  location.offset = storage.entry->offset + first_value * Info(storage.dtype).block_bytes;
  if (!IsDense(location.shape, strides)) location.strides = std::move(strides);
  return location;
}

}  // namespace

Result<FileLayout> ParseTorchZip(Bytes file) {
  const Archive archive = TRY(OpenArchive(file));
  const Pickle pickle =
      TRY_WITHIN("data.pkl", ReadPickle(archive.Content(*archive.Find("data.pkl"))));
  const PickleValue* dict = TRY(FindStateDict(pickle));
  FileLayout layout;
  layout.format = "torch";
  layout.shares_bytes = true;
  for (size_t i = 0; i + 1 < dict->items.size(); i += 2) {
    const PickleValue& name = pickle.At(dict->items[i]);
    const PickleValue& value = pickle.At(dict->items[i + 1]);
    if (value.kind != PickleKind::kTensor) continue;
    if (name.kind != PickleKind::kText) return Error::Corrupt("a tensor without a name");
    layout.tensors.push_back(
        TRY_WITHIN("tensor " + Quoted(name.text), Locate(archive, pickle, value, name.text)));
  }
  TRY(CheckLayout(layout, file.size()));
  return layout;
}

Result<TensorFile> OpenTorchZip(const std::filesystem::path& path) {
  std::shared_ptr<const MappedFile> file = TRY(MappedFile::Open(path));
  FileLayout layout = TRY_WITHIN(path.string(), ParseTorchZip(file->bytes()));
  return TRY_WITHIN(path.string(), MapLayout(std::move(layout), std::move(file)));
}

}  // namespace aozora
