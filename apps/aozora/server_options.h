// SPDX-License-Identifier: Apache-2.0
// What `serve`, `worker` and `admin` are told: on the command line, or in a TOML file under the
// command's name ([serve] listen = "127.0.0.1:8080").
#pragma once

#include <string>
#include <vector>

#include "command.h"
#include "http/server.h"
#include "jobs/limits.h"
#include "media/video_writer.h"
#include "safeguards.h"

namespace aozora::app {

// Where everything is that must last.
struct DataOptions {
  std::string folder;  // empty: aozora/server in the data folder of the user

  void AddTo(CLI::App& app);
  Result<std::filesystem::path> Path() const;
};

// What renders.
struct WorkerOptions {
  uint32_t worker_count = 1;
  uint32_t thread_count = 0;  // of each; 0: as many as there are, shared out among the workers
  int nice = 15;              // renders leave the processor to answers
  std::string effort = "medium";
  // The same for all that work on one data folder.
  int64_t lease_ms = QueueLimits{}.lease_ms;

  void AddTo(CLI::App& app);
  QueueLimits Apply(QueueLimits limits) const;
};

struct ServerOptions {
  DataOptions data;
  WorkerOptions workers;
  SafeguardOptions safeguards;
  QueueLimits limits;
  std::string listen = "127.0.0.1:8080";
  std::string certificate, key;
  std::vector<std::string> allowed_origins;
  std::string default_model = kDefaultModel;
  std::vector<std::string> aliases;  // NAME=MODEL
  uint32_t requests_per_minute = 6000;
  uint32_t connections_max = 16384;
  uint32_t connections_per_address_max = 512;
  uint32_t seconds_max = 20;
  uint64_t pixels_max = 1920 * 1088;
  bool private_webhooks = false;
  std::string audit_copy;  // empty: in the data folder
  bool quiet = false;

  void AddTo(CLI::App& app);
  // Address and port of `listen`, and TLS.
  Result<http::ServerSettings> Http() const;
};

}  // namespace aozora::app
