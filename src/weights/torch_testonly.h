// SPDX-License-Identifier: Apache-2.0
// Writes pickles opcode by opcode, and zip files, as torch.save does and as it never would.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weights/weights_testonly.h"

namespace aozora {

// Each call appends opcodes; the names follow Python's pickletools.
class PickleWriter {
 public:
  explicit PickleWriter(uint8_t protocol = 2) { Op(0x80).Little(protocol); }

  PickleWriter& Op(int opcode) { return Raw(std::string(1, static_cast<char>(opcode))); }
  PickleWriter& Raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  template <class T>
  PickleWriter& Little(T value) {
    AppendLittle(value, &bytes_);
    return *this;
  }
  PickleWriter& Text(std::string_view text) {  // BINUNICODE
    return Op('X').Little(static_cast<uint32_t>(text.size())).Raw(text);
  }
  PickleWriter& Int(int32_t value) { return Op('J').Little(value); }
  PickleWriter& Global(std::string_view module, std::string_view name) {
    return Op('c').Raw(module).Raw("\n").Raw(name).Raw("\n");
  }
  PickleWriter& Ints(const std::vector<int64_t>& values);  // a tuple
  // The persistent id of a storage, and a tensor in it, as torch.save writes them.
  PickleWriter& Storage(std::string_view type, std::string_view key, int64_t count);
  PickleWriter& Tensor(std::string_view type, std::string_view key, int64_t storage_count,
                       int64_t first, const std::vector<int64_t>& sizes,
                       const std::vector<int64_t>& strides);
  std::string Stop() { return Op('.').bytes_; }

 private:
  PickleWriter& Long(int64_t value) { return Op(0x8a).Little(uint8_t{8}).Little(value); }
  std::string bytes_;
};

struct ZipFile {
  std::string name;
  std::string content;
  uint16_t method = 0;
  uint16_t flags = 0;
};

struct ZipOptions {
  bool zip64 = false;             // 64-bit sizes and end record, as for files above 4 GiB
  size_t content_alignment = 64;  // as torch.save pads the local headers
  std::string comment;
};

std::string WriteZip(const std::vector<ZipFile>& files, const ZipOptions& options = {});

// {"archive/data.pkl": pickle, "archive/byteorder": "little", "archive/data/KEY": ...}.
std::string WriteTorchZip(const std::string& pickle,
                          const std::vector<std::pair<std::string, std::string>>& storages);

}  // namespace aozora
