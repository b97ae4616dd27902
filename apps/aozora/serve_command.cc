// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "base/log.h"
#include "host.h"
#include "programme/roles.h"

namespace aozora::app {
namespace {

// A data folder without any key gets one, for everything, so that the first minute needs no manual.
Result<std::optional<MadeKey>> MakeFirstKey(KeyRing& keys) {
  if (!TRY(keys.Keys()).empty()) return std::optional<MadeKey>();
  NewPerson person;
  person.name = "admin";
  person.role = "admin";
  std::string person_id;
  for (const PersonRecord& known : TRY(keys.People())) {
    if (known.name == person.name) person_id = known.id;
  }
  if (person_id.empty()) person_id = TRY(keys.AddPerson(person, "first start")).id;
  NewKey key;
  key.person_id = person_id;
  key.name = "first start";
  key.scopes = {std::string(kScopeRead), std::string(kScopeWrite), std::string(kScopeReview),
                std::string(kScopeAdmin)};
  return std::optional<MadeKey>(TRY(keys.AddKey(key, "first start")));
}

void PrintFirstKey(const MadeKey& key, std::string_view url) {
  fmt::print(R"(A key was made for you. It is shown once:

  {0}

A video with curl:

  export OPENAI_API_KEY={0} OPENAI_BASE_URL={1}/v1
  curl $OPENAI_BASE_URL/videos -H "Authorization: Bearer $OPENAI_API_KEY" \
    -F prompt="a red sailboat on a calm sea at sunset" -F seconds=4
  curl $OPENAI_BASE_URL/videos/VIDEO_ID/content -H "Authorization: Bearer $OPENAI_API_KEY" \
    -o boat.mp4

With the same two variables, programs that use the openai client run as they are:

  const video = await new OpenAI().videos.create({{ prompt: "a red sailboat on a calm sea" }})

)",
             key.text, url);
}

// Where nobody can log in yet, whoever started the server may be the first: a way to set the
// admin's password, once, in the studio. Not where strangers could read the log and reach the
// address.
Status OfferFirstLogin(Storage& storage, std::string_view url) {
  const PersonRecord* admin = nullptr;
  const std::vector<PersonRecord> people = TRY(storage.keys().People());
  for (const PersonRecord& person : people) {
    if (!person.password_hash.empty()) return Ok();
    if (admin == nullptr && person.role == NameOf(Role::kAdmin)) admin = &person;
  }
  if (admin == nullptr) return Ok();
  const Actor actor{"first start", std::string(NameOf(Role::kAdmin)), ""};
  const MadePasswordLink made =
      TRY(storage.programme().accounts.MakePasswordLink(admin->id, actor));
  fmt::print("The studio, to choose a password: {}/signin#{} (log in as {})\n", url, made.code,
             admin->name);
  return Ok();
}

std::string UrlOf(const ServerOptions& options, uint16_t port) {
  const std::string address = options.listen.substr(0, options.listen.rfind(':'));
  return fmt::format("{}://{}:{}", options.certificate.empty() ? "http" : "https", address, port);
}

Status Execute(const ServerOptions& options, const Environment& environment) {
  SetLogLevel(options.quiet ? LogLevel::kWarning : LogLevel::kInfo);
  const std::unique_ptr<Host> host = TRY(Host::Start(environment, options));
  const std::string url = UrlOf(options, host->port());
  if (const auto key = TRY(MakeFirstKey(host->storage().keys()))) PrintFirstKey(*key, url);
  if (host->is_local()) TRY(OfferFirstLogin(host->storage(), url));
  fmt::print("listening on {}\n", url);
  std::fflush(stdout);
  WaitForSignal(environment);
  fmt::print("finishing answers; what is rendered goes on at the next start\n");
  return Ok();
}

}  // namespace

Command AddServe(CLI::App& app) {
  const auto options = std::make_shared<ServerOptions>();
  options->AddTo(app);
  return [options](const Environment& environment) { return Execute(*options, environment); };
}

}  // namespace aozora::app
