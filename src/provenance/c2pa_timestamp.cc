// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_timestamp.h"

#include <algorithm>
#include <ctime>

namespace aozora {
namespace {

using namespace openssl;  // NOLINT: the owners of this folder

bool StampsThese(TS_TST_INFO* info, std::string_view bytes) {
  TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const int nid = OBJ_obj2nid(algorithm);
  const EVP_MD* method = nid == NID_sha256   ? EVP_sha256()
                         : nid == NID_sha384 ? EVP_sha384()
                         : nid == NID_sha512 ? EVP_sha512()
                                             : nullptr;
  if (method == nullptr) return false;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK_EQ(EVP_Digest(bytes.data(), bytes.size(), digest, &size, method, nullptr), 1);
  const ASN1_OCTET_STRING* message = TS_MSG_IMPRINT_get_msg(imprint);
  return std::equal(digest, digest + size, ASN1_STRING_get0_data(message),
                    ASN1_STRING_get0_data(message) + ASN1_STRING_length(message));
}

bool IsSignedUnder(PKCS7* token, const Certificates& roots, int64_t unix_s) {
  StorePtr store = StoreOf(roots);
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), unix_s);
  const VerifyContextPtr context(TS_VERIFY_CTX_new());
  CHECK(context != nullptr);
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(context.get(), store.release());  // the context owns it from here
  return TS_RESP_verify_token(context.get(), token) == 1;
}

StampCheck Check(std::string_view token_der, std::string_view stamped_bytes,
                 const Certificates& roots) {
  const unsigned char* begin = reinterpret_cast<const unsigned char*>(token_der.data());
  const unsigned char* at = begin;
  const Pkcs7Ptr token(d2i_PKCS7(nullptr, &at, static_cast<long>(token_der.size())));
  if (token == nullptr || static_cast<size_t>(at - begin) != token_der.size()) {
    return {StampOutcome::kMalformed};
  }
  if (!PKCS7_type_is_signed(token.get()) || token->d.sign == nullptr) {
    return {StampOutcome::kMalformed};
  }
  const TstInfoPtr info(PKCS7_to_TS_TST_INFO(token.get()));
  std::tm time = {};
  if (info == nullptr || ASN1_TIME_to_tm(TS_TST_INFO_get_time(info.get()), &time) != 1) {
    return {StampOutcome::kMalformed};
  }
  if (!StampsThese(info.get(), stamped_bytes)) return {StampOutcome::kMismatch};
  const int64_t unix_s = timegm(&time);
  if (roots.empty() || !IsSignedUnder(token.get(), roots, unix_s)) {
    return {StampOutcome::kUntrusted};
  }
  return {StampOutcome::kTrusted, unix_s};
}

}  // namespace

StampCheck CheckTimestamp(std::string_view token_der, std::string_view stamped_bytes,
                          const Certificates& roots) {
  const StampCheck check = Check(token_der, stamped_bytes, roots);
  ERR_clear_error();
  return check;
}

}  // namespace aozora
