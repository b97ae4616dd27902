// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.h"
#include "load.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

constexpr size_t kFileBytes = 16'000'000;  // more than the buffers of a connection hold
constexpr int kReceiveBufferBytes = 4096;
constexpr size_t kSlowBytesPerSecond = 1024;
constexpr std::chrono::milliseconds kStep{50};
constexpr int kStepsPerSecond = 20;
constexpr int kOthersPerSecond = 100;
constexpr double kRatioMax = 2;

std::string UploadFile(const Served& served) {
  const UploadForm form = MakeUploadForm("big.bin");
  const Answer answer =
      Client(served.port(), served.key())
          .Ask("POST", "/v1/files", fmt::format("Content-Type: {}\r\n", form.content_type),
               form.begin + std::string(kFileBytes, 'x') + form.end);
  CHECK_EQ(answer.status, 200);
  return nlohmann::json::parse(answer.body)["id"];
}

// Clients that take up a server's attention and give nothing for it, on a thread of their own.
class Hostile {
 public:
  Hostile(const Served& served, const LoadSettings& settings, std::string file_id)
      : served_(served),
        file_id_(std::move(file_id)),
        slow_(static_cast<size_t>(settings.slow_count)),
        half_(static_cast<size_t>(settings.half_count)) {
    for (Socket& socket : slow_) OpenSlow(&socket);
    for (size_t i = 0; i < half_.size(); ++i) OpenHalf(i);
    thread_ = std::thread([this] { Run(); });
  }
  ~Hostile() {
    stop_ = true;
    thread_.join();
  }

  size_t OpenCount() const { return open_count_; }  // at the last look

 private:
  void OpenSlow(Socket* socket) {
    *socket = Socket(served_.port(), kReceiveBufferBytes);
    if (!socket->ok()) return;
    const std::string path = fmt::format("/v1/files/{}/content", file_id_);
    socket->Send(RequestHead("GET", path, served_.key(), "") + "\r\n");
  }

  // Half of them stop within the head, half within the body.
  void OpenHalf(size_t i) {
    half_[i] = Socket(served_.port());
    if (!half_[i].ok()) return;
    std::string head = RequestHead("POST", "/v1/videos", served_.key(),
                                   "Content-Type: application/json\r\nContent-Length: 1000\r\n");
    if (i % 2 == 0) {
      head.resize(head.size() - 10);
    } else {
      head += "\r\n{\"prompt\": \"a red";
    }
    half_[i].Send(head);
  }

  // A part of them at each step, so that they do not all come at once.
  void Run() {
    for (size_t step = 0; !stop_; ++step, Pause(kStep)) {
      size_t open = 0;
      for (size_t i = step % kStepsPerSecond; i < slow_.size(); i += kStepsPerSecond) {
        char buffer[kSlowBytesPerSecond];
        const ssize_t count = recv(slow_[i].descriptor(), buffer, sizeof(buffer), MSG_DONTWAIT);
        const bool gone = !slow_[i].ok() || count == 0 || (count < 0 && errno != EAGAIN);
        if (gone) OpenSlow(&slow_[i]);
      }
      for (size_t i = step % kStepsPerSecond; i < half_.size(); i += kStepsPerSecond) {
        char buffer[1024];
        const ssize_t count = recv(half_[i].descriptor(), buffer, sizeof(buffer), MSG_DONTWAIT);
        if (count >= 0 || errno != EAGAIN) OpenHalf(i);
      }
      for (const Socket& socket : slow_) open += socket.ok() ? 1 : 0;
      for (const Socket& socket : half_) open += socket.ok() ? 1 : 0;
      open_count_ = open;
    }
  }

  const Served& served_;
  const std::string file_id_;
  std::vector<Socket> slow_, half_;
  std::atomic<size_t> open_count_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

LoadRows MeasureHostile(const LoadSettings& settings, const LoadPlace& place) {
  const std::unique_ptr<Served> served = place.Serve(0);
  const std::string job = MakeJobs(*served, kSmallJob)["id"];
  const std::string file = UploadFile(*served);
  const auto ask = [&](Client& client, int i) {
    const Answer answer =
        i % 2 == 0 ? client.Get("/v1/videos/" + job) : client.Post("/v1/videos", kSmallJob);
    return answer.status == 200 && answer.whole;
  };
  const Pace pace = {kOthersPerSecond, std::max(1.0, settings.seconds / 3.0)};
  Drive(*served, {kOthersPerSecond, 2}, ask);  // connections, statements and caches are there
  const Timings before = Drive(*served, pace, ask);
  const uint64_t memory_before = ResidentBytes(served->process().pid());
  Timings during;
  size_t open = 0;
  double memory_each = 0;
  {
    Hostile hostile(*served, settings, file);
    during = Drive(*served, pace, ask);
    open = hostile.OpenCount();
    memory_each = (static_cast<double>(ResidentBytes(served->process().pid())) -
                   static_cast<double>(memory_before)) /
                  static_cast<double>(std::max<size_t>(1, open));
  }
  const double ratio = during.At(0.99) / std::max(before.At(0.99), 1e-3);
  LoadRows rows;
  rows.push_back({fmt::format("{} slow readers, {} half requests: open at the end",
                              settings.slow_count, settings.half_count),
                  fmt::format("{}", open), "", std::nullopt});
  rows.push_back({"  the others' p50 before, during",
                  fmt::format("{:.2f}, {:.2f} ms", before.At(0.5), during.At(0.5)), "",
                  std::nullopt});
  rows.push_back({"  the others' p99 before, during",
                  fmt::format("{:.2f}, {:.2f} ms", before.At(0.99), during.At(0.99)),
                  fmt::format("ratio < {}", kRatioMax), ratio < kRatioMax});
  rows.push_back({"  the others' failed", fmt::format("{}", during.failed_count), "0",
                  during.failed_count == 0});
  rows.push_back({"  server's memory of each", fmt::format("{:.1f} KiB", memory_each / 1024),
                  "< 64 KiB", memory_each < 64 * 1024});
  return rows;
}

}  // namespace aozora
