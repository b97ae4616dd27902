// SPDX-License-Identifier: Apache-2.0
// Owners of what OpenSSL allocates. Only for the .cc files of this folder.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <vector>

#include "base/check.h"

namespace aozora::openssl {

template <auto free_function>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
template <class T, auto free_function>
using Owner = std::unique_ptr<T, Deleter<free_function>>;

using BioPtr = Owner<BIO, BIO_free_all>;
using BignumPtr = Owner<BIGNUM, BN_free>;
using DigestPtr = Owner<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaPtr = Owner<ECDSA_SIG, ECDSA_SIG_free>;
using EkuPtr = Owner<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using ExtensionPtr = Owner<X509_EXTENSION, X509_EXTENSION_free>;
using KeyPtr = Owner<EVP_PKEY, EVP_PKEY_free>;
using Pkcs7Ptr = Owner<PKCS7, PKCS7_free>;
using StoreContextPtr = Owner<X509_STORE_CTX, X509_STORE_CTX_free>;
using StorePtr = Owner<X509_STORE, X509_STORE_free>;
using TstInfoPtr = Owner<TS_TST_INFO, TS_TST_INFO_free>;
using VerifyContextPtr = Owner<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;
using X509Ptr = Owner<X509, X509_free>;

template <class T>
std::string DerOf(const T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  CHECK(size > 0);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

// The certificates stay the caller's.
struct StackFree {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackFree>;

}  // namespace aozora::openssl
