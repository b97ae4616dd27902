// SPDX-License-Identifier: Apache-2.0
// Bytes to and from a connected socket that does not block, in the clear or by TLS. Who waits for
// the socket, and where, is not decided here; one thread at a time, any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace aozora::http {

class Transport {
 public:
  struct Step {
    enum class Kind {
      kDone,       // `bytes` went through, or the handshake is over
      kWantRead,   // nothing happened; again when the socket can be read
      kWantWrite,  // nothing happened; again, with the same bytes, when it can be written
      kEnd,        // the peer has closed its side, or is gone
    };
    Kind kind = Kind::kEnd;
    size_t bytes = 0;
  };

  virtual ~Transport() = default;
  virtual Step Handshake() = 0;
  virtual Step Read(std::span<char> into) = 0;
  virtual Step Write(std::string_view bytes) = 0;
  // Some of the file's bytes from `offset` on; reads the disk. kEnd if the file is too short.
  virtual Step SendFile(int file, uint64_t offset, uint64_t bytes) = 0;
  // Says that nothing more will come. Reading goes on.
  virtual void Shutdown() = 0;
};

// Neither owns the socket.
std::unique_ptr<Transport> MakePlainTransport(int socket);

// A server's certificate and key.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  static Result<std::unique_ptr<TlsContext>> Load(const std::filesystem::path& certificate_file,
                                                  const std::filesystem::path& key_file);
  virtual std::unique_ptr<Transport> MakeTransport(int socket) const = 0;
};

}  // namespace aozora::http
