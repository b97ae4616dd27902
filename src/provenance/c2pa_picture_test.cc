// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/hash.h"
#include "provenance/big_endian.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_draft.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_testonly.h"

namespace aozora {
namespace {

std::string Number(uint64_t value, int bytes) {
  std::string text;
  PutBigEndian(value, bytes, &text);
  return text;
}

std::string PngChunk(std::string_view type, std::string_view content) {
  return Number(content.size(), 4) + std::string(type) + std::string(content) + "crc.";
}
std::string PngOf(std::string_view store) {
  return std::string("\x89PNG\r\n\x1a\n") + PngChunk("IHDR", "head") + PngChunk("caBX", store) +
         PngChunk("IDAT", "pixels") + PngChunk("IEND", "");
}

std::string WebpChunk(std::string_view type, std::string_view content) {
  const std::string size = Number(content.size(), 4);
  std::string chunk =
      std::string(type) + std::string(size.rbegin(), size.rend()) + std::string(content);
  if (chunk.size() % 2 != 0) chunk += '\0';
  return chunk;
}
std::string WebpOf(std::string_view store) {
  return "RIFF____WEBP" + WebpChunk("VP8 ", "pixel") + WebpChunk("C2PA", store);
}

std::string JpegSegment(uint8_t marker, std::string_view content) {
  return std::string("\xff") + static_cast<char>(marker) + Number(content.size() + 2, 2) +
         std::string(content);
}
// In packets of a hundred bytes.
std::string JpegOf(std::string_view store) {
  std::string segments;
  const std::string header(store.substr(0, 8));
  uint64_t number = 1;
  for (size_t at = 0; at < store.size(); at += 100, ++number) {
    segments += JpegSegment(0xeb, "JP" + Number(1, 2) + Number(number, 4) +
                                      (at == 0 ? "" : header) + std::string(store.substr(at, 100)));
  }
  return "\xff\xd8" + JpegSegment(0xe0, "JFIF") + segments + JpegSegment(0xda, "scan") + "pixels";
}

using Wrap = std::string (*)(std::string_view store);

class C2paPictureTest : public testing::TestWithParam<Wrap> {
 protected:
  // A picture whose hash leaves out what `exclude` makes of the right range.
  std::string Sign(const std::function<CborArray(int64_t begin, int64_t end)>& exclude) const {
    const ManifestDraft draft(Signer::Content(), {}, signer_.clock, SystemRandom());
    const auto binding = [&](const PictureStore& range, std::string_view hash) {
      return HardBinding{kDataHashLabel,
                         CborMap{{"exclusions", exclude(static_cast<int64_t>(range.begin),
                                                        static_cast<int64_t>(range.end))},
                                 {"hash", CborValue::Bytes(hash)}}};
    };
    // Sizes do not depend on the numbers as long as these have as many digits.
    PictureStore range = {"", 1000, 3000};
    std::string picture;
    const std::string none(32, '\0');
    for (int round = 0; round < 3; ++round) {
      const size_t size = draft.SizeWithoutTimestamp(binding(range, none), signer_.identity());
      picture = GetParam()(std::string(size, 'x'));
      range = FindPictureStore(MemorySource(picture)).value();
    }
    const std::string hash = Sha256(picture.substr(0, range.begin) + picture.substr(range.end));
    return GetParam()(draft.Sign(binding(range, hash), signer_.identity(), {}).value());
  }
  static CborMap Range(int64_t start, int64_t length) {
    return {{"start", start}, {"length", length}};
  }
  ManifestReport Read(std::string_view picture) const {
    return ReadPictureManifest(MemorySource(picture), signer_.trust(), signer_.clock).value();
  }

  Signer signer_;
};

TEST_P(C2paPictureTest, AManifestInsideIsTrustedAndItsPictureCannotBeChanged) {
  const std::string picture =
      Sign([](int64_t begin, int64_t end) { return CborArray{Range(begin, end - begin)}; });
  const ManifestReport report = Read(picture);
  EXPECT_EQ(report.state, ProvenanceState::kTrusted)
      << (report.failures.empty() ? "" : report.failures[0].explanation);
  std::string changed = picture;
  const size_t at = changed.find("pixel");
  changed[at] = 'P';
  EXPECT_EQ(Read(changed).failures.at(0).code, "assertion.dataHash.mismatch");
  EXPECT_EQ(Read(picture + "more").failures.at(0).code, "assertion.dataHash.mismatch");
}

TEST_P(C2paPictureTest, MoreThanTheManifestCannotBeLeftOut) {
  using Exclude = std::function<CborArray(int64_t, int64_t)>;
  const std::vector<Exclude> wider = {
      [](int64_t begin, int64_t end) { return CborArray{Range(begin - 1, end - begin)}; },
      [](int64_t begin, int64_t end) { return CborArray{Range(begin, end - begin + 1)}; },
      [](int64_t begin, int64_t end) {
        return CborArray{Range(begin, end - begin), Range(0, 5)};
      },
      [](int64_t begin, int64_t end) {
        return CborArray{Range(begin, end - begin), Range(begin, 1)};
      },
      [](int64_t begin, int64_t) { return CborArray{Range(begin, INT64_MAX)}; },
      [](int64_t begin, int64_t) { return CborArray{Range(begin, -1)}; },
      [](int64_t, int64_t) { return CborArray{CborValue("all")}; }};
  for (size_t i = 0; i < wider.size(); ++i) {
    const ManifestReport report = Read(Sign(wider[i]));
    ASSERT_EQ(report.state, ProvenanceState::kInvalid) << i;
    EXPECT_EQ(report.failures[0].code, "assertion.dataHash.malformed") << i;
  }
}

TEST_P(C2paPictureTest, CutsAreNeverTrusted) {
  const std::string picture =
      Sign([](int64_t begin, int64_t end) { return CborArray{Range(begin, end - begin)}; });
  for (size_t size = 0; size < picture.size(); size += 3) {
    const ProvenanceState state = Read(picture.substr(0, size)).state;
    EXPECT_TRUE(state == ProvenanceState::kNone || state == ProvenanceState::kInvalid) << size;
  }
}

TEST_P(C2paPictureTest, TheStoreComesOutAsItWentIn) {
  std::string store;
  for (int i = 0; i < 999; ++i) store += static_cast<char>('a' + i % 23);
  const std::string picture = GetParam()(store);
  const PictureStore found = FindPictureStore(MemorySource(picture)).value();
  EXPECT_EQ(found.bytes, store);
  EXPECT_LT(found.begin, found.end);
  EXPECT_LE(found.end, picture.size());
}

INSTANTIATE_TEST_SUITE_P(Formats, C2paPictureTest, testing::Values(PngOf, WebpOf, JpegOf));

TEST(C2paPicture, WhatIsNoPictureHasNone) {
  for (const char* bytes : {"", "x", "RIFF____WAVEC2PA", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n"}) {
    EXPECT_EQ(FindPictureStore(MemorySource(bytes)).value().bytes, "");
  }
}

TEST(C2paPicture, TwoStoresAreNone) {
  const std::string twice =
      std::string("\x89PNG\r\n\x1a\n") + PngChunk("caBX", "abc") + PngChunk("caBX", "abc");
  EXPECT_EQ(FindPictureStore(MemorySource(twice)).value().bytes, "");
}

}  // namespace
}  // namespace aozora
