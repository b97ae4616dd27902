// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/clip_reader.h"
#include "provenance/c2pa_names.h"
#include "provenance/c2pa_testonly.h"
#include "provenance/jumbf_box.h"
#include "provenance/tsa_testonly.h"
#include "provenance/verify.h"

namespace aozora {
namespace {

using testing::HasSubstr;

std::vector<Image> FramesOf(const std::filesystem::path& path) {
  const std::unique_ptr<ClipReader> reader = ClipReader::Open(path).value();
  std::vector<Image> frames;
  for (;;) {
    std::optional<Image> frame = reader->Next().value();
    if (!frame.has_value()) return frames;
    frames.push_back(std::move(*frame));
  }
}

std::vector<std::string> NamesOf(const std::vector<ManifestAction>& actions) {
  std::vector<std::string> names;
  for (const ManifestAction& action : actions) names.push_back(action.action);
  return names;
}

TEST(C2paWriter, ASignedFilmIsTrustedUnderItsRootAndShowsTheSamePictures) {
  const Signer signer;
  WriteSmallFilm(signer.folder.At("plain.mp4"), 1);
  const std::filesystem::path film = signer.Film("film.mp4", 1);
  const ManifestReport report = signer.Verify(film);
  EXPECT_EQ(report.state, ProvenanceState::kTrusted);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_TRUE(report.notes.empty());
  const std::vector<Image> before = FramesOf(signer.folder.At("plain.mp4"));
  const std::vector<Image> after = FramesOf(film);
  ASSERT_EQ(before.size(), 4u);
  ASSERT_EQ(after.size(), 4u);
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].rgb, after[i].rgb) << i;
  EXPECT_THAT(signer.folder.Names(), testing::ElementsAre("film.mp4", "identity", "plain.mp4"));
}

TEST(C2paWriter, TheManifestSaysWhatItWasTold) {
  const Signer signer;
  const ManifestReport report = signer.Verify(signer.Film("film.mp4"));
  EXPECT_EQ(report.title, "film");
  EXPECT_EQ(report.generator.name, "Aozora");
  EXPECT_EQ(report.generator.version, "0.1.0");
  EXPECT_THAT(report.label, testing::StartsWith("urn:c2pa:"));
  EXPECT_THAT(NamesOf(report.actions),
              testing::ElementsAre("c2pa.created", "c2pa.watermarked.bound"));
  EXPECT_EQ(report.actions[0].digital_source_type, kTrainedAlgorithmicMedia);
  EXPECT_EQ(report.actions[0].agent.name, "Aozora");
  EXPECT_EQ(report.actions[0].when, "2026-11-18T11:06:40Z");
  ASSERT_EQ(report.soft_bindings.size(), 1u);
  EXPECT_EQ(report.soft_bindings[0].algorithm, "org.aozora.mark.1");
  EXPECT_EQ(report.soft_bindings[0].value, Signer::Content().soft_bindings[0].value);
  EXPECT_THAT(report.settings,
              testing::UnorderedElementsAre(
                  std::pair<std::string, SettingValue>("seed", int64_t{7}),
                  std::pair<std::string, SettingValue>("model", std::string("mini"))));
  ASSERT_TRUE(report.signer.has_value());
  EXPECT_EQ(report.signer->common_name, signer.identity().common_name());
  EXPECT_EQ(report.signer->organization, "Test");
}

TEST(C2paWriter, APromptIsThereOnlyWhereItWasAskedFor) {
  const Signer signer;
  ManifestContent content = Signer::Content();
  EXPECT_EQ(signer.Verify(signer.Film("a.mp4", 1, content)).prompt, std::nullopt);
  content.prompt = "a red sailboat";
  EXPECT_EQ(signer.Verify(signer.Film("b.mp4", 1, content)).prompt, "a red sailboat");
}

TEST(C2paWriter, ARemixOfARemixCarriesTheWholeChain) {
  const Signer signer;
  ManifestContent content = Signer::Content();
  const ManifestReport first = signer.Verify(signer.Film("1.mp4", 1));
  content.parent = SourceAsset{signer.folder.At("1.mp4"), "first", "video/mp4"};
  const ManifestReport second = signer.Verify(signer.Film("2.mp4", 2, content));
  content.parent = SourceAsset{signer.folder.At("2.mp4"), "second", "video/mp4"};
  const ManifestReport third = signer.Verify(signer.Film("3.mp4", 3, content));
  EXPECT_EQ(third.state, ProvenanceState::kTrusted);
  EXPECT_EQ(third.manifest_count, 3u);
  EXPECT_THAT(NamesOf(third.actions),
              testing::ElementsAre("c2pa.opened", "c2pa.edited", "c2pa.watermarked.bound"));
  ASSERT_EQ(third.ingredients.size(), 1u);
  EXPECT_EQ(third.ingredients[0].title, "second");
  EXPECT_EQ(third.ingredients[0].relationship, "parentOf");
  EXPECT_EQ(third.ingredients[0].active_manifest, second.label);
  ASSERT_EQ(second.ingredients.size(), 1u);
  EXPECT_EQ(second.ingredients[0].active_manifest, first.label);
}

// Of two films of which one came from the other, all manifests are there once.
TEST(C2paWriter, WhatWasPutBesideTheParentIsNamedToo) {
  const Signer signer;
  ManifestContent content = Signer::Content();
  signer.Film("1.mp4", 1);
  content.parent = SourceAsset{signer.folder.At("1.mp4"), "first", "video/mp4"};
  const ManifestReport second = signer.Verify(signer.Film("2.mp4", 2, content));
  content.components.push_back({signer.folder.At("2.mp4"), "second", "video/mp4"});
  const ManifestReport both = signer.Verify(signer.Film("3.mp4", 3, content));
  EXPECT_EQ(both.state, ProvenanceState::kTrusted);
  EXPECT_EQ(both.manifest_count, 3u);
  EXPECT_THAT(NamesOf(both.actions), testing::ElementsAre("c2pa.opened", "c2pa.placed",
                                                          "c2pa.edited", "c2pa.watermarked.bound"));
  ASSERT_EQ(both.ingredients.size(), 2u);
  EXPECT_EQ(both.ingredients[1].relationship, "componentOf");
  EXPECT_EQ(both.ingredients[1].active_manifest, second.label);
  content.parent.reset();
  const ManifestReport alone = signer.Verify(signer.Film("4.mp4", 4, content));
  EXPECT_EQ(alone.state, ProvenanceState::kTrusted);
  EXPECT_THAT(NamesOf(alone.actions),
              testing::ElementsAre("c2pa.created", "c2pa.placed", "c2pa.watermarked.bound"));
}

TEST(C2paWriter, AChangedParentIsNamedByItsHashOnly) {
  const Signer signer;
  std::string film = ContentOf(signer.Film("1.mp4"));
  film.back() ^= 1;
  Put(signer.folder.At("1.mp4"), film);
  ManifestContent content = Signer::Content();
  content.parent = SourceAsset{signer.folder.At("1.mp4"), "", "video/mp4"};
  const ManifestReport report = signer.Verify(signer.Film("2.mp4", 2, content));
  EXPECT_EQ(report.state, ProvenanceState::kTrusted);
  EXPECT_EQ(report.manifest_count, 1u);
  ASSERT_EQ(report.ingredients.size(), 1u);
  EXPECT_EQ(report.ingredients[0].active_manifest, "");
  EXPECT_THAT(report.ingredients[0].instance_id, testing::StartsWith("ni:///sha-256;"));
}

TEST(C2paWriter, AFilmIsSignedOnce) {
  const Signer signer;
  const std::filesystem::path film = signer.Film("film.mp4");
  const std::string before = ContentOf(film);
  const Status again = SignMp4(film, Signer::Content(), signer.Tools());
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message(), HasSubstr("has a manifest already"));
  EXPECT_EQ(ContentOf(film), before);
}

TEST(C2paWriter, TextsThatAreNotUtf8OrTooLongAreRefused) {
  const Signer signer;
  WriteSmallFilm(signer.folder.At("film.mp4"), 1);
  for (const std::string& text :
       {std::string("\xff"), std::string(kManifestTextBytesMax + 1, 'a')}) {
    ManifestContent content = Signer::Content();
    content.prompt = text;
    EXPECT_FALSE(SignMp4(signer.folder.At("film.mp4"), content, signer.Tools()).ok());
    EXPECT_FALSE(SignSidecar(signer.folder.At("film.mp4"), content, signer.Tools()).ok());
  }
  EXPECT_THAT(signer.folder.Names(), testing::ElementsAre("film.mp4", "identity"));
}

TEST(C2paWriter, WhatIsNoFilmIsRefusedAndStaysAsItIs) {
  const Signer signer;
  const std::string moov = MakeBox("moov", "");
  for (const std::string& content :
       {std::string(), std::string("hello, world"), MakeBox("moov", ""),
        MakeBox("ftyp", "isom") + moov + moov, MakeBox("ftyp", "isom") + MakeBox("mdat", "x"),
        MakeBox("ftyp", "isom") + moov + MakeBox("moof", ""), MakeBox("ftyp", "isom") + "abc"}) {
    Put(signer.folder.At("x.mp4"), content);
    EXPECT_FALSE(SignMp4(signer.folder.At("x.mp4"), Signer::Content(), signer.Tools()).ok());
    EXPECT_EQ(ContentOf(signer.folder.At("x.mp4")), content);
  }
  EXPECT_THAT(signer.folder.Names(), testing::ElementsAre("identity", "x.mp4"));
}

TEST(C2paWriter, AnErrorAtTheEndLeavesTheFilmAsItWas) {
  Signer signer;
  const std::filesystem::path film = signer.folder.At("film.mp4");
  WriteSmallFilm(film, 1);
  const std::string before = ContentOf(film);
  signer.timestamper = [](std::string_view) -> Result<std::string> {
    return Error::Io("nobody answers");
  };
  const Status status = SignMp4(film, Signer::Content(), signer.Tools());
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message(), HasSubstr("nobody answers"));
  signer.timestamper = [](std::string_view) -> Result<std::string> {
    return std::string(kTimestampBytesMax + 1, 'x');
  };
  EXPECT_FALSE(SignMp4(film, Signer::Content(), signer.Tools()).ok());
  EXPECT_EQ(ContentOf(film), before);
  EXPECT_THAT(signer.folder.Names(), testing::ElementsAre("film.mp4", "identity"));
}

TEST(C2paWriter, AStampKeepsAFilmValidBeyondItsSignersEnd) {
  Signer signer;
  TestStampAuthority authority(signer.clock.UnixS());
  signer.stamp_roots_pem = authority.root_pem();
  const std::filesystem::path plain = signer.Film("plain.mp4");
  signer.timestamper = [&](std::string_view digest) { return authority.Stamp(digest); };
  const std::filesystem::path stamped = signer.Film("stamped.mp4");
  const int64_t signed_unix_s = signer.clock.UnixS();
  EXPECT_EQ(signer.Verify(plain).stamped_unix_s, std::nullopt);
  EXPECT_EQ(signer.Verify(stamped).stamped_unix_s, signed_unix_s);
  EXPECT_EQ(signer.Verify(stamped).state, ProvenanceState::kTrusted);
  signer.clock.AdvanceYears(kSignerYears + 5);
  const ManifestReport late = signer.Verify(plain);
  EXPECT_EQ(late.state, ProvenanceState::kInvalid);
  EXPECT_EQ(late.failures.at(0).code, "signingCredential.expired");
  EXPECT_EQ(signer.Verify(stamped).state, ProvenanceState::kTrusted);
  signer.stamp_roots_pem.clear();  // an authority that nobody knows stamps nothing
  EXPECT_EQ(signer.Verify(stamped).state, ProvenanceState::kInvalid);
}

TEST(C2paWriter, AnotherFilmsStampIsRefused) {
  Signer signer;
  TestStampAuthority authority(signer.clock.UnixS());
  signer.stamp_roots_pem = authority.root_pem();
  signer.timestamper = [&](std::string_view) { return authority.Stamp(std::string(32, 'x')); };
  const ManifestReport report = signer.Verify(signer.Film("film.mp4"));
  EXPECT_EQ(report.state, ProvenanceState::kInvalid);
  EXPECT_EQ(report.failures.at(0).code, "timeStamp.mismatch");
}

TEST(C2paWriter, ASidecarHoldsForItsPictureAlone) {
  const Signer signer;
  const std::filesystem::path picture = signer.folder.At("still.webp");
  Put(picture, "not even a picture");
  EXPECT_EQ(signer.Verify(picture).state, ProvenanceState::kNone);
  ASSERT_TRUE(SignSidecar(picture, Signer::Content(), signer.Tools()).ok());
  EXPECT_THAT(signer.folder.Names(),
              testing::ElementsAre("identity", "still.webp", "still.webp.c2pa"));
  EXPECT_EQ(signer.Verify(picture).state, ProvenanceState::kTrusted);
  Put(picture, "not even a picturf");
  const ManifestReport changed = signer.Verify(picture);
  EXPECT_EQ(changed.state, ProvenanceState::kInvalid);
  EXPECT_EQ(changed.failures.at(0).code, "assertion.dataHash.mismatch");
}

}  // namespace
}  // namespace aozora
