// SPDX-License-Identifier: Apache-2.0
#include "weights/weights_testonly.h"

#include <cstdlib>
#include <fstream>
#include <memory>

#include "weights/tensor_set.h"

namespace aozora {

std::filesystem::path TempFolder::Put(std::string_view name, std::string_view content) const {
  std::ofstream out(path() / name, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  CHECK(out.good());
  return path() / name;
}

std::filesystem::path GoldenPath(std::string_view name) {
  const char* source = std::getenv("AOZORA_SOURCE_DIR");
  CHECK(source != nullptr);
  return std::filesystem::path(source) / "tests" / "goldens" / name;
}

std::string SafetensorsFile(std::string_view header, std::string_view data) {
  std::string file;
  AppendLittle(static_cast<uint64_t>(header.size()), &file);
  return file.append(header).append(data);
}

std::vector<float> Values(const Weight& weight) {
  std::vector<float> values(static_cast<size_t>(weight.view.count()));
  DecodeValues(weight, 0, weight.view.count(), values.data());
  return values;
}

std::string Floats(const std::vector<float>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

std::vector<float> Ramp(size_t count, float step, float first) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = first + step * static_cast<float>(i);
  return values;
}

void ExpectSurvivesDamage(const std::string& file, size_t complete_bytes,
                          const std::function<bool(Bytes)>& parse_ok) {
  for (size_t size = 0; size < file.size(); ++size) {
    const std::unique_ptr<std::byte[]> exact = std::make_unique<std::byte[]>(size);
    std::memcpy(exact.get(), file.data(), size);
    const bool ok = parse_ok(Bytes(exact.get(), size));
    if (size < complete_bytes) {
      EXPECT_FALSE(ok) << "cut to " << size << " of " << file.size() << " bytes";
    }
  }
  for (size_t at = 0; at < file.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(value);
      parse_ok(AsBytes(damaged));
    }
  }
}

}  // namespace aozora
