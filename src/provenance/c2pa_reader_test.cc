// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sanitized_testonly.h"
#include "provenance/big_endian.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_draft.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_testonly.h"
#include "provenance/jumbf_box.h"
#include "provenance/mp4_boxes.h"
#include "provenance/tsa_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

std::vector<Mp4Box> BoxesOf(std::string_view film) {
  return TopLevelBoxes(MemorySource(film)).value();
}

std::string BytesOf(std::string_view film, const Mp4Box& box) {
  return std::string(film.substr(box.offset, box.size));
}

std::string CodeOf(const ManifestReport& report) {
  return report.failures.empty() ? "" : report.failures[0].code;
}

class C2paReaderTest : public testing::Test {
 protected:
  // A film bound by another assertion than the writer's. `edit` gets the right one.
  std::string FilmBoundBy(std::string_view label,
                          const std::function<CborMap(CborMap)>& edit) const {
    WriteSmallFilm(signer_.folder.At("plain.mp4"), 1);
    const std::string plain = ContentOf(signer_.folder.At("plain.mp4"));
    const std::string head = BytesOf(plain, BoxesOf(plain)[0]);
    const ManifestDraft draft(Signer::Content(), {}, signer_.clock, SystemRandom());
    HardBinding binding = {label, edit(Binding(std::string(32, '\0')))};
    const size_t gap = kStoreOffset + draft.SizeWithoutTimestamp(binding, signer_.identity());
    Digest digest = Digest::Sha256();
    for (const Mp4Box& box : BoxesOf(plain)) {
      if (box.type == "ftyp") continue;
      std::string offset;
      PutBigEndian(box.offset + gap, 8, &offset);
      digest.Update(offset + BytesOf(plain, box));
    }
    binding.value = edit(Binding(digest.Finish()));
    const std::string store = draft.Sign(binding, signer_.identity(), {}).value();
    return head + StoreBox(store) + plain.substr(head.size());
  }

  static CborMap Exclusion(const char* path) { return {{"xpath", path}}; }
  static CborMap StoreExclusion() {
    CborMap map = Exclusion("/uuid");
    map.emplace_back("data",
                     CborArray{CborMap{{"offset", 8}, {"value", CborValue::Bytes(kC2paUserType)}}});
    return map;
  }
  static CborMap Binding(std::string_view sha256) {
    return {{"exclusions", CborArray{StoreExclusion(), Exclusion("/ftyp"), Exclusion("/mfra")}},
            {"alg", "sha256"},
            {"hash", CborValue::Bytes(sha256)}};
  }
  static CborMap WithExclusions(CborMap binding, CborArray exclusions) {
    binding[0].second = std::move(exclusions);
    return binding;
  }
  static std::string StoreBox(std::string_view store) {
    std::string content(kC2paUserType);
    content += std::string(4, '\0');
    content += kManifestPurpose;
    content += std::string(8, '\0');
    content += store;
    return MakeBox("uuid", content);
  }

  Signer signer_;
};

// Some bits of each byte of the manifest; elsewhere, where one hash covers all, a bit here and
// there.
TEST_F(C2paReaderTest, AFlippedBitIsRefusedButInTheTypeOfTheFile) {
  const std::string film = ContentOf(signer_.Film("film.mp4"));
  const Mp4Box head = BoxesOf(film)[0], store = BoxesOf(film)[1];
  ASSERT_EQ(head.type, "ftyp");
  ASSERT_EQ(store.type, "uuid");
  for (size_t bit = 0; bit < 8 * film.size();) {
    std::string changed = film;
    const size_t at = bit / 8;
    changed[at] = static_cast<char>(changed[at] ^ (1 << bit % 8));
    const ProvenanceState state = signer_.VerifyBytes(changed).state;
    const bool is_open = at >= head.header_bytes && at < head.size;
    EXPECT_EQ(state == ProvenanceState::kValid || state == ProvenanceState::kTrusted, is_open)
        << "bit " << bit << " of " << film.size() << " bytes: " << ProvenanceStateName(state);
    bit += (at < store.offset + store.size ? 5 : 61) * (kSanitized ? 11 : 1);
  }
}

TEST_F(C2paReaderTest, EveryCutIsRefused) {
  const std::string film = ContentOf(signer_.Film("film.mp4"));
  for (size_t size = 0; size < film.size(); size += size + 5 < film.size() ? 5 : 1) {
    const ProvenanceState state = signer_.VerifyBytes(film.substr(0, size)).state;
    EXPECT_TRUE(state == ProvenanceState::kInvalid || state == ProvenanceState::kNone) << size;
  }
}

TEST_F(C2paReaderTest, BoxesThatAreAddedAreRefused) {
  const std::string film = ContentOf(signer_.Film("film.mp4"));
  const Mp4Box store = BoxesOf(film)[1];
  for (const std::string& box : {MakeBox("free", ""), MakeBox("ftyp", "isom"), MakeBox("mfra", "x"),
                                 BytesOf(film, store), std::string("x")}) {
    const ManifestReport report = signer_.VerifyBytes(film + box);
    EXPECT_EQ(CodeOf(report), "assertion.bmffHash.mismatch") << box.substr(4, 4);
    std::string within = film;
    within.insert(store.offset, box);
    EXPECT_NE(signer_.VerifyBytes(within).state, ProvenanceState::kTrusted) << box.substr(4, 4);
  }
}

TEST_F(C2paReaderTest, AnotherFilmsManifestIsRefused) {
  const std::string a = ContentOf(signer_.Film("a.mp4", 1)),
                    b = ContentOf(signer_.Film("b.mp4", 2));
  const Mp4Box from = BoxesOf(a)[1], to = BoxesOf(b)[1];
  ASSERT_EQ(from.size, to.size);  // nothing else moves
  std::string swapped = a;
  swapped.replace(from.offset, from.size, BytesOf(b, to));
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(swapped)), "assertion.bmffHash.mismatch");
}

TEST_F(C2paReaderTest, AChangedAssertionIsNamed) {
  std::string film = ContentOf(signer_.Film("film.mp4"));
  const size_t at = film.find("trainedAlgorithmicMedia");
  ASSERT_NE(at, std::string::npos);
  film[at] = 'T';
  const ManifestReport report = signer_.VerifyBytes(film);
  EXPECT_EQ(CodeOf(report), "assertion.hashedURI.mismatch");
  EXPECT_THAT(report.failures[0].url, HasSubstr("c2pa.actions.v2"));
}

TEST_F(C2paReaderTest, StrangersAreValidAndNotTrusted) {
  const Signer stranger;
  const std::filesystem::path film = stranger.Film("film.mp4");
  const ManifestReport report = signer_.Verify(film);
  EXPECT_EQ(report.state, ProvenanceState::kValid);
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_EQ(report.notes[0].code, "signingCredential.untrusted");
}

TEST_F(C2paReaderTest, TheWritersExclusionsAreAccepted) {
  const auto same = [](CborMap binding) { return binding; };
  EXPECT_EQ(signer_.VerifyBytes(FilmBoundBy(kBoxHashLabel, same)).state, ProvenanceState::kTrusted);
}

TEST_F(C2paReaderTest, WiderExclusionsAreRefused) {
  CborMap by_length = Exclusion("/ftyp");
  by_length.emplace_back("length", 24);
  CborMap by_subset = Exclusion("/mfra");
  by_subset.emplace_back("subset", CborArray{CborMap{{"offset", 8}, {"length", 8}}});
  CborMap any_uuid = Exclusion("/uuid");
  CborMap other_data = Exclusion("/uuid");
  other_data.emplace_back("data",
                          CborArray{CborMap{{"offset", 8}, {"value", CborValue::Bytes("\xd8")}}});
  const std::vector<CborArray> lists = {
      {StoreExclusion(), Exclusion("/ftyp"), Exclusion("/mfra"), Exclusion("/mdat")},
      {StoreExclusion(), Exclusion("/ftyp"), Exclusion("/moov/trak/mdia/minf/stbl/stco")},
      {StoreExclusion(), Exclusion("/meta")},
      {StoreExclusion(), by_length},
      {StoreExclusion(), by_subset},
      {StoreExclusion(), StoreExclusion()},
      {any_uuid, Exclusion("/ftyp")},
      {other_data, Exclusion("/ftyp")},
      {Exclusion("/ftyp")},
      {}};
  for (const CborArray& list : lists) {
    const auto wider = [&](CborMap binding) { return WithExclusions(std::move(binding), list); };
    EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy(kBoxHashLabel, wider))),
              "assertion.bmffHash.malformed");
  }
}

TEST_F(C2paReaderTest, MerkleTreesAndOtherHashesAreRefused) {
  const auto with = [](const char* key, CborValue value) {
    return [key, value](CborMap binding) {
      std::erase_if(binding, [&](const auto& entry) {
        return entry.first.AsText() != nullptr && *entry.first.AsText() == key;
      });
      binding.emplace_back(key, value);
      return binding;
    };
  };
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy(kBoxHashLabel, with("merkle", CborArray{})))),
            "assertion.bmffHash.malformed");
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy(kBoxHashLabel, with("alg", "md5")))),
            "algorithm.unsupported");
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy(kBoxHashLabel, with("hash", "text")))),
            "assertion.bmffHash.malformed");
  const auto same = [](CborMap binding) { return binding; };
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy(kDataHashLabel, same))),
            "claim.hardBindings.missing");
  EXPECT_EQ(CodeOf(signer_.VerifyBytes(FilmBoundBy("c2pa.hash.bmff", same))),
            "claim.hardBindings.missing");
}

TEST_F(C2paReaderTest, AStampThatWasChangedIsNotBelieved) {
  TestStampAuthority authority(signer_.clock.UnixS());
  signer_.stamp_roots_pem = authority.root_pem();
  std::string token;
  signer_.timestamper = [&](std::string_view digest) -> Result<std::string> {
    token = authority.Stamp(digest).value();
    return token;
  };
  const std::string film = ContentOf(signer_.Film("film.mp4"));
  const size_t begin = film.find(token);
  ASSERT_NE(begin, std::string::npos);
  int believed = 0;
  for (size_t at = 0; at < token.size(); at += 3) {
    std::string changed = film;
    changed[begin + at] = static_cast<char>(changed[begin + at] ^ 1);
    const ManifestReport report = signer_.VerifyBytes(changed);
    if (report.stamped_unix_s.has_value()) {
      ++believed;
      EXPECT_EQ(*report.stamped_unix_s, signer_.clock.UnixS()) << at;
    }
  }
  // Parts of a token are unsigned (its algorithm's parameters, an authority's own chain).
  EXPECT_LT(believed, static_cast<int>(token.size() / 3 / 20));
}

TEST_F(C2paReaderTest, PaddingHasToBeEmpty) {
  TestStampAuthority authority(signer_.clock.UnixS());
  signer_.timestamper = [&](std::string_view digest) { return authority.Stamp(digest); };
  std::string film = ContentOf(signer_.Film("film.mp4"));
  const Mp4Box store = BoxesOf(film)[1];
  EXPECT_EQ(signer_.VerifyBytes(film).state, ProvenanceState::kTrusted);
  film[store.offset + store.size - 1] = 'x';
  EXPECT_EQ(signer_.VerifyBytes(film).state, ProvenanceState::kInvalid);
}

TEST_F(C2paReaderTest, AManifestThatNothingRefersToIsRefused) {
  const std::filesystem::path picture = signer_.folder.At("still.webp");
  Put(picture, "picture");
  ASSERT_TRUE(SignSidecar(picture, Signer::Content(), signer_.Tools()).ok());
  const std::string store = ContentOf(SidecarOf(picture));
  const JumbfBox box = ParseJumbf(store).value();
  const std::string extra = MakeJumbf(kJumbfManifest, "urn:c2pa:x", "");
  const std::string wider =
      MakeJumbf(kJumbfStore, "c2pa", extra + std::string(box.children[0].whole));
  Put(SidecarOf(picture), wider);
  EXPECT_EQ(CodeOf(signer_.Verify(picture)), "manifest.unreferenced");
}

TEST_F(C2paReaderTest, AFilmWithoutManifestHasNone) {
  WriteSmallFilm(signer_.folder.At("plain.mp4"), 1);
  EXPECT_EQ(signer_.Verify(signer_.folder.At("plain.mp4")).state, ProvenanceState::kNone);
}

}  // namespace
}  // namespace aozora
