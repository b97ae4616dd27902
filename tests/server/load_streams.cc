// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>

#include "base/check.h"
#include "load.h"
#include "socket_testonly.h"

namespace aozora {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kJobCount = 20;  // that the streams are shared among
constexpr std::chrono::seconds kOpenPatience{60};
constexpr std::chrono::seconds kEndPatience{180};
constexpr std::chrono::milliseconds kSettle{3'000};
constexpr size_t kTailBytes = 64;  // of what came before: an event's name may come in two pieces
constexpr double kBytesPerStreamMax = 64 * 1024;

// Streams that are read as soon as something comes.
class Streams {
 public:
  explicit Streams(const Served& served) : served_(served), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    CHECK(poll_ >= 0);
  }
  ~Streams() { close(poll_); }

  bool Open(const std::string& job_id) {
    Socket socket(served_.port());
    if (!socket.ok()) return false;
    const std::string head =
        RequestHead("GET", fmt::format("/v1/videos/{}/events", job_id), served_.key(), "");
    if (!socket.Send(head + "\r\n")) return false;
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = streams_.size();
    CHECK_EQ(epoll_ctl(poll_, EPOLL_CTL_ADD, socket.descriptor(), &event), 0);
    streams_.push_back({std::move(socket), ""});
    return true;
  }

  // Reads until so many have begun (or ended), or patience is over.
  void ReadUntil(const size_t& count, Clock::time_point end) {
    while (count < streams_.size() && Clock::now() < end) ReadSome();
  }
  void ReadFor(std::chrono::milliseconds time) {
    for (const auto end = Clock::now() + time; Clock::now() < end;) ReadSome();
  }

  const size_t& begun() const { return begun_; }
  const size_t& ended() const { return ended_; }  // with the terminal event
  size_t broken() const { return broken_; }       // closed before it
  size_t count() const { return streams_.size(); }

 private:
  struct Stream {
    Socket socket;
    std::string tail;
    bool begun = false;
    bool ended = false;
  };

  void ReadSome() {
    epoll_event events[256];
    const int count = epoll_wait(poll_, events, 256, 100);
    for (int i = 0; i < count; ++i) Read(&streams_[events[i].data.u64]);
  }

  void Read(Stream* stream) {
    if (!stream->socket.Receive(&stream->tail, 0)) {
      if (!stream->ended) ++broken_;
      stream->socket.Close();
      return;
    }
    if (!stream->begun && stream->tail.find("200 OK") != std::string::npos) {
      stream->begun = true;
      ++begun_;
    }
    const bool over = stream->tail.find("event: video.completed") != std::string::npos ||
                      stream->tail.find("event: video.failed") != std::string::npos;
    if (over && !stream->ended) {
      stream->ended = true;
      ++ended_;
    }
    if (stream->tail.size() > kTailBytes) stream->tail.erase(0, stream->tail.size() - kTailBytes);
  }

  const Served& served_;
  const int poll_;
  std::vector<Stream> streams_;
  size_t begun_ = 0, ended_ = 0, broken_ = 0;
};

}  // namespace

LoadRows MeasureStreams(const LoadSettings& settings, const LoadPlace& place) {
  const std::unique_ptr<Served> served = place.Serve(0);
  std::vector<std::string> jobs;
  for (int i = 0; i < kJobCount; ++i) jobs.push_back(MakeJobs(*served, kSmallJob)["id"]);
  const pid_t pid = served->process().pid();
  const uint64_t before = ResidentBytes(pid);
  Streams streams(*served);
  const Clock::time_point open = Clock::now();
  for (int i = 0; i < settings.stream_count; ++i) {
    if (!streams.Open(jobs[static_cast<size_t>(i) % jobs.size()])) break;
  }
  streams.ReadUntil(streams.begun(), open + kOpenPatience);
  const double open_s = std::chrono::duration<double>(Clock::now() - open).count();
  streams.ReadFor(kSettle);
  const double per_stream =
      (static_cast<double>(ResidentBytes(pid)) - static_cast<double>(before)) /
      static_cast<double>(std::max<size_t>(1, streams.begun()));
  const ChildProcess worker = served->StartWorker({"--workers", "1"});
  streams.ReadUntil(streams.ended(), Clock::now() + kEndPatience);
  const size_t wanted = static_cast<size_t>(settings.stream_count);
  LoadRows rows;
  rows.push_back({fmt::format("{} idle event streams: open", wanted),
                  fmt::format("{} in {:.1f} s", streams.begun(), open_s), fmt::format("{}", wanted),
                  streams.begun() == wanted});
  rows.push_back({"  server's memory of each", fmt::format("{:.1f} KiB", per_stream / 1024),
                  fmt::format("< {:.0f} KiB", kBytesPerStreamMax / 1024),
                  per_stream < kBytesPerStreamMax});
  rows.push_back({"  terminal events delivered", fmt::format("{}", streams.ended()),
                  fmt::format("{}", wanted), streams.ended() == wanted});
  rows.push_back(
      {"  cut off before", fmt::format("{}", streams.broken()), "0", streams.broken() == 0});
  return rows;
}

}  // namespace aozora
