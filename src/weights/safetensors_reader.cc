// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors_reader.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/units.h"

namespace aozora {
namespace {

constexpr uint64_t kLengthBytes = 8;
// The limit of the format's own reader (safetensors/src/tensor.rs, MAX_HEADER_SIZE).
constexpr uint64_t kHeaderBytesMax = 100'000'000;

struct NamedDType {
  std::string_view name;
  DType dtype;
};
constexpr NamedDType kDTypes[] = {
    {"F32", DType::kF32},        {"F16", DType::kF16},        {"BF16", DType::kBF16},
    {"F8_E4M3", DType::kF8E4M3}, {"F8_E5M2", DType::kF8E5M2}, {"I8", DType::kI8},
    {"U8", DType::kU8},          {"I16", DType::kI16},        {"I32", DType::kI32},
    {"I64", DType::kI64},        {"F64", DType::kF64},        {"BOOL", DType::kBool},
};

// One entry of the header while it is read.
struct Entry {
  std::string name;
  std::string dtype;
  std::vector<uint64_t> sizes;
  std::vector<uint64_t> offsets;
  bool has_dtype = false;
  bool has_shape = false;
  bool has_offsets = false;
};

// Takes the header value by value as the JSON parser meets it: no tree is built, so the memory used
// is bounded by the header's length. Every handler answers whether to go on.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  using nlohmann::json_sax<nlohmann::json>::number_integer_t;

  HeaderReader(uint64_t data_begin, uint64_t data_bytes, FileLayout* layout)
      : data_begin_(data_begin), data_bytes_(data_bytes), layout_(layout) {}

  std::optional<Error> TakeError() { return std::exchange(error_, std::nullopt); }

  bool null() override { return Unexpected("null"); }
  bool boolean(bool) override { return Unexpected("a truth value"); }
  bool number_integer(number_integer_t) override { return Unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return Unexpected("a fraction"); }
  bool binary(binary_t&) override { return Unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::kNumbers) return Unexpected("a number");
    if (numbers_->size() >= kNumbersMax) return Unexpected("a longer list of numbers");
    numbers_->push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) {
      layout_->metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::kEntry || key_ != "dtype") return Unexpected("a string");
    entry_.dtype = std::move(value);
    entry_.has_dtype = true;
    return true;
  }

  bool start_object(size_t) override {
    if (place_ == Place::kOutside) {
      place_ = Place::kHeader;
    } else if (place_ == Place::kHeader && key_ == "__metadata__") {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kHeader) {
      place_ = Place::kEntry;
      entry_ = Entry();
      entry_.name = key_;
    } else {
      return Unexpected("an object");
    }
    return true;
  }

  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kHeader) {
      place_ = Place::kOutside;
      return true;
    }
    const bool was_entry = place_ == Place::kEntry;
    place_ = Place::kHeader;
    return was_entry ? FinishEntry() : true;
  }

  bool start_array(size_t) override {
    if (place_ != Place::kEntry) return Unexpected("a list");
    if (key_ == "shape" && !entry_.has_shape) {
      numbers_ = &entry_.sizes;
      entry_.has_shape = true;
    } else if (key_ == "data_offsets" && !entry_.has_offsets) {
      numbers_ = &entry_.offsets;
      entry_.has_offsets = true;
    } else {
      return Unexpected("a list");
    }
    place_ = Place::kNumbers;
    return true;
  }

  bool end_array() override {
    place_ = Place::kEntry;
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Fail(Error::Corrupt("the header is not JSON, at its byte {}", position));
  }

 private:
  enum class Place { kOutside, kHeader, kMetadata, kEntry, kNumbers };
  static constexpr size_t kNumbersMax = 64;  // far above the rank that is accepted

  bool Fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  bool Unexpected(std::string_view what) {
    return Fail(Error::Corrupt("the header has {} where it should not, near {}", what,
                               Quoted(place_ == Place::kEntry ? entry_.name : key_)));
  }

  bool FinishEntry() {
    Result<TensorLocation> location = Locate();
    if (!location.ok()) return Fail(std::move(location).error());
    layout_->tensors.push_back(std::move(*location));
    return true;
  }

  Result<TensorLocation> Locate() const {
    if (!entry_.has_dtype || !entry_.has_shape || entry_.offsets.size() != 2) {
      return Error::Corrupt("tensor {} lacks its dtype, shape or data_offsets",
                            Quoted(entry_.name));
    }
    const std::optional<DType> dtype = SafetensorsDType(entry_.dtype);
    if (!dtype) {
      return Error::Unsupported("tensor {} has the unknown dtype {}", Quoted(entry_.name),
                                Quoted(entry_.dtype));
    }
    TensorLocation location;
    location.name = entry_.name;
    location.dtype = *dtype;
    location.shape = TRY(CheckedShape(entry_.name, entry_.sizes));
    const uint64_t begin = entry_.offsets[0];
    const uint64_t end = entry_.offsets[1];
    if (begin > end || end > data_bytes_) {
      return Error::Corrupt(
          "tensor {} lies at bytes {} to {} of {}; the download may be incomplete",
          Quoted(entry_.name), begin, end, data_bytes_);
    }
    const auto count = static_cast<uint64_t>(location.shape.count());
    const std::optional<uint64_t> bytes = BytesOf(*dtype, count);
    if (!bytes || *bytes != end - begin) {
      return Error::Corrupt("tensor {}: {} bytes are not a {} of shape {}", Quoted(entry_.name),
                            end - begin, entry_.dtype, ToString(location.shape));
    }
    location.offset = data_begin_ + begin;
    return location;
  }

  const uint64_t data_begin_;
  const uint64_t data_bytes_;
  FileLayout* const layout_;
  Place place_ = Place::kOutside;
  std::string key_;
  Entry entry_;
  std::vector<uint64_t>* numbers_ = nullptr;
  std::optional<Error> error_;
};

}  // namespace

std::optional<DType> SafetensorsDType(std::string_view name) {
  for (const NamedDType& known : kDTypes) {
    if (known.name == name) return known.dtype;
  }
  return std::nullopt;
}

std::optional<std::string_view> SafetensorsName(DType dtype) {
  for (const NamedDType& known : kDTypes) {
    if (known.dtype == dtype) return known.name;
  }
  return std::nullopt;
}

Result<FileLayout> ParseSafetensors(Bytes file) {
  if (file.size() < kLengthBytes) {
    return Error::Corrupt("{} bytes are too few for a safetensors file", file.size());
  }
  uint64_t header_bytes = 0;
  for (size_t i = kLengthBytes; i-- > 0;) {
    header_bytes = header_bytes << 8 | std::to_integer<uint64_t>(file[i]);
  }
  if (header_bytes > kHeaderBytesMax) {
    return Error::Corrupt("a header of {}, more than {}: this is no safetensors file",
                          HumanBytes(header_bytes), HumanBytes(kHeaderBytesMax));
  }
  if (header_bytes > file.size() - kLengthBytes) {
    return Error::Corrupt("the header of {} bytes is cut off; the download may be incomplete",
                          header_bytes);
  }
  FileLayout layout;
  layout.format = "safetensors";
  const uint64_t data_begin = kLengthBytes + header_bytes;
  HeaderReader reader(data_begin, file.size() - data_begin, &layout);
  const char* text = reinterpret_cast<const char*>(file.data()) + kLengthBytes;
  const bool parsed = nlohmann::json::sax_parse(text, text + header_bytes, &reader);
  if (std::optional<Error> error = reader.TakeError()) return *std::move(error);
  if (!parsed) return Error::Corrupt("the header is not JSON");
  TRY(CheckLayout(layout, file.size()));
  return layout;
}

Result<TensorFile> OpenSafetensors(const std::filesystem::path& path) {
  std::shared_ptr<const MappedFile> file = TRY(MappedFile::Open(path));
  FileLayout layout = TRY_WITHIN(path.string(), ParseSafetensors(file->bytes()));
  return TRY_WITHIN(path.string(), MapLayout(std::move(layout), std::move(file)));
}

}  // namespace aozora
