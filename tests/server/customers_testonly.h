// SPDX-License-Identifier: Apache-2.0
// Clients that go on through every crash of the server, and write down what they were told.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "ledger_testonly.h"
#include "socket_testonly.h"

namespace aozora {

class Customers {
 public:
  // Both creators begin at once, each with a job every `create_interval_ms`.
  Customers(uint16_t port, std::string key, uint64_t seed, int create_interval_ms, Ledger* ledger);
  ~Customers();

  void StopCreating();  // the last creates are acknowledged when it returns
  void Stop();

  uint64_t create_count() const { return create_count_; }      // acknowledged
  uint64_t retry_count() const { return retry_count_; }        // of creates nobody answered
  uint64_t download_count() const { return download_count_; }  // whole ones, judged
  uint64_t cut_count() const { return cut_count_; }            // that a kill cut off

 private:
  void Create(uint64_t seed, int number);
  void Watch(uint64_t seed);
  bool CreateOnce(Client& client, const std::string& key, const std::string& body);
  void Delete(Client& client, const std::string& key, const Ledger::Job& job);
  void Download(Client& client, RandomSource& random, const std::string& key,
                const Ledger::Job& job);

  const uint16_t port_;
  const std::string key_;
  const int create_interval_ms_;
  Ledger& ledger_;
  std::atomic<bool> creating_{true}, watching_{true};
  std::atomic<uint64_t> create_count_{0}, retry_count_{0}, download_count_{0}, cut_count_{0};
  std::vector<std::thread> creators_, watchers_;
};

}  // namespace aozora
