// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "http/http_testonly.h"

namespace aozora::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// A key, and a certificate for it that it has signed itself.
void WritePair(const std::filesystem::path& certificate_file,
               const std::filesystem::path& key_file) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Owned<X509> certificate(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  const Owned<BIO> to_key(BIO_new_file(key_file.c_str(), "w"), BIO_free_all);
  const Owned<BIO> to_certificate(BIO_new_file(certificate_file.c_str(), "w"), BIO_free_all);
  ASSERT_EQ(
      PEM_write_bio_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
  ASSERT_EQ(PEM_write_bio_X509(to_certificate.get(), certificate.get()), 1);
}

class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int version_max = TLS1_3_VERSION)
      : plain_(port),
        context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl_(nullptr, SSL_free) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    SSL_CTX_set_alpn_protos(context_.get(),
                            reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), plain_.descriptor());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  bool connected() const { return connected_; }
  SSL* ssl() const { return ssl_.get(); }
  void Send(std::string_view bytes) {
    EXPECT_EQ(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }
  std::string ReceiveUntil(std::string_view end) {
    std::string text;
    char c = 0;
    while (!text.ends_with(end) && SSL_read(ssl_.get(), &c, 1) == 1) text.push_back(c);
    return text;
  }
  std::string ReceiveBytes(size_t bytes) {
    std::string text(bytes, '\0');
    size_t at = 0;
    for (int count = 1; count > 0 && at<bytes; at += count> 0 ? static_cast<size_t>(count) : 0) {
      count = SSL_read(ssl_.get(), text.data() + at, static_cast<int>(bytes - at));
    }
    text.resize(at);
    return text;
  }

 private:
  RawClient plain_;
  Owned<SSL_CTX> context_;
  Owned<SSL> ssl_;
  bool connected_ = false;
};

class OneEvent final : public EventSource {
 public:
  Result<Batch> Read(uint64_t after_id, size_t) override {
    Batch batch;
    if (ready_ && after_id == 0) batch.events.push_back({1, "", "now"});
    batch.ended = ready_;
    return batch;
  }
  std::atomic<bool> ready_{false};
};

class TlsTest : public ServerTest {
 protected:
  TlsTest() {
    settings_.certificate_file = folder_ / "certificate.pem";
    settings_.key_file = folder_ / "key.pem";
    WritePair(settings_.certificate_file, settings_.key_file);
    router_.Add(Method::kGet, "/hello", {.name = "hello"},
                [](Request&) { return Response::Text(200, "hello"); });
    router_.Add(Method::kPost, "/count",
                {.name = "count", .body = BodyKind::kAny, .body_bytes_max = 8_MiB},
                [](Request& request) {
                  return Response::Text(200, fmt::format("{}", request.body.size()));
                });
    router_.Add(Method::kGet, "/file", {.name = "file"},
                [this](Request&) { return Response::File({.path = folder_ / "file"}); });
    router_.Add(Method::kGet, "/events", {.name = "events"}, [this](Request&) {
      return Response::Events({.source = source_, .topics = {"t"}});
    });
  }
  std::shared_ptr<OneEvent> source_ = std::make_shared<OneEvent>();
};

TEST_F(TlsTest, ServesAndSaysWhatItSpeaks) {
  Start();
  TlsClient client(server_->port());
  ASSERT_TRUE(client.connected());
  const unsigned char* protocol = nullptr;
  unsigned int protocol_bytes = 0;
  SSL_get0_alpn_selected(client.ssl(), &protocol, &protocol_bytes);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(protocol), protocol_bytes), "http/1.1");
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.ReceiveUntil("hello"), EndsWith("\r\n\r\nhello"));
  }
  const std::string body(5'000'000, 'x');
  client.Send(
      fmt::format("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size()));
  client.Send(body);
  EXPECT_THAT(client.ReceiveUntil("5000000"), HasSubstr("200 OK"));
}

TEST_F(TlsTest, SendsFiles) {
  std::string content(5'000'001, ' ');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 2654435761u >> 24);
  WriteFile("file", content);
  Start();
  TlsClient client(server_->port());
  client.Send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReceiveUntil("\r\n\r\n");
  EXPECT_TRUE(client.ReceiveBytes(content.size()) == content);
  client.Send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReceiveUntil("hello"), HasSubstr("200 OK"));
  EXPECT_EQ(client.ReceiveUntil("never"), "");
  EXPECT_EQ(SSL_get_shutdown(client.ssl()), SSL_RECEIVED_SHUTDOWN);  // not a cut cable
}

TEST_F(TlsTest, SpeaksTls12AndNothingOlder) {
  Start();
  TlsClient newer(server_->port(), TLS1_2_VERSION);
  EXPECT_TRUE(newer.connected());
  EXPECT_STREQ(SSL_get_version(newer.ssl()), "TLSv1.2");
  TlsClient older(server_->port(), TLS1_1_VERSION);
  EXPECT_FALSE(older.connected());
}

TEST_F(TlsTest, StreamsEventsAndNoticesWhoLeaves) {
  Start();
  TlsClient client(server_->port());
  client.Send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ReceiveUntil("\r\n\r\n");
  {
    TlsClient leaving(server_->port());
    leaving.Send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    leaving.ReceiveUntil("\r\n\r\n");
    EXPECT_TRUE(Eventually([&] { return server_->stream_count() == 2; }));
    SSL_shutdown(leaving.ssl());
    EXPECT_TRUE(Eventually([&] { return server_->stream_count() == 1; }));
  }
  source_->ready_ = true;
  server_->Notify("t");
  EXPECT_THAT(client.ReceiveUntil("0\r\n\r\n"), HasSubstr("data: now"));
}

TEST_F(TlsTest, DropsWhoDoesNotSpeakIt) {
  settings_.limits.handshake_time_max = std::chrono::milliseconds(300);
  Start();
  RawClient plain(server_->port());
  plain.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(plain.IsClosed());
  RawClient silent(server_->port());
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(TlsTest, WantsTheKeyOfTheCertificate) {
  WritePair(folder_ / "other.pem", folder_ / "other-key.pem");
  settings_.key_file = folder_ / "other-key.pem";
  EXPECT_FALSE(Server::Start(settings_, Router(), {}).ok());
}

}  // namespace
}  // namespace aozora::http
