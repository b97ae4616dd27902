// SPDX-License-Identifier: Apache-2.0
#include "provenance/tsa_testonly.h"

#include <openssl/pem.h>

#include "provenance/openssl_handles.h"
#include "provenance/stamp_request.h"

namespace aozora {
namespace {

using namespace openssl;  // NOLINT: the owners of this folder

constexpr int64_t kTenYearsS = 10 * 31'556'952;

X509Ptr NewCertificate(EVP_PKEY* key, const char* name, int64_t now_unix_s, long serial) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_set_pubkey(certificate.get(), key);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now_unix_s - kTenYearsS);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now_unix_s + kTenYearsS);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

void Extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

struct TestStampAuthority::State {
  KeyPtr root_key, key;
  X509Ptr root, certificate;
};

TestStampAuthority::TestStampAuthority(int64_t now_unix_s)
    : unix_s(now_unix_s), state_(std::make_unique<State>()) {
  State& s = *state_;
  s.root_key.reset(EVP_EC_gen("P-256"));
  s.key.reset(EVP_EC_gen("P-256"));
  s.root = NewCertificate(s.root_key.get(), "Test stamp root", now_unix_s, 1);
  X509_set_issuer_name(s.root.get(), X509_get_subject_name(s.root.get()));
  Extend(s.root.get(), s.root.get(), NID_basic_constraints, "critical,CA:TRUE");
  Extend(s.root.get(), s.root.get(), NID_key_usage, "critical,keyCertSign");
  Extend(s.root.get(), s.root.get(), NID_subject_key_identifier, "hash");
  CHECK(X509_sign(s.root.get(), s.root_key.get(), EVP_sha256()) > 0);
  s.certificate = NewCertificate(s.key.get(), "Test stamps", now_unix_s, 2);
  X509_set_issuer_name(s.certificate.get(), X509_get_subject_name(s.root.get()));
  Extend(s.certificate.get(), s.root.get(), NID_basic_constraints, "critical,CA:FALSE");
  Extend(s.certificate.get(), s.root.get(), NID_key_usage, "critical,digitalSignature");
  Extend(s.certificate.get(), s.root.get(), NID_ext_key_usage, "critical,timeStamping");
  Extend(s.certificate.get(), s.root.get(), NID_subject_key_identifier, "hash");
  Extend(s.certificate.get(), s.root.get(), NID_authority_key_identifier, "keyid:always");
  CHECK(X509_sign(s.certificate.get(), s.root_key.get(), EVP_sha256()) > 0);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), s.root.get());
  char* pem = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &pem);
  root_pem_.assign(pem, static_cast<size_t>(size));
}

TestStampAuthority::~TestStampAuthority() = default;

std::string TestStampAuthority::Answer(std::string_view request_der) const {
  const BioPtr asked(BIO_new_mem_buf(request_der.data(), static_cast<int>(request_der.size())));
  const Owner<TS_RESP_CTX, TS_RESP_CTX_free> context(TS_RESP_CTX_new());
  CHECK(TS_RESP_CTX_set_signer_cert(context.get(), state_->certificate.get()) == 1);
  CHECK(TS_RESP_CTX_set_signer_key(context.get(), state_->key.get()) == 1);
  CHECK(TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256()) == 1);
  CHECK(TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1);
  CHECK(TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1);
  const Owner<ASN1_OBJECT, ASN1_OBJECT_free> policy(OBJ_txt2obj("1.2.3.4.1", 1));
  CHECK(TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1);
  TS_RESP_CTX_set_time_cb(
      context.get(),
      [](TS_RESP_CTX*, void* data, long* seconds, long* microseconds) {
        *seconds = static_cast<long>(static_cast<const TestStampAuthority*>(data)->unix_s);
        *microseconds = 0;
        return 1;
      },
      const_cast<TestStampAuthority*>(this));  // NOLINT: it is only read
  TS_RESP_CTX_set_serial_cb(
      context.get(),
      [](TS_RESP_CTX*, void*) {
        ASN1_INTEGER* serial = ASN1_INTEGER_new();
        ASN1_INTEGER_set(serial, 7);
        return serial;
      },
      nullptr);
  const Owner<TS_RESP, TS_RESP_free> response(TS_RESP_create_response(context.get(), asked.get()));
  CHECK(response != nullptr);
  return DerOf(response.get(), i2d_TS_RESP);
}

Result<std::string> TestStampAuthority::Stamp(std::string_view sha256) const {
  constexpr uint64_t kNonce = 11;
  return StampOfAnswer(Answer(StampRequest(sha256, kNonce)), sha256, kNonce);
}

}  // namespace aozora
