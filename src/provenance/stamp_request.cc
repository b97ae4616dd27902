// SPDX-License-Identifier: Apache-2.0
#include "provenance/stamp_request.h"

#include <algorithm>

#include "base/check.h"
#include "provenance/openssl_handles.h"

namespace aozora {
namespace {

using namespace openssl;  // NOLINT: the owners of this folder

using IntegerPtr = Owner<ASN1_INTEGER, ASN1_INTEGER_free>;
using RequestPtr = Owner<TS_REQ, TS_REQ_free>;
using ResponsePtr = Owner<TS_RESP, TS_RESP_free>;

RequestPtr MakeRequest(std::string_view sha256, uint64_t nonce) {
  RequestPtr request(TS_REQ_new());
  const Owner<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owner<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const IntegerPtr number(ASN1_INTEGER_new());
  CHECK(request && imprint && algorithm && number);
  X509_ALGOR_set_md(algorithm.get(), EVP_sha256());
  std::string digest(sha256);  // the setter copies it, and does not say so in its type
  CHECK(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
        TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(digest.data()),
                               static_cast<int>(digest.size())) == 1 &&
        ASN1_INTEGER_set_uint64(number.get(), nonce) == 1);
  CHECK(TS_REQ_set_version(request.get(), 1) == 1 &&
        TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
        TS_REQ_set_nonce(request.get(), number.get()) == 1 &&
        TS_REQ_set_cert_req(request.get(), 1) == 1);
  return request;
}

std::string ReasonOf(TS_STATUS_INFO* status) {
  std::string reason = "no reason given";
  const STACK_OF(ASN1_UTF8STRING)* const texts = TS_STATUS_INFO_get0_text(status);
  if (texts != nullptr && sk_ASN1_UTF8STRING_num(texts) > 0) {
    const ASN1_UTF8STRING* const text = sk_ASN1_UTF8STRING_value(texts, 0);
    constexpr int kReasonBytesMax = 200;
    reason.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<size_t>(std::min(ASN1_STRING_length(text), kReasonBytesMax)));
  }
  return reason;
}

// Whether the answer is one to the request: hash, nonce, and what RFC 3161 section 2.4.2 asks for.
bool Answers(TS_RESP* response, std::string_view sha256, uint64_t nonce) {
  const VerifyContextPtr context(
      TS_REQ_to_TS_VERIFY_CTX(MakeRequest(sha256, nonce).get(), nullptr));
  CHECK(context != nullptr);
  // Not the signature: a root is not known here.
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
  return TS_RESP_verify_response(context.get(), response) == 1;
}

Result<std::string> Read(std::string_view answer_der, std::string_view sha256, uint64_t nonce) {
  const unsigned char* begin = reinterpret_cast<const unsigned char*>(answer_der.data());
  const unsigned char* at = begin;
  const ResponsePtr response(d2i_TS_RESP(nullptr, &at, static_cast<long>(answer_der.size())));
  if (response == nullptr || static_cast<size_t>(at - begin) != answer_der.size()) {
    return Error::Corrupt("no answer of a time stamping authority ({} bytes)", answer_der.size());
  }
  TS_STATUS_INFO* const status = TS_RESP_get_status_info(response.get());
  const int64_t code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
  if (code != TS_STATUS_GRANTED && code != TS_STATUS_GRANTED_WITH_MODS) {
    return Error::Invalid("the authority refuses (status {}): {}", code, ReasonOf(status));
  }
  if (!Answers(response.get(), sha256, nonce)) {
    return Error::Corrupt("the authority's answer is one to something else");
  }
  return DerOf(TS_RESP_get_token(response.get()), i2d_PKCS7);
}

}  // namespace

std::string StampRequest(std::string_view sha256, uint64_t nonce) {
  return DerOf(MakeRequest(sha256, nonce).get(), i2d_TS_REQ);
}

Result<std::string> StampOfAnswer(std::string_view answer_der, std::string_view sha256,
                                  uint64_t nonce) {
  Result<std::string> token = Read(answer_der, sha256, nonce);
  ERR_clear_error();
  return token;
}

}  // namespace aozora
