// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_certificate.h"

#include <openssl/pem.h>

#include <ctime>

namespace aozora {
namespace {

using namespace openssl;  // NOLINT: the owners of this folder

std::string EntryOf(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string entry(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return entry;
}

int64_t UnixS(const ASN1_TIME* time) {
  std::tm parts = {};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? timegm(&parts) : 0;
}

bool HasUsableEku(X509* certificate) {
  const EkuPtr usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  if (usages == nullptr) return false;
  bool usable = false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const ASN1_OBJECT* usage = sk_ASN1_OBJECT_value(usages.get(), i);
    if (OBJ_obj2nid(usage) == NID_anyExtendedKeyUsage) return false;
    char oid[64];
    OBJ_obj2txt(oid, sizeof(oid), usage, 1);
    usable |= OBJ_obj2nid(usage) == NID_email_protect || std::string_view(oid) == kClaimSigningOid;
  }
  return usable;
}

}  // namespace

Result<Certificates> ParsePemCertificates(std::string_view pem, size_t count_max) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CHECK(bio != nullptr);
  Certificates certificates;
  while (X509Ptr next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (certificates.size() >= count_max) {
      return Error::Invalid("more than {} certificates", count_max);
    }
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();  // the end of the text is one
  if (certificates.empty()) return Error::Invalid("no PEM certificate in it");
  return certificates;
}

X509Ptr ParseDerCertificate(std::string_view der) {
  const unsigned char* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* at = begin;
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (certificate == nullptr || static_cast<size_t>(at - begin) != der.size()) return nullptr;
  return certificate;
}

std::string ToDer(const X509& certificate) { return DerOf(&certificate, i2d_X509); }

std::string CommonNameOf(const X509_NAME* name) { return EntryOf(name, NID_commonName); }
std::string OrganizationOf(const X509_NAME* name) { return EntryOf(name, NID_organizationName); }
int64_t NotBeforeUnixS(const X509& certificate) { return UnixS(X509_get0_notBefore(&certificate)); }
int64_t NotAfterUnixS(const X509& certificate) { return UnixS(X509_get0_notAfter(&certificate)); }

std::optional<std::string> WhyUnfitForClaims(X509* certificate) {
  const uint32_t flags = X509_get_extension_flags(certificate);
  ERR_clear_error();
  if ((flags & EXFLAG_INVALID) != 0) return "has an extension that cannot be read";
  if (X509_get_version(certificate) != X509_VERSION_3) return "is not of X.509 version 3";
  if ((flags & EXFLAG_CA) != 0) return "is that of an authority (CA)";
  if ((flags & EXFLAG_SS) != 0) return "is signed by itself";
  if ((flags & EXFLAG_KUSAGE) == 0 ||
      (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) {
    return "lacks the key usage digitalSignature";
  }
  if (!HasUsableEku(certificate)) {
    return fmt::format("lacks the extended key usage {} or emailProtection, or allows any",
                       kClaimSigningOid);
  }
  if (X509_get0_authority_key_id(certificate) == nullptr) return "lacks the authority's key ID";
  return std::nullopt;
}

StorePtr StoreOf(const Certificates& roots) {
  StorePtr store(X509_STORE_new());
  CHECK(store != nullptr);
  for (const X509Ptr& root : roots) X509_STORE_add_cert(store.get(), root.get());
  return store;
}

bool LeadsToRoot(const Certificates& chain, const Certificates& roots, int64_t unix_s) {
  if (chain.empty() || roots.empty()) return false;
  const StorePtr store = StoreOf(roots);
  const StackPtr between(sk_X509_new_null());
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(between.get(), chain[i].get());
  const StoreContextPtr context(X509_STORE_CTX_new());
  CHECK(context != nullptr);
  CHECK_EQ(X509_STORE_CTX_init(context.get(), store.get(), chain[0].get(), between.get()), 1);
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, unix_s);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(kCertificatesMax));
  const bool leads = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return leads;
}

}  // namespace aozora
