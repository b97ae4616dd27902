// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_testonly.h"

#include <stdlib.h>

#include <algorithm>

#include "base/file.h"
#include "media/video_writer.h"
#include "provenance/verify.h"

namespace aozora {
namespace {

constexpr uint32_t kWidthPx = 64;
constexpr uint32_t kHeightPx = 48;
constexpr uint64_t kFileBytesMax = 16 << 20;
constexpr int64_t kStartUnixS = 1'795'000'000;  // 2026-11-18
constexpr int64_t kSecondsPerYear = 31'556'952;

SigningIdentity MakeIdentity(const std::filesystem::path& folder, const Clock& clock) {
  return SigningIdentity::MakeOrLoad(folder, "Test", clock, SystemRandom()).value();
}

}  // namespace

TestClock::TestClock() { Advance(std::chrono::seconds(kStartUnixS)); }
int64_t TestClock::UnixS() const {
  return std::chrono::duration_cast<std::chrono::seconds>(Now().time_since_epoch()).count();
}
void TestClock::AdvanceYears(int years) { Advance(std::chrono::seconds(years * kSecondsPerYear)); }

std::string ContentOf(const std::filesystem::path& path) {
  return ReadFile(path, kFileBytesMax).value();
}

void Put(const std::filesystem::path& path, std::string_view content) {
  CHECK(WriteFileAtomically(path, std::as_bytes(std::span(content))).ok());
}

void WriteSmallFilm(const std::filesystem::path& path, int number) {
  VideoSettings settings;
  settings.effort = EncoderEffort::kUltrafast;
  auto writer = VideoWriter::Create(path, kWidthPx, kHeightPx, settings).value();
  for (int i = 0; i < 4; ++i) {
    Image frame = Image::Black(kWidthPx, kHeightPx);
    for (size_t k = 0; k < frame.rgb.size(); ++k) {
      frame.rgb[k] = static_cast<uint8_t>(k / 48 * 3 + static_cast<size_t>(number * 40 + i * 8));
    }
    CHECK(writer->Write(frame).ok());
  }
  CHECK(writer->Finish().ok());
}

Signer::Signer() : identity_(MakeIdentity(folder.At("identity"), clock)) {}

SigningTools Signer::Tools() const {
  return {identity_, clock, SystemRandom(), trust(), timestamper};
}

ManifestContent Signer::Content() {
  ManifestContent content;
  content.title = "film";
  content.generator = {"Aozora", "0.1.0"};
  content.soft_bindings = {{"org.aozora.mark.1", std::string("\x01\x00\xff\x7f", 4)}};
  content.settings = {{"seed", int64_t{7}}, {"model", std::string("mini")}};
  return content;
}

std::filesystem::path Signer::Film(std::string_view name, int number) const {
  return Film(name, number, Content());
}

std::filesystem::path Signer::Film(std::string_view name, int number,
                                   const ManifestContent& content) const {
  const std::filesystem::path path = folder.At(name);
  WriteSmallFilm(path, number);
  const Status status = SignMp4(path, content, Tools());
  if (!status.ok()) internal::CheckFailed(__FILE__, __LINE__, "signed", status.error().message());
  return path;
}

ManifestReport Signer::Verify(const std::filesystem::path& path) const {
  return VerifyManifest(path, trust(), clock).value();
}

ManifestReport Signer::VerifyBytes(std::string_view film) const {
  return ReadMp4Manifest(MemorySource(film), trust(), clock).value();
}

}  // namespace aozora
