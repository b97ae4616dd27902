// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "provenance/big_endian.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_draft.h"
#include "provenance/c2pa_ingredient.h"
#include "provenance/c2pa_names.h"
#include "provenance/mp4_boxes.h"

namespace aozora {
namespace {

constexpr size_t kPieceBytes = 256_KiB;
constexpr size_t kSha256Bytes = 32;
// Around a token in the unprotected header: names, heads, arrays.
constexpr size_t kTimestampFrameBytes = 64;

HardBinding BoxHash(std::string_view sha256) {
  const auto xpath = [](const char* path) { return CborMap{{"xpath", path}}; };
  CborMap store = xpath("/uuid");
  store.emplace_back("data", CborArray{CborMap{{"offset", static_cast<int64_t>(kUserTypeOffset)},
                                               {"value", CborValue::Bytes(kC2paUserType)}}});
  return {kBoxHashLabel, CborMap{{"exclusions", CborArray{store, xpath("/ftyp"), xpath("/mfra")}},
                                 {"alg", std::string(kC2paDigest)},
                                 {"hash", CborValue::Bytes(sha256)},
                                 {"name", "manifest"}}};
}

HardBinding DataHash(std::string_view sha256) {
  return {kDataHashLabel, CborMap{{"alg", std::string(kC2paDigest)},
                                  {"hash", CborValue::Bytes(sha256)},
                                  {"name", "file"},
                                  {"pad", CborValue::Bytes("")}}};
}

// Texts of a manifest are UTF-8, as DecodeCbor wants them, and not a film's weight in words.
Status CheckContent(const ManifestContent& content) {
  std::vector<std::string> texts = {content.title, content.generator.name,
                                    content.generator.version, content.prompt.value_or("")};
  std::vector<SourceAsset> sources = content.components;
  if (content.parent) sources.push_back(*content.parent);
  for (const SourceAsset& source : sources) {
    texts.push_back(source.title);
    texts.push_back(source.format);
  }
  for (const SoftBinding& binding : content.soft_bindings) texts.push_back(binding.algorithm);
  for (const auto& [name, value] : content.settings) {
    texts.push_back(name);
    if (const std::string* text = std::get_if<std::string>(&value)) texts.push_back(*text);
  }
  for (const std::string& text : texts) {
    if (text.size() > kManifestTextBytesMax) {
      return Error::Invalid("a manifest's texts have at most {} bytes", kManifestTextBytesMax);
    }
    if (!DecodeCbor(CborValue(text).Encode()).ok()) {
      return Error::Invalid("a manifest's texts are UTF-8");
    }
  }
  return Ok();
}

std::string StoreBox(std::string_view store, size_t box_bytes) {
  std::string box;
  PutBigEndian(box_bytes, 4, &box);
  box += "uuid";
  box += kC2paUserType;
  PutBigEndian(0, 4, &box);  // version and flags
  box += kManifestPurpose;
  PutBigEndian(0, 8, &box);  // no merkle box
  box += store;
  CHECK_LE(box.size(), box_bytes);
  box.resize(box_bytes, '\0');
  return box;
}

Status WriteAt(uint64_t offset, std::string_view bytes, const AtomicFile& file) {
  while (!bytes.empty()) {
    const ssize_t count =
        pwrite(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError("cannot write", file.temporary_path());
    bytes.remove_prefix(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return Ok();
}

Status CheckBoxes(const ByteSource& source, const std::vector<Mp4Box>& boxes) {
  if (boxes.empty() || boxes[0].type != "ftyp") return Error::Invalid("not an MP4 file");
  const auto count = [&](std::string_view type) {
    return std::count_if(boxes.begin(), boxes.end(),
                         [&](const Mp4Box& box) { return box.type == type; });
  };
  if (count("ftyp") != 1 || count("moov") != 1) {
    return Error::Corrupt("MP4: more or less than one ftyp and one moov box");
  }
  if (count("moof") != 0 || count("mfra") != 0) {
    return Error::Unsupported("a fragmented MP4 file: write it with one index");
  }
  for (const Mp4Box& box : boxes) {
    // Its length would have to be written anew if anything were to follow it.
    if (box.to_the_end) return Error::Unsupported("MP4: a box of open length");
    if (box.type != "uuid" || box.size < kUserTypeOffset + kC2paUserType.size()) continue;
    if (TRY(source.Read(box.offset + kUserTypeOffset, kC2paUserType.size())) == kC2paUserType) {
      return Error::Invalid("it has a manifest already");
    }
  }
  return Ok();
}

// Writes the boxes behind the gap that is left for the manifest, and hashes them as they are there.
class Copier {
 public:
  Copier(const ByteSource& source, uint64_t gap, AtomicFile* file)
      : source_(source), gap_(gap), file_(file) {}

  Status Copy(const Mp4Box& box, bool hashed) {
    if (hashed) {
      std::string offset;
      PutBigEndian(box.offset + gap_, 8, &offset);
      digest_.Update(offset);
    }
    if (box.type == "moov") return CopyIndex(box);
    std::vector<char> piece(std::min<uint64_t>(kPieceBytes, box.size));
    for (uint64_t done = 0; done < box.size;) {
      const auto part = std::span(piece).first(std::min<uint64_t>(piece.size(), box.size - done));
      TRY(source_.ReadAt(box.offset + done, part));
      if (hashed) digest_.Update(std::string_view(part.data(), part.size()));
      TRY(file_->Write(std::as_bytes(part)));
      done += part.size();
    }
    return Ok();
  }

  std::string Hash() { return digest_.Finish(); }

 private:
  Status CopyIndex(const Mp4Box& box) {
    if (box.size > kMp4IndexBytesMax) {
      return Error::Unsupported("MP4: an index of more than {}", HumanBytes(kMp4IndexBytesMax));
    }
    std::string moov = TRY(source_.Read(box.offset, box.size));
    TRY(ShiftChunkOffsets(gap_, &moov));
    digest_.Update(moov);
    return file_->Write(std::as_bytes(std::span(moov)));
  }

  const ByteSource& source_;
  const uint64_t gap_;
  AtomicFile* const file_;
  Digest digest_ = Digest::Sha256();
};

Status SignMp4Boxes(const std::filesystem::path& path, const ManifestContent& content,
                    const SigningTools& tools) {
  const std::unique_ptr<ByteSource> source = TRY(OpenByteSource(path));
  const std::vector<Mp4Box> boxes = TRY(TopLevelBoxes(*source));
  TRY(CheckBoxes(*source, boxes));
  const ManifestDraft draft(content, TRY(IngredientsOf(content, tools)), tools.clock, tools.random);
  const size_t store_bytes =
      draft.SizeWithoutTimestamp(BoxHash(std::string(kSha256Bytes, '\0')), tools.identity) +
      (tools.timestamper ? kTimestampBytesMax + kTimestampFrameBytes : 0);
  const size_t gap = kStoreOffset + store_bytes;

  AtomicFile file = TRY(AtomicFile::Create(path));
  // Only chunk offsets (of moov) tell where in the file something is, and they are all moved: what
  // would have to stay where it is does not exist before ftyp's end.
  Copier before(*source, 0, &file), behind(*source, gap, &file);
  TRY(before.Copy(boxes[0], false));
  const std::string zeros(gap, '\0');
  TRY(file.Write(std::as_bytes(std::span(zeros))));
  for (size_t i = 1; i < boxes.size(); ++i) TRY(behind.Copy(boxes[i], true));
  const std::string store =
      TRY(draft.Sign(BoxHash(behind.Hash()), tools.identity, tools.timestamper));
  TRY(WriteAt(boxes[0].size, StoreBox(store, gap), file));
  return file.Commit();
}

}  // namespace

Status SignMp4(const std::filesystem::path& path, const ManifestContent& content,
               const SigningTools& tools) {
  TRY(CheckContent(content));
  TRY_WITHIN(path.string(), SignMp4Boxes(path, content, tools));
  return Ok();
}

std::filesystem::path SidecarOf(const std::filesystem::path& path) {
  return std::filesystem::path(path.string() + ".c2pa");
}

Status SignSidecar(const std::filesystem::path& path, const ManifestContent& content,
                   const SigningTools& tools) {
  TRY(CheckContent(content));
  const std::unique_ptr<ByteSource> source = TRY(OpenByteSource(path));
  Digest digest = Digest::Sha256();
  TRY(digest.Update(*source, 0, source->size()));
  const ManifestDraft draft(content, TRY(IngredientsOf(content, tools)), tools.clock, tools.random);
  const std::string store =
      TRY(draft.Sign(DataHash(digest.Finish()), tools.identity, tools.timestamper));
  return WriteFileAtomically(SidecarOf(path), std::as_bytes(std::span(store)));
}

}  // namespace aozora
