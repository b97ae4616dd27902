// SPDX-License-Identifier: Apache-2.0
#include "server_options.h"

#include <charconv>
#include <cstdlib>

namespace aozora::app {

void DataOptions::AddTo(CLI::App& app) {
  app.add_option("--data", folder,
                 "Folder of jobs, files and keys ($AOZORA_DATA, or aozora/server in the user's "
                 "data folder, if left out)");
}

Result<std::filesystem::path> DataOptions::Path() const {
  if (!folder.empty()) return std::filesystem::path(folder);
  const auto from = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  if (const auto own = from("AOZORA_DATA"); !own.empty()) return own;
  if (const auto data = from("XDG_DATA_HOME"); !data.empty()) return data / "aozora" / "server";
  if (const auto home = from("HOME"); !home.empty()) return home / ".local/share/aozora/server";
  return Error::Invalid("there is no home folder to keep data in: name a folder with --data");
}

void WorkerOptions::AddTo(CLI::App& app) {
  app.add_option("--workers", worker_count, "Renders at a time; 0: other processes render")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  app.add_option("--threads", thread_count, "Threads of each render; 0: all, shared out")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--nice", nice, "How far renders stand back behind answers (0 to 19)")
      ->check(CLI::Range(0, 19))
      ->capture_default_str();
  app.add_option("--effort", effort, "Encoder: ultrafast to veryslow")->capture_default_str();
  app.add_option("--lease-ms", lease_ms,
                 "After so long without a sign of life a worker's job is given to another")
      ->check(CLI::Range(int64_t{1'000}, int64_t{3'600'000}))
      ->capture_default_str();
}

QueueLimits WorkerOptions::Apply(QueueLimits limits) const {
  // As many signs of life in a lease as by default.
  const int64_t beats_per_lease = limits.lease_ms / limits.heartbeat_ms;
  limits.lease_ms = lease_ms;
  limits.heartbeat_ms = lease_ms / beats_per_lease;
  return limits;
}

void ServerOptions::AddTo(CLI::App& app) {
  data.AddTo(app);
  workers.AddTo(app);
  safeguards.AddTo(app);
  app.add_option("--listen", listen, "ADDRESS:PORT; port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--tls-certificate", certificate, "PEM file; with it, TLS is spoken");
  app.add_option("--tls-key", key, "PEM file of its key");
  app.add_option("--allow-origin", allowed_origins,
                 "Web page that may use the API from a browser (CORS); may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  app.add_option("--default-model", default_model,
                 "Model of requests that name none, and of the "
                 "names sora-2 and sora-2-pro")
      ->capture_default_str();
  app.add_option("--alias", aliases, "NAME=MODEL: a name that clients may say; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  const auto number = [&](const char* name, auto& value, const char* help) {
    app.add_option(name, value, help)->check(CLI::NonNegativeNumber)->capture_default_str();
  };
  number("--requests-per-minute", requests_per_minute, "Of a key; 0: any number");
  number("--creates-per-minute", limits.creates_per_minute_max, "New videos of a person");
  number("--running-per-person", limits.running_per_person_max, "Videos rendered at a time");
  number("--queued-per-person", limits.queued_per_person_max, "Videos that wait");
  number("--seconds-per-day", limits.video_seconds_per_day_max, "Seconds of video of a person");
  number("--queue", limits.queued_max, "Videos that wait, of everybody");
  number("--seconds-max", seconds_max, "Length of one video");
  number("--pixels-max", pixels_max, "Width times height of one video");
  number("--disk-per-video", limits.output_bytes_max,
         "Bytes that must be free for each video before a new one is taken");
  number("--kept-ms", limits.output_kept_ms, "How long finished videos are kept, milliseconds");
  number("--connections", connections_max, "Open connections");
  number("--connections-per-address", connections_per_address_max, "Of one address");
  app.add_option(
      "--audit-copy", audit_copy,
      "File that each signed checkpoint of the audit log is appended to: best on another "
      "disk (default: audit-checkpoints.txt in the data folder)");
  app.add_flag("--private-webhooks", private_webhooks,
               "Webhooks may go to this machine and its private network");
  app.add_flag("--quiet", quiet, "Log warnings and errors alone");
}

Result<http::ServerSettings> ServerOptions::Http() const {
  http::ServerSettings settings;
  const size_t colon = listen.rfind(':');
  const auto wrong = [&] {
    return Error::Invalid("--listen {}: write it as 127.0.0.1:8080 or [::1]:8080", listen);
  };
  if (colon == std::string::npos) return wrong();
  settings.address = listen.substr(0, colon);
  if (settings.address.starts_with('[') && settings.address.ends_with(']')) {
    settings.address = settings.address.substr(1, settings.address.size() - 2);
  }
  const char* end = listen.data() + listen.size();
  const auto port = std::from_chars(listen.data() + colon + 1, end, settings.port);
  if (port.ec != std::errc() || port.ptr != end) return wrong();
  if (certificate.empty() != key.empty()) {
    return Error::Invalid("--tls-certificate and --tls-key go together");
  }
  settings.certificate_file = certificate;
  settings.key_file = key;
  settings.allowed_origins = allowed_origins;
  settings.limits.connections_max = connections_max;
  settings.limits.connections_per_address_max = connections_per_address_max;
  return settings;
}

}  // namespace aozora::app
