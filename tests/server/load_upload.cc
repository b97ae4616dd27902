// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <fmt/core.h>
#include <poll.h>

#include <cstdlib>

#include "socket_testonly.h"

namespace aozora {
namespace {

constexpr size_t kPieceBytes = 1 << 20;
constexpr double kGrowthBytesMax = 16 * 1024 * 1024;
constexpr std::chrono::milliseconds kLinger{3'000};

struct Upload {
  std::string path;
  bool chunked = false;
};

struct Refusal {
  int status = 0;
  uint64_t sent_bytes = 0;
  double growth_bytes = 0;
  size_t left_count = 0;
};

bool HasAnswer(const Socket& socket) {
  pollfd waiting = {socket.descriptor(), POLLIN, 0};
  return poll(&waiting, 1, 0) == 1;
}

// Sends until an answer comes, as most clients do not.
Refusal Send(Served& served, const Upload& upload, uint64_t bytes) {
  const UploadForm form = MakeUploadForm("endless.bin");
  const pid_t pid = served.process().pid();
  ResetPeak(pid);
  const auto before = static_cast<double>(PeakBytes(pid));
  Socket socket(served.port());
  const std::string framing = upload.chunked ? "Transfer-Encoding: chunked\r\n"
                                             : fmt::format("Content-Length: {}\r\n", bytes);
  socket.Send(RequestHead("POST", upload.path, served.key(),
                          fmt::format("Content-Type: {}\r\n{}", form.content_type, framing)) +
              "\r\n");
  const auto send = [&](std::string_view piece) {
    if (!upload.chunked) return socket.Send(piece);
    return socket.Send(fmt::format("{:x}\r\n", piece.size())) && socket.Send(piece) &&
           socket.Send("\r\n");
  };
  Refusal refusal;
  const std::string piece(kPieceBytes, 'x');
  bool open = send(form.begin);
  while (open && !HasAnswer(socket) && refusal.sent_bytes + kPieceBytes <= bytes) {
    open = send(piece);
    refusal.sent_bytes += piece.size();
  }
  std::string answer;
  while (answer.find("\r\n") == std::string::npos && socket.Receive(&answer, 10'000)) {
  }
  if (answer.starts_with("HTTP/1.1 ")) refusal.status = std::atoi(answer.c_str() + 9);
  refusal.growth_bytes = static_cast<double>(PeakBytes(pid)) - before;
  socket.Close();
  Pause(kLinger);
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(served.data() / "uploads")) {
    ++refusal.left_count;
  }
  return refusal;
}

}  // namespace

LoadRows MeasureUpload(const LoadSettings& settings, const LoadPlace& place) {
  const std::unique_ptr<Served> served = place.Serve(0);
  LoadRows rows;
  for (const char* path : {"/v1/files", "/v1/videos"}) {
    for (const bool chunked : {false, true}) {
      const Refusal refusal = Send(*served, {path, chunked}, settings.upload_bytes);
      const bool met = refusal.status == 413 && refusal.growth_bytes < kGrowthBytesMax &&
                       refusal.left_count == 0;
      rows.push_back(
          {fmt::format("{:.0f} GB to {}, {}", static_cast<double>(settings.upload_bytes) / 1e9,
                       path, chunked ? "chunked" : "declared"),
           fmt::format("{} after {:.0f} MB, memory +{:.1f} MiB, {} files left", refusal.status,
                       static_cast<double>(refusal.sent_bytes) / 1e6,
                       refusal.growth_bytes / 1048576, refusal.left_count),
           fmt::format("413, < +{:.0f} MiB, 0 left", kGrowthBytesMax / 1048576), met});
    }
  }
  return rows;
}

}  // namespace aozora
