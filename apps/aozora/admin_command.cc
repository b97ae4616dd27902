// SPDX-License-Identifier: Apache-2.0
// What the operator does on the machine itself, without a key: whoever may write the data folder
// may do this.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <ctime>

#include "api/contract.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/units.h"
#include "base/wake.h"
#include "jobs/audit_keeper.h"
#include "jobs/poster.h"
#include "jobs/webhooks.h"
#include "programme/roles.h"
#include "server_options.h"
#include "storage.h"
#include "store/audit_checkpoint.h"
#include "store/ids.h"

namespace aozora::app {
namespace {

constexpr std::string_view kActor = "operator";
constexpr int64_t kDrainLookMs = 500;
constexpr const char* kRoles = "artist, partner, red_team, reviewer or admin";

struct AdminCommand {
  DataOptions data;
  std::string name, id, role = "artist", scopes, reason, target, url, scope = "all";
  std::string running_renders = "park", public_key;
  std::optional<int64_t> running, queued, seconds, days;
  int64_t granted = 0;
  int64_t priority = 0;
};
using Action = std::function<Status(Storage&, const AdminCommand&, const Environment&)>;

std::string TimeOf(std::optional<int64_t> time_ms) {
  if (!time_ms) return "never";
  const std::time_t seconds = *time_ms / 1000;
  struct tm parts;
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
  return text;
}

// People are named as the operator knows them.
Result<PersonRecord> FindPerson(Storage& storage, const std::string& name) {
  std::vector<std::string> names;
  for (const PersonRecord& person : TRY(storage.keys().People())) {
    if (person.name == name || person.id == name) return person;
    names.push_back(person.name);
  }
  return Error::NotFound("there is no person {}: there are {}", name, fmt::join(names, ", "));
}

Status AddPerson(Storage& storage, const AdminCommand& o, const Environment&) {
  NewPerson person;
  person.name = o.name;
  person.role = o.role;
  person.limits = {.running_max = o.running,
                   .queued_max = o.queued,
                   .video_seconds_per_day_max = o.seconds,
                   .priority = o.priority};
  fmt::print("{}\n", TRY(storage.keys().AddPerson(person, kActor)).id);
  return Ok();
}

Status ListPeople(Storage& storage, const AdminCommand&, const Environment&) {
  for (const PersonRecord& person : TRY(storage.keys().People())) {
    fmt::print("{}  {}  {}{}\n", person.id, person.name, person.role,
               person.disabled_ms ? "  (disabled)" : "");
  }
  return Ok();
}

Status AddKey(Storage& storage, const AdminCommand& o, const Environment&) {
  NewKey key;
  key.person_id = TRY(FindPerson(storage, o.name)).id;
  key.name = o.reason.empty() ? "made by the operator" : o.reason;
  if (!o.scopes.empty()) {
    key.scopes.clear();
    std::string_view rest = o.scopes;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      key.scopes.emplace_back(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    }
  }
  if (o.days) key.expires_ms = NowMs(SystemClock()) + *o.days * kDayMs;
  const MadeKey made = TRY(storage.keys().AddKey(key, kActor));
  fmt::print(stderr, "{} (shown once):\n", made.record.id);
  fmt::print("{}\n", made.text);
  return Ok();
}

Status ListKeys(Storage& storage, const AdminCommand&, const Environment&) {
  for (const KeyRecord& key : TRY(storage.keys().Keys())) {
    fmt::print("{}  {}...  {}  {}  [{}]  used {}{}\n", key.id, key.prefix, key.person_id, key.name,
               key.scopes, TimeOf(key.last_used_ms), key.revoked_ms ? "  (revoked)" : "");
  }
  return Ok();
}

Status RevokeKey(Storage& storage, const AdminCommand& o, const Environment&) {
  TRY(storage.keys().Revoke(o.id, kActor));
  return Ok();
}

// Admins are named where they are asked; without a name it is the operator of the machine.
Result<std::string> ActorOf(Storage& storage, const AdminCommand& o) {
  if (o.name.empty()) return std::string(kActor);
  const PersonRecord person = TRY(FindPerson(storage, o.name));
  if (person.role != "admin") return Error::Invalid("{} is no admin", person.name);
  return person.id;
}

Result<Stop> StopOf(Storage& storage, const AdminCommand& o) {
  Stop stop;
  const std::optional<StopScope> scope = EnumOf<StopScope>(o.scope);
  if (!scope) {
    return Error::Invalid("--scope {}: there are {}", o.scope,
                          fmt::join(EnumNames<StopScope>::kNames, ", "));
  }
  const std::optional<StopRunning> running = EnumOf<StopRunning>(o.running_renders);
  if (!running) {
    return Error::Invalid("--running {}: there are {}", o.running_renders,
                          fmt::join(EnumNames<StopRunning>::kNames, ", "));
  }
  stop.scope = *scope;
  stop.subject = SubjectOr(stop.scope, o.id);
  stop.running = *running;
  stop.reason = o.reason;
  stop.set_by = TRY(ActorOf(storage, o));
  if (stop.scope == StopScope::kFeature) {
    const auto contract = TRY(api::Contract::Load());
    TRY(contract->CheckFeature(stop.subject));
  }
  return stop;
}

Status SetStop(Storage& storage, const AdminCommand& o, const Environment&) {
  return storage.queue().SetStop(TRY(StopOf(storage, o)));
}

Status ReleaseStop(Storage& storage, const AdminCommand& o, const Environment&) {
  const Stop stop = TRY(StopOf(storage, o));
  switch (TRY(storage.queue().ReleaseStop(stop.scope, stop.subject, stop.set_by))) {
    case StopRelease::kNoSuchStop:
      return Error::NotFound("nothing of that name is stopped");
    case StopRelease::kNeedsSecond:
      fmt::print("asked for: a second admin has to release it too, within an hour\n");
      return Ok();
    case StopRelease::kReleased:
      fmt::print("released\n");
      return Ok();
  }
  CHECK(false);
}

// No new work, and what runs comes to its end.
Status Drain(Storage& storage, const AdminCommand& o, const Environment& environment) {
  AdminCommand stop = o;
  stop.scope = "all";
  stop.id = kStopMaintenance;
  stop.running_renders = "finish";
  stop.reason = o.reason.empty() ? "drained by the operator" : o.reason;
  TRY(SetStop(storage, stop, environment));
  Wake never_called;
  while (!environment.cancel.cancelled()) {
    const QueueCounts counts = TRY(storage.queue().Counts());
    if (counts.running == 0) return Ok();
    fmt::print(stderr, "{} running\n", counts.running);
    never_called.WaitFor(kDrainLookMs);
  }
  return Error::Cancelled();
}

Status Backup(Storage& storage, const AdminCommand& o, const Environment&) {
  return storage.store().Backup(o.target);
}

Status VerifyAudit(Storage& storage, const AdminCommand& o, const Environment&) {
  std::string public_key;
  if (o.public_key.empty()) {
    public_key = TRY(SignKey::Open(storage.folder().sign_key())).public_key();
  } else if (const auto bytes = HexDecode(o.public_key)) {
    public_key = *bytes;
  } else {
    return Error::Invalid("--public-key {}: it has 64 hexadecimal digits", o.public_key);
  }
  if (!o.target.empty() && !std::filesystem::exists(o.target)) {
    return Error::NotFound("there is no file {}", o.target);
  }
  const auto [report, copied_count] = TRY(aozora::VerifyAudit(
      storage.store(), public_key,
      o.target.empty() ? storage.folder().audit_copy() : std::filesystem::path(o.target)));
  fmt::print("{} rows, unbroken, head {}\n", report.row_count, report.head_hash);
  fmt::print("{} checkpoints, {} of them in the copy, signed up to row {} by {}\n",
             report.checkpoint_count, copied_count, report.signed_seq, HexEncode(public_key));
  return Ok();
}

// Endpoints of the person who is named, with what they need to be asked for.
struct EndpointsOf {
  PersonRecord person;
  std::unique_ptr<Poster> poster;
  Webhooks webhooks;

  EndpointsOf(Storage& storage, PersonRecord whose)
      : person(std::move(whose)),
        poster(MakeCurlPoster({})),
        webhooks(storage.store(), SystemClock(), SystemRandom(), *poster) {}
};

Status AddWebhook(Storage& storage, const AdminCommand& o, const Environment&) {
  EndpointsOf of(storage, TRY(FindPerson(storage, o.name)));
  const WebhookEndpointRecord endpoint = TRY(of.webhooks.AddEndpoint(of.person.id, o.url, ""));
  fmt::print(stderr, "{}, its secret (shown once):\n", endpoint.id);
  fmt::print("{}\n", endpoint.secret);
  return Ok();
}

Status ListWebhooks(Storage& storage, const AdminCommand& o, const Environment&) {
  EndpointsOf of(storage, TRY(FindPerson(storage, o.name)));
  for (const WebhookEndpointRecord& endpoint : TRY(of.webhooks.Endpoints(of.person.id))) {
    fmt::print("{}  {}  [{}]{}\n", endpoint.id, endpoint.url,
               endpoint.event_types.empty() ? "all" : endpoint.event_types,
               endpoint.disabled_ms ? fmt::format("  (off: {})", endpoint.disabled_reason) : "");
  }
  return Ok();
}

Status RemoveWebhook(Storage& storage, const AdminCommand& o, const Environment&) {
  EndpointsOf of(storage, TRY(FindPerson(storage, o.name)));
  return of.webhooks.RemoveEndpoint(of.person.id, o.id);
}

Actor Operator() { return {std::string(kActor), std::string(aozora::NameOf(Role::kAdmin)), ""}; }

Status Invite(Storage& storage, const AdminCommand& o, const Environment&) {
  const int64_t kept_ms = o.days ? *o.days * kDayMs : kInvitationKeptMs;
  const MadeInvitation made =
      TRY(storage.programme().invitations.Make(o.role, o.reason, Operator(), kept_ms));
  fmt::print(stderr, "{}, until {} UTC (shown once; for POST /v1/invitations/accept):\n",
             made.record.id, TimeOf(made.record.expires_ms));
  fmt::print("{}\n", made.code);
  return Ok();
}

Status SetRole(Storage& storage, const AdminCommand& o, const Environment&) {
  const PersonRecord person = TRY(FindPerson(storage, o.name));
  TRY(storage.programme().accounts.SetRole(person.id, o.role, Operator()));
  return Ok();
}

Status PasswordLink(Storage& storage, const AdminCommand& o, const Environment&) {
  const PersonRecord person = TRY(FindPerson(storage, o.name));
  const MadePasswordLink made =
      TRY(storage.programme().accounts.MakePasswordLink(person.id, Operator()));
  fmt::print(stderr, "for {}, until {} UTC (shown once; for POST /v1/password/reset):\n",
             person.name, TimeOf(made.record.expires_ms));
  fmt::print("{}\n", made.code);
  return Ok();
}

Status GiveGrant(Storage& storage, const AdminCommand& o, const Environment&) {
  NewGrant grant;
  grant.person_id = TRY(FindPerson(storage, o.name)).id;
  grant.video_seconds = o.granted;
  grant.starts_ms = NowMs(SystemClock());
  grant.ends_ms = grant.starts_ms + o.days.value_or(30) * kDayMs;
  grant.note = o.reason;
  fmt::print("{}\n", TRY(storage.programme().grants.Give(grant, Operator())).id);
  return Ok();
}

// Without a file, says which version counts.
Status PublishTerms(Storage& storage, const AdminCommand& o, const Environment&) {
  if (o.target.empty()) {
    const auto newest = TRY(storage.programme().terms.Newest());
    fmt::print("version {}\n", newest ? newest->version : 0);
    return Ok();
  }
  const std::unique_ptr<MappedFile> file = TRY(MappedFile::Open(o.target));
  const Bytes bytes = file->bytes();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const TermsRecord made = TRY(storage.programme().terms.Publish(text, Operator()));
  fmt::print("version {}\n", made.version);
  return Ok();
}

class Builder {
 public:
  explicit Builder(std::shared_ptr<AdminCommand> options) : options_(std::move(options)) {}

  CLI::App& Add(CLI::App& parent, const char* name, const char* help, Action action) {
    CLI::App* sub = parent.add_subcommand(name, help);
    actions_->emplace_back(sub, std::move(action));
    return *sub;
  }
  Command Finish() const {
    return [options = options_, actions = actions_](const Environment& environment) -> Status {
      const std::filesystem::path folder = TRY(options->data.Path());
      const std::unique_ptr<Storage> storage = TRY(Storage::Open(folder, QueueLimits{}, {}));
      for (const auto& [sub, action] : *actions) {
        if (sub->parsed()) return action(*storage, *options, environment);
      }
      return Error::Invalid("admin: say what to do (aozora admin --help)");
    };
  }

 private:
  std::shared_ptr<AdminCommand> options_;
  std::shared_ptr<std::vector<std::pair<CLI::App*, Action>>> actions_ =
      std::make_shared<std::vector<std::pair<CLI::App*, Action>>>();
};

void AddProgramme(CLI::App& app, CLI::App& person, Builder& builder, AdminCommand& o) {
  CLI::App& invite = builder.Add(app, "invite", "Let one in; prints the code once", Invite);
  invite.add_option("--role", o.role, kRoles)->capture_default_str();
  invite.add_option("--for", o.reason, "For whom");
  invite.add_option("--days", o.days, "Until it expires (14)");
  CLI::App& role = builder.Add(person, "role", "Give one another role; ends their logins", SetRole);
  role.add_option("name", o.name)->required();
  role.add_option("role", o.role, kRoles)->required();
  builder.Add(app, "password-link", "A way to set a new password, once, within a day", PasswordLink)
      .add_option("person", o.name)
      ->required();
  CLI::App& grant = builder.Add(app, "grant", "More seconds of video a day, for a time", GiveGrant);
  grant.add_option("person", o.name)->required();
  grant.add_option("seconds", o.granted, "A day, on top of the limit")->required();
  grant.add_option("--days", o.days, "For so long (30)");
  grant.add_option("--for", o.reason, "Why");
  builder
      .Add(app, "terms", "Publish a text that all accept anew; without one, its version",
           PublishTerms)
      .add_option("file", o.target);
}

}  // namespace

Command AddAdmin(CLI::App& app) {
  const auto o = std::make_shared<AdminCommand>();
  o->data.AddTo(app);
  app.require_subcommand(1);
  app.fallthrough();
  Builder builder(o);

  CLI::App* person = app.add_subcommand("person", "People")->require_subcommand(1);
  CLI::App& person_add = builder.Add(*person, "add", "Add one; prints the id", AddPerson);
  person_add.add_option("name", o->name)->required();
  person_add.add_option("--role", o->role, kRoles)->capture_default_str();
  person_add.add_option("--running", o->running, "Videos rendered at a time");
  person_add.add_option("--queued", o->queued, "Videos that wait");
  person_add.add_option("--seconds-per-day", o->seconds, "Seconds of video");
  person_add.add_option("--priority", o->priority, "More goes first");
  builder.Add(*person, "list", "List them", ListPeople);

  AddProgramme(app, *person, builder, *o);

  CLI::App* key = app.add_subcommand("key", "API keys")->require_subcommand(1);
  CLI::App& key_add = builder.Add(*key, "add", "Make one for a person; prints it once", AddKey);
  key_add.add_option("person", o->name)->required();
  key_add.add_option("--for", o->reason, "What it is for");
  key_add.add_option("--scopes", o->scopes, "videos:read,videos:write,review,admin");
  key_add.add_option("--days", o->days, "Until it expires");
  builder.Add(*key, "list", "List them, without their texts", ListKeys);
  builder.Add(*key, "revoke", "End one within a second", RevokeKey)
      .add_option("id", o->id)
      ->required();

  CLI::App* webhook =
      app.add_subcommand("webhook", "Where a person's videos are announced")->require_subcommand(1);
  CLI::App& webhook_add = builder.Add(
      *webhook, "add", "Announce them to an address; prints its secret once", AddWebhook);
  webhook_add.add_option("person", o->name)->required();
  webhook_add.add_option("url", o->url)->required();
  builder.Add(*webhook, "list", "List a person's addresses, without their secrets", ListWebhooks)
      .add_option("person", o->name)
      ->required();
  CLI::App& webhook_remove =
      builder.Add(*webhook, "remove", "No longer announce to one", RemoveWebhook);
  webhook_remove.add_option("person", o->name)->required();
  webhook_remove.add_option("id", o->id)->required();

  const auto add_stop = [&](CLI::App& sub) {
    sub.add_option("--scope", o->scope, "all, person, model, key or feature")
        ->capture_default_str();
    sub.add_option("--subject", o->id,
                   "Id of the person or key, the model's name, a feature (remixVideo, "
                   "batches); of all: generation, maintenance or everything");
    sub.add_option("--reason", o->reason, "Shown to those who are refused");
    sub.add_option("--by", o->name, "The admin who wants it (default: the machine's operator)");
  };
  CLI::App& stop = builder.Add(app, "stop", "Refuse work, within a second", SetStop);
  add_stop(stop);
  stop.add_option("--running", o->running_renders, "Renders that run: park, cancel or finish")
      ->capture_default_str();
  add_stop(builder.Add(
      app, "release", "End a stop; of generation and everything, two admins have to", ReleaseStop));
  builder.Add(app, "drain", "Stop everything new and wait until nothing runs", Drain);
  builder.Add(app, "backup", "A whole copy of the database, while the server goes on", Backup)
      .add_option("target", o->target, "File that does not exist yet")
      ->required();
  CLI::App& audit = builder.Add(
      app, "verify-audit", "Check that nobody changed the audit log, and say where", VerifyAudit);
  audit.add_option("--checkpoints", o->target, "The copy of its checkpoints (serve --audit-copy)");
  audit.add_option("--public-key", o->public_key,
                   "Who must have signed them, where the data folder is not to be believed");
  return builder.Finish();
}

}  // namespace aozora::app
