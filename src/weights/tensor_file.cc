// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_file.h"

#include <algorithm>
#include <cstring>

#include "base/units.h"

namespace aozora {
namespace {

enum class Kind { kSafetensors, kIndex, kGguf, kZip, kPickle, kLfsPointer, kHtml, kUnknown };

constexpr std::string_view kGgufMagic = "GGUF";
constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kLfsMagic = "version https://git-lfs";
constexpr size_t kSniffedBytes = 64;

// A safetensors file has no magic: 8 bytes of a length that fits the file, then the JSON's brace.
bool LooksLikeSafetensors(Bytes file) {
  if (file.size() < 9 || file[8] != std::byte{'{'}) return false;
  uint64_t header_bytes = 0;
  for (size_t i = 8; i-- > 0;)
    header_bytes = header_bytes << 8 | std::to_integer<uint64_t>(file[i]);
  // The length that eight characters of text would mean is far above this.
  return header_bytes >> 40 == 0;
}

Kind Sniff(Bytes file) {
  const std::string_view head(reinterpret_cast<const char*>(file.data()),
                              std::min(file.size(), kSniffedBytes));
  if (head.starts_with(kGgufMagic)) return Kind::kGguf;
  if (head.starts_with(kZipMagic)) return Kind::kZip;
  if (LooksLikeSafetensors(file)) return Kind::kSafetensors;
  if (head.starts_with(kLfsMagic)) return Kind::kLfsPointer;
  const size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Kind::kUnknown;
  if (head[first] == '{') return Kind::kIndex;
  if (head[first] == '<') return Kind::kHtml;
  // PROTO and a protocol of 2 to 5: what torch.save wrote before version 1.6.
  if (head[0] == '\x80' && head.size() > 1 && head[1] >= 2 && head[1] <= 5) return Kind::kPickle;
  return Kind::kUnknown;
}

}  // namespace

const StoredTensor* TensorFile::Find(std::string_view name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const StoredTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

Result<TensorFile> OpenTensorFile(const std::filesystem::path& path) {
  Kind kind = Kind::kUnknown;
  {
    const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(path));
    if (file->bytes().empty()) return Error::Corrupt("{} is empty", path.string());
    kind = Sniff(file->bytes());
  }
  switch (kind) {
    case Kind::kSafetensors:
      return OpenSafetensors(path);
    case Kind::kIndex:
      return OpenSafetensorsIndex(path);
    case Kind::kGguf:
      return OpenGguf(path);
    case Kind::kZip:
      return OpenTorchZip(path);
    case Kind::kPickle:
      return Error::Unsupported(
          "{} is a bare pickle, as PyTorch before 1.6 wrote it; save it again with a newer PyTorch "
          "or convert it to safetensors",
          path.string());
    case Kind::kLfsPointer:
      return Error::Corrupt(
          "{} is only the Git LFS pointer to a file; run git lfs pull, or download the file itself",
          path.string());
    case Kind::kHtml:
      return Error::Corrupt(
          "{} is a web page, not a checkpoint; the download may have met a login page",
          path.string());
    case Kind::kUnknown:
      break;
  }
  return Error::Unsupported(
      "{} is not a checkpoint that can be read (safetensors, its index, GGUF or a PyTorch zip)",
      path.string());
}

}  // namespace aozora
