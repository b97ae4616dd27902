// SPDX-License-Identifier: Apache-2.0
#include "api/kept_files.h"
#include "media/clip_reader.h"
#include "routes/videos/parts.h"
#include "store/ids.h"

namespace aozora::routes {

using api::Call;
using api::Outcome;
using nlohmann::json;

namespace {

constexpr uint64_t kFormBytesMax = 10'000;
constexpr uint64_t kClipBytesMax = 100'000'000;
constexpr double kClipSecondsMin = 0.5;
constexpr double kClipSecondsMax = 20;
constexpr uint64_t kClipFramesMax = 20 * 120;

http::Response AnswerCharacter(const CharacterRecord& character) {
  return api::AnswerJson({{"id", character.id},
                          {"name", character.name},
                          {"created_at", api::SecondsOf(character.created_ms)}});
}

// Decodes all of it: what is kept can be shown later.
Status CheckClip(const std::filesystem::path& path) {
  ClipLimits limits;
  limits.bytes_max = kClipBytesMax;
  limits.frame_count_max = kClipFramesMax;
  const std::unique_ptr<ClipReader> reader = TRY(ClipReader::Open(path, limits));
  uint64_t frame_count = 0;
  while (TRY(reader->Next())) ++frame_count;
  const double seconds = static_cast<double>(frame_count) / reader->info().frame_rate.per_second();
  if (seconds >= kClipSecondsMin && seconds <= kClipSecondsMax) return Ok();
  return Error::Invalid("the clip has {:.1f} s: {} to {} are taken", seconds, kClipSecondsMin,
                        kClipSecondsMax);
}

Outcome<http::Response> CreateCharacter(const api::Service& service, const Call& call) {
  http::FormFile* upload = call.request.form ? call.request.form->FindFile("video") : nullptr;
  if (upload == nullptr) return api::BadParameter("video", "video must be sent as a file");
  if (const Status status = CheckClip(upload->path()); !status.ok()) {
    return api::BadParameter("video", fmt::format("video: {} (an MP4, MOV or WebM clip is needed)",
                                                  status.error().message()));
  }
  const FileRecord file = TRY(api::KeepFile(
      service,
      {call.principal.person_id, "character", upload->filename, upload->content_type, std::nullopt},
      std::move(upload->content)));
  CharacterRecord character;
  character.id = NewId("char_", service.random);
  character.person_id = call.principal.person_id;
  character.name = call.body["name"].get<std::string>();
  character.file_id = file.id;
  character.created_ms = NowMs(service.clock);
  TRY(service.store.Write([&](Transaction& transaction) { return transaction.Insert(character); }));
  return AnswerCharacter(character);
}

Outcome<http::Response> GetCharacter(const api::Service& service, const Call& call) {
  const std::string id = call.Value("character_id");
  const std::optional<CharacterRecord> character = TRY(service.store.Read(
      [&](Transaction& transaction) { return transaction.Find<CharacterRecord>(id); }));
  if (!character || character->person_id != call.principal.person_id) {
    return api::NoSuch("character", id);
  }
  return AnswerCharacter(*character);
}

}  // namespace

void AddCharacterRoutes(http::Router& router, const api::Service& service) {
  using http::BodyKind;
  using http::Method;
  api::AddOperations(
      router, service,
      {
          {Method::kPost, "/v1/videos/characters", "createCharacter", CreateCharacter,
           BodyKind::kForm, kFormBytesMax, kClipBytesMax},
          {Method::kGet, "/v1/videos/characters/{character_id}", "getCharacter", GetCharacter},
      });
}

}  // namespace aozora::routes
