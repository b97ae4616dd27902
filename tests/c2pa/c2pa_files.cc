// SPDX-License-Identifier: Apache-2.0
// c2pa_files make FOLDER   writes signed films and pictures, and root.pem
// c2pa_files from FOLDER PARENT TYPE NAME   one more film there, made from a parent there
// c2pa_files verify ROOT.pem PATH...   prints what our own verifier says of each, a line of JSON
// each
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "media/image_io.h"
#include "media/video_writer.h"
#include "provenance/c2pa_writer.h"
#include "provenance/tsa_testonly.h"
#include "provenance/verify.h"

namespace aozora {
namespace {

constexpr uint32_t kWidthPx = 128;
constexpr uint32_t kHeightPx = 72;
constexpr int kFrameCount = 24;
constexpr uint64_t kPemBytesMax = 1 << 20;

Image Frame(int time, int hue) {
  Image image = {kWidthPx, kHeightPx, {}};
  for (uint32_t y = 0; y < kHeightPx; ++y) {
    for (uint32_t x = 0; x < kWidthPx; ++x) {
      const auto wave = [&](double of) { return static_cast<uint8_t>(127 + 120 * std::sin(of)); };
      image.rgb.push_back(wave(x * 0.1 + time * 0.2));
      image.rgb.push_back(wave(y * 0.2 + hue));
      image.rgb.push_back(wave((x + y) * 0.05 + time * 0.1));
    }
  }
  return image;
}

Status WriteFilm(const std::filesystem::path& path, int hue, VideoCodec codec) {
  VideoSettings settings;
  settings.codec = codec;
  settings.effort = EncoderEffort::kVeryfast;
  const std::unique_ptr<VideoWriter> writer =
      TRY(VideoWriter::Create(path, kWidthPx, kHeightPx, settings));
  for (int i = 0; i < kFrameCount; ++i) TRY(writer->Write(Frame(i, hue)));
  return writer->Finish();
}

ManifestContent Content(const std::string& title) {
  ManifestContent content;
  content.title = title;
  content.generator = {"Aozora", "0.1.0"};
  content.soft_bindings = {{"org.aozora.mark.1", std::string("\x12\x34\x56\x78", 4)}};
  content.settings = {
      {"model", std::string("mini")}, {"seed", int64_t{7}}, {"guidance", 4.5}, {"upscaled", false}};
  return content;
}

class Maker {
 public:
  static Result<Maker> Create(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return Maker(folder, TRY(SigningIdentity::MakeOrLoad(folder / "identity", "Aozora test",
                                                         SystemClock(), SystemRandom())));
  }

  Status All() {
    TRY(WriteText("root.pem", identity_.root_pem()));
    TRY(Film("film.mp4", 1, std::nullopt));
    TRY(Film("other.mp4", 2, std::nullopt));
    TRY(Film("av1.mp4", 2, std::nullopt, VideoCodec::kAv1));
    TRY(Film("remix.mp4", 3, Parent("film.mp4", "video/mp4")));
    TRY(Film("remix2.mp4", 4, Parent("remix.mp4", "video/mp4")));
    TRY(WriteImage(folder_ / "input.png", Frame(0, 5), ImageFormat::kPng));
    TRY(Film("from_picture.mp4", 5, Parent("input.png", "image/png")));
    TRY(WriteFilm(folder_ / "plain.mp4", 6, VideoCodec::kH264));
    TRY(Film("from_plain.mp4", 6, Parent("plain.mp4", "video/mp4")));
    TRY(Stamped("stamped.mp4"));
    TRY(WriteImage(folder_ / "thumbnail.webp", Frame(0, 1), ImageFormat::kWebp));
    TRY(Beside("thumbnail.webp"));
    TRY(WriteImage(folder_ / "plain.webp", Frame(3, 1), ImageFormat::kWebp));
    TRY(WriteImage(folder_ / "plain.jpg", Frame(3, 1), ImageFormat::kJpeg));
    TRY(WriteImage(folder_ / "spritesheet.jpg", Frame(0, 1), ImageFormat::kJpeg));
    TRY(Beside("spritesheet.jpg"));
    TRY(WriteFilm(folder_ / "film.webm", 7, VideoCodec::kVp9));
    return Beside("film.webm");
  }

  Status From(const char* parent, const char* format, const char* name) const {
    return Film(name, 9, Parent(parent, format));
  }

 private:
  Maker(std::filesystem::path folder, SigningIdentity identity)
      : folder_(std::move(folder)), identity_(std::move(identity)) {}

  SigningTools Tools() const {
    return {identity_, SystemClock(), SystemRandom(), {identity_.root_pem(), ""}, {}};
  }
  Status WriteText(const char* name, const std::string& text) const {
    return WriteFileAtomically(folder_ / name, std::as_bytes(std::span(text)));
  }
  SourceAsset Parent(const char* name, const char* format) const {
    return {folder_ / name, name, format};
  }

  Status Film(const char* name, int hue, const std::optional<SourceAsset>& parent,
              VideoCodec codec = VideoCodec::kH264) const {
    TRY(WriteFilm(folder_ / name, hue, codec));
    ManifestContent content = Content(name);
    content.parent = parent;
    return SignMp4(folder_ / name, content, Tools());
  }

  Status Stamped(const char* name) const {
    const TestStampAuthority authority(
        std::chrono::duration_cast<std::chrono::seconds>(SystemClock().Now().time_since_epoch())
            .count());
    TRY(WriteText("stamp_root.pem", authority.root_pem()));
    TRY(WriteFilm(folder_ / name, 8, VideoCodec::kH264));
    SigningTools tools = Tools();
    tools.timestamper = [&](std::string_view digest) { return authority.Stamp(digest); };
    return SignMp4(folder_ / name, Content(name), tools);
  }

  Status Beside(const char* name) const {
    return SignSidecar(folder_ / name, Content(name), Tools());
  }

  const std::filesystem::path folder_;
  const SigningIdentity identity_;
};

nlohmann::json ToJson(const std::vector<C2paStatus>& statuses) {
  nlohmann::json list = nlohmann::json::array();
  for (const C2paStatus& status : statuses) {
    list.push_back({{"code", status.code}, {"explanation", status.explanation}});
  }
  return list;
}

Result<nlohmann::json> Verify(const std::filesystem::path& path, const Trust& trust) {
  const ManifestReport report = TRY(VerifyManifest(path, trust, SystemClock()));
  nlohmann::json ingredients = nlohmann::json::array(), actions = nlohmann::json::array();
  for (const ManifestIngredient& ingredient : report.ingredients) {
    ingredients.push_back({{"title", ingredient.title},
                           {"relationship", ingredient.relationship},
                           {"manifest", ingredient.active_manifest}});
  }
  for (const ManifestAction& action : report.actions) actions.push_back(action.action);
  return nlohmann::json{{"state", std::string(ProvenanceStateName(report.state))},
                        {"failures", ToJson(report.failures)},
                        {"notes", ToJson(report.notes)},
                        {"label", report.label},
                        {"generator", report.generator.name},
                        {"actions", actions},
                        {"ingredients", ingredients},
                        {"manifests", report.manifest_count},
                        {"stamped", report.stamped_unix_s.value_or(0)}};
}

Status Run(std::span<char*> arguments) {
  const std::string verb = arguments.size() < 2 ? "" : arguments[0];
  if (verb == "make" && arguments.size() == 2) {
    Maker maker = TRY(Maker::Create(arguments[1]));
    return maker.All();
  }
  if (verb == "from" && arguments.size() == 5) {
    const Maker maker = TRY(Maker::Create(arguments[1]));
    return maker.From(arguments[2], arguments[3], arguments[4]);
  }
  if (verb == "verify") {
    const std::string roots = TRY(ReadFile(arguments[1], kPemBytesMax));
    for (const char* path : arguments.subspan(2)) {
      const nlohmann::json report = TRY(Verify(path, {roots, roots}));
      fmt::print("{}\n", report.dump());
    }
    return Ok();
  }
  return Error::Invalid(
      "c2pa_files make FOLDER | from FOLDER PARENT TYPE NAME | verify ROOT.pem PATH...");
}

}  // namespace
}  // namespace aozora

int main(int argc, char** argv) {
  const aozora::Status status = aozora::Run(std::span(argv, static_cast<size_t>(argc)).subspan(1));
  if (status.ok()) return 0;
  fmt::print(stderr, "{}\n", status.error().message());
  return 1;
}
