// SPDX-License-Identifier: Apache-2.0
// TLS by OpenSSL, directly on the socket: memory BIOs between would cost each idle connection 70
// kB.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/check.h"
#include "http/transport.h"

namespace aozora::http {
namespace {

constexpr size_t kRecordBytesMax = 16 << 10;  // RFC 8446, section 5.1

class TlsTransport final : public Transport {
 public:
  TlsTransport(SSL_CTX* context, int socket) : ssl_(SSL_new(context), SSL_free), socket_(socket) {
    CHECK(ssl_ != nullptr);
    CHECK_EQ(SSL_set_fd(ssl_.get(), socket), 1);
    SSL_set_accept_state(ssl_.get());
  }

  Step Handshake() override {
    ERR_clear_error();
    return Judge(SSL_do_handshake(ssl_.get()), 0);
  }

  Step Read(std::span<char> into) override {
    size_t count = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return Judge(result, count);
  }

  Step Write(std::string_view bytes) override {
    size_t count = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return Judge(result, count);
  }

  Step SendFile(int file, uint64_t offset, uint64_t bytes) override {
    std::array<char, kRecordBytesMax> record;
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(bytes, record.size()));
    const ssize_t count = pread(file, record.data(), wanted, static_cast<off_t>(offset));
    if (count <= 0) return {};
    return Write(std::string_view(record.data(), static_cast<size_t>(count)));
  }

  void Shutdown() override {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_.get()) && !failed_) SSL_shutdown(ssl_.get());
    shutdown(socket_, SHUT_WR);
  }

 private:
  Step Judge(int result, size_t count) {
    if (result == 1) return {Step::Kind::kDone, count};
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {Step::Kind::kWantRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {Step::Kind::kWantWrite, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {};
      default:
        failed_ = true;  // SSL_shutdown must not follow on these
        return {};
    }
  }

  const std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  const int socket_;
  bool failed_ = false;
};

// Of the protocols that a client offers (RFC 7301) we speak one.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                   const unsigned char* offered, unsigned int offered_bytes, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, chosen_bytes, kOurs, sizeof(kOurs) - 1, offered, offered_bytes);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

class OpenSslContext final : public TlsContext {
 public:
  OpenSslContext() : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    CHECK(context_ != nullptr);
    SSL_CTX* const context = context_.get();
    CHECK_EQ(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION), 1);
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Buffers only while they are in use; and writes as our loops make them: in part, and from
    // where the bytes happen to be.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need none
    SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  }

  SSL_CTX* get() const { return context_.get(); }
  std::unique_ptr<Transport> MakeTransport(int socket) const override {
    return std::make_unique<TlsTransport>(context_.get(), socket);
  }

 private:
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

Error LastTlsError(std::string_view what, const std::filesystem::path& path) {
  std::array<char, 256> text = {};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return Error::Invalid("{} {}: {}", what, path.string(), text.data());
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::Load(const std::filesystem::path& certificate_file,
                                                     const std::filesystem::path& key_file) {
  auto made = std::make_unique<OpenSslContext>();
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(made->get(), certificate_file.c_str()) != 1) {
    return LastTlsError("cannot use the certificate", certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(made->get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return LastTlsError("cannot use the key", key_file);
  }
  if (SSL_CTX_check_private_key(made->get()) != 1) {
    return LastTlsError("the certificate is not of the key", key_file);
  }
  return std::unique_ptr<TlsContext>(std::move(made));
}

}  // namespace aozora::http
