// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_cose.h"

#include <openssl/rsa.h>

#include "base/hash.h"
#include "provenance/c2pa_certificate.h"
#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"

namespace aozora {
namespace {

using namespace openssl;  // NOLINT: the owners of this folder

constexpr size_t kEs256Bytes = 64;

std::string ProtectedHeader(const SigningIdentity& identity) {
  CborArray chain;
  for (const std::string& der : identity.chain_der()) chain.push_back(CborValue::Bytes(der));
  // One certificate stands alone, more are an array (RFC 9360, section 2).
  CborValue x5chain = chain.size() == 1 ? chain.front() : CborValue(chain);
  return CborValue(CborMap{{kCoseAlgorithm, kCoseEs256}, {kCoseChain, std::move(x5chain)}})
      .Encode();
}

// What is signed (RFC 9052, section 4.4; RFC 8152, section 4.5).
std::string SigStructure(const char* context, std::string_view protected_header,
                         std::string_view payload) {
  return CborValue(CborArray{context, CborValue::Bytes(protected_header), CborValue::Bytes(""),
                             CborValue::Bytes(payload)})
      .Encode();
}

std::string Sign1(std::string_view protected_header, CborMap unprotected,
                  std::string_view signature) {
  return CborValue::Tagged(
             kCoseSign1Tag,
             CborArray{CborValue::Bytes(protected_header), CborValue(std::move(unprotected)),
                       CborValue(nullptr), CborValue::Bytes(signature)})
      .Encode();
}

// ECDSA's r and s as DER, which OpenSSL wants; "" if the length is not that of the curve.
std::string EcdsaDer(std::string_view raw, size_t coordinate_bytes) {
  if (raw.size() != 2 * coordinate_bytes) return {};
  const unsigned char* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const int size = static_cast<int>(coordinate_bytes);
  const EcdsaPtr signature(ECDSA_SIG_new());
  CHECK(signature != nullptr);
  CHECK_EQ(ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, size, nullptr),
                          BN_bin2bn(bytes + coordinate_bytes, size, nullptr)),
           1);
  return DerOf(signature.get(), i2d_ECDSA_SIG);
}

struct Algorithm {
  int64_t id;  // IANA, COSE algorithms
  int key_type;
  const EVP_MD* (*digest)();
  const char* group;        // of an EC key
  size_t coordinate_bytes;  // of an EC key
};

const Algorithm* Find(int64_t id) {
  static const Algorithm algorithms[] = {
      {-7, EVP_PKEY_EC, EVP_sha256, "prime256v1", 32},
      {-35, EVP_PKEY_EC, EVP_sha384, "secp384r1", 48},
      {-36, EVP_PKEY_EC, EVP_sha512, "secp521r1", 66},
      {-37, EVP_PKEY_RSA, EVP_sha256, nullptr, 0},
      {-38, EVP_PKEY_RSA, EVP_sha384, nullptr, 0},
      {-39, EVP_PKEY_RSA, EVP_sha512, nullptr, 0},
      {-8, EVP_PKEY_ED25519, nullptr, nullptr, 0},
  };
  for (const Algorithm& algorithm : algorithms) {
    if (algorithm.id == id) return &algorithm;
  }
  return nullptr;
}

bool Goes(const Algorithm& algorithm, EVP_PKEY* key) {
  constexpr int kRsaBitsMin = 2048, kRsaBitsMax = 16384;
  if (EVP_PKEY_get_base_id(key) != algorithm.key_type) return false;
  if (algorithm.key_type == EVP_PKEY_RSA) {
    return EVP_PKEY_get_bits(key) >= kRsaBitsMin && EVP_PKEY_get_bits(key) <= kRsaBitsMax;
  }
  if (algorithm.group == nullptr) return true;
  char group[32] = {};
  EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr);
  return std::string_view(group) == algorithm.group;
}

bool VerifyBytes(const Algorithm& algorithm, EVP_PKEY* key, std::string_view signature,
                 std::string_view bytes) {
  const DigestPtr context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  EVP_PKEY_CTX* parameters = nullptr;
  const EVP_MD* digest = algorithm.digest == nullptr ? nullptr : algorithm.digest();
  if (EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) != 1) return false;
  if (algorithm.key_type == EVP_PKEY_RSA &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size()) == 1;
}

Status ReadChain(const CborValue& x5chain, CoseSign1* cose) {
  if (const std::string* der = x5chain.AsBytes()) {
    cose->chain_der.push_back(*der);
  } else if (const CborArray* array = x5chain.AsArray()) {
    for (const CborValue& item : *array) {
      if (item.AsBytes() == nullptr) return Error::Corrupt("COSE: a certificate is no byte string");
      cose->chain_der.push_back(*item.AsBytes());
    }
  }
  if (cose->chain_der.empty() || cose->chain_der.size() > kCertificatesMax) {
    return Error::Corrupt("COSE: no certificates, or more than {}", kCertificatesMax);
  }
  return Ok();
}

Status ReadTimestamp(const CborValue& unprotected, CoseSign1* cose) {
  const CborValue* stamps = unprotected.Find("sigTst2");
  if (stamps == nullptr) return Ok();
  const CborValue* tokens = stamps->Find("tstTokens");
  if (tokens == nullptr || tokens->AsArray() == nullptr || tokens->AsArray()->size() != 1) {
    return Error::Corrupt("COSE: time stamps that are not one token");
  }
  const CborValue* value = tokens->AsArray()->front().Find("val");
  if (value == nullptr || value->AsBytes() == nullptr || value->AsBytes()->empty()) {
    return Error::Corrupt("COSE: a time stamp without value");
  }
  cose->timestamp_token = *value->AsBytes();
  return Ok();
}

}  // namespace

std::string StampedBytes(std::string_view protected_header, std::string_view signature) {
  return SigStructure("CounterSignature", protected_header, CborValue::Bytes(signature).Encode());
}

Result<std::string> SignClaim(std::string_view claim, const SigningIdentity& identity,
                              const Timestamper& timestamper) {
  const std::string header = ProtectedHeader(identity);
  const std::string signature = TRY(identity.SignEs256(SigStructure("Signature1", header, claim)));
  CborMap unprotected;
  if (timestamper) {
    const std::string token =
        TRY_WITHIN("time stamp", timestamper(Sha256(StampedBytes(header, signature))));
    if (token.size() > kTimestampBytesMax) {
      return Error::Invalid("a time stamp of {} bytes: at most {} are kept for it", token.size(),
                            kTimestampBytesMax);
    }
    if (!token.empty()) {
      const CborMap value = {{"val", CborValue::Bytes(token)}};
      unprotected.emplace_back("sigTst2", CborMap{{"tstTokens", CborArray{value}}});
    }
  }
  return Sign1(header, std::move(unprotected), signature);
}

std::string UnsignedClaimSignature(const SigningIdentity& identity) {
  return Sign1(ProtectedHeader(identity), {}, std::string(kEs256Bytes, '\0'));
}

Result<CoseSign1> ParseCoseSign1(std::string_view bytes) {
  const CborValue value = TRY(DecodeCbor(bytes));
  const CborTagged* tagged = value.AsTagged();
  if (tagged == nullptr || tagged->tag != kCoseSign1Tag) {
    return Error::Corrupt("COSE: not a COSE_Sign1");
  }
  const CborArray* parts = tagged->content.front().AsArray();
  if (parts == nullptr || parts->size() != 4 || (*parts)[0].AsBytes() == nullptr ||
      (*parts)[1].AsMap() == nullptr || (*parts)[3].AsBytes() == nullptr) {
    return Error::Corrupt("COSE: not the four parts of a COSE_Sign1");
  }
  if (!(*parts)[2].IsNull()) return Error::Corrupt("COSE: a payload, which belongs elsewhere");
  CoseSign1 cose;
  cose.protected_header = *(*parts)[0].AsBytes();
  cose.signature = *(*parts)[3].AsBytes();
  const CborValue header = TRY(DecodeCbor(cose.protected_header));
  const CborValue* algorithm = header.Find(kCoseAlgorithm);
  if (algorithm == nullptr || algorithm->AsInteger() == nullptr) {
    return Error::Corrupt("COSE: no algorithm in the protected header");
  }
  cose.algorithm = *algorithm->AsInteger();
  const CborValue* x5chain = header.Find(kCoseChain);
  // Some write the name instead of the number.
  if (x5chain == nullptr) x5chain = header.Find("x5chain");
  if (x5chain == nullptr) return Error::Corrupt("COSE: no certificates in the protected header");
  TRY(ReadChain(*x5chain, &cose));
  TRY(ReadTimestamp((*parts)[1], &cose));
  return cose;
}

bool VerifyClaimSignature(const CoseSign1& cose, std::string_view claim) {
  const Algorithm* algorithm = Find(cose.algorithm);
  if (algorithm == nullptr || cose.chain_der.empty()) return false;
  const X509Ptr certificate = ParseDerCertificate(cose.chain_der[0]);
  EVP_PKEY* const key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate.get());
  if (key == nullptr || !Goes(*algorithm, key)) {
    ERR_clear_error();
    return false;
  }
  const std::string signature = algorithm->coordinate_bytes == 0
                                    ? cose.signature
                                    : EcdsaDer(cose.signature, algorithm->coordinate_bytes);
  const bool good =
      !signature.empty() && VerifyBytes(*algorithm, key, signature,
                                        SigStructure("Signature1", cose.protected_header, claim));
  ERR_clear_error();
  return good;
}

}  // namespace aozora
