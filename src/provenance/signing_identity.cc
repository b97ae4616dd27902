// SPDX-License-Identifier: Apache-2.0
#include "provenance/signing_identity.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/file.h"
#include "base/units.h"
#include "provenance/c2pa_certificate.h"

namespace aozora {

struct SigningIdentity::State {
  openssl::KeyPtr key;
  std::vector<std::string> chain_der;
  std::string root_pem;
  std::string common_name;
};

namespace {

using namespace openssl;  // NOLINT: the owners of this folder

constexpr uint64_t kPemBytesMax = 1_MiB;
constexpr size_t kSerialBytes = 16;
constexpr size_t kCoordinateBytes = 32;          // of P-256
constexpr int64_t kSecondsPerYear = 31'556'952;  // the Gregorian calendar's mean
constexpr size_t kOrganizationBytesMax = 64;     // X.520, ub-organization-name

int64_t UnixS(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock.Now().time_since_epoch()).count();
}

struct Pair {
  KeyPtr key;
  X509Ptr certificate;
};

void AddName(X509_NAME* name, const char* field, std::string_view value) {
  CHECK_EQ(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0),
           1);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  CHECK(extension != nullptr);
  CHECK_EQ(X509_add_ext(certificate, extension.get(), -1), 1);
}

// A key of P-256 and a certificate over it, not signed yet.
Pair NewPair(std::string_view organization, std::string_view role, int64_t now_unix_s, int years,
             RandomSource& random) {
  Pair pair = {KeyPtr(EVP_EC_gen("P-256")), X509Ptr(X509_new())};
  CHECK(pair.key != nullptr && pair.certificate != nullptr);
  X509* const certificate = pair.certificate.get();
  unsigned char serial[kSerialBytes];
  random.Fill(std::as_writable_bytes(std::span(serial)));
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);  // positive, of full length
  const BignumPtr number(BN_bin2bn(serial, kSerialBytes, nullptr));
  CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
  CHECK_EQ(X509_set_version(certificate, X509_VERSION_3), 1);
  CHECK_EQ(X509_set_pubkey(certificate, pair.key.get()), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate), now_unix_s - kBackdatedHours * 3600);
  ASN1_TIME_set(X509_getm_notAfter(certificate), now_unix_s + years * kSecondsPerYear);
  X509_NAME* const name = X509_get_subject_name(certificate);
  AddName(name, "O", organization);
  // Some letters of the serial number tell installations apart.
  AddName(
      name, "CN",
      fmt::format("{} {:02x}{:02x}{:02x}{:02x}", role, serial[1], serial[2], serial[3], serial[4]));
  return pair;
}

Pair MakeRoot(std::string_view organization, int64_t now_unix_s, RandomSource& random) {
  Pair root = NewPair(organization, "Aozora root", now_unix_s, kRootYears, random);
  X509* const certificate = root.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate, certificate, NID_subject_key_identifier, "hash");
  CHECK(X509_sign(certificate, root.key.get(), EVP_sha256()) > 0);
  return root;
}

Pair MakeSigner(const Pair& root, std::string_view organization, int64_t now_unix_s,
                RandomSource& random) {
  Pair signer = NewPair(organization, "Aozora claims", now_unix_s, kSignerYears, random);
  X509* const certificate = signer.certificate.get();
  X509* const issuer = root.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  // Validators older than the claim-signing usage look for emailProtection.
  AddExtension(certificate, issuer, NID_ext_key_usage,
               fmt::format("emailProtection,{}", kClaimSigningOid));
  AddExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  CHECK(X509_sign(certificate, root.key.get(), EVP_sha256()) > 0);
  return signer;
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string ToPem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate) == 1);
  return TextOf(bio.get());
}

std::string ToPem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(bio != nullptr &&
        PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return TextOf(bio.get());
}

Status WriteNew(const std::filesystem::path& path, mode_t mode, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return IoError("cannot write", path);
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const Status status = written ? Ok() : Status(IoError("cannot write", path));
  close(fd);
  return status;
}

Status SyncFolder(const std::filesystem::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError("cannot sync folder", folder);
  const Status status = fsync(fd) == 0 ? Ok() : Status(IoError("cannot sync folder", folder));
  close(fd);
  return status;
}

Status WriteIdentity(const std::filesystem::path& folder, std::string_view organization,
                     int64_t now_unix_s, RandomSource& random) {
  const Pair root = MakeRoot(organization, now_unix_s, random);
  const Pair signer = MakeSigner(root, organization, now_unix_s, random);
  TRY(WriteNew(folder / kIdentityKeyFile, 0600, ToPem(signer.key.get())));
  TRY(WriteNew(folder / kIdentityChainFile, 0644, ToPem(signer.certificate.get())));
  TRY(WriteNew(folder / kIdentityRootFile, 0644, ToPem(root.certificate.get())));
  return SyncFolder(folder);
}

// Makes the identity beside its place and gives it that in one step, which fails for all but the
// first: a folder that has something in it is not replaced.
Status MakeFolder(const std::filesystem::path& folder, std::string_view organization,
                  int64_t now_unix_s, RandomSource& random) {
  const std::filesystem::path place =
      folder.has_filename() ? folder : folder.parent_path();  // "identity/" as "identity"
  const std::filesystem::path above = place.has_parent_path() ? place.parent_path() : ".";
  std::error_code failed;
  std::filesystem::create_directories(above, failed);
  std::string name = place.string() + ".new-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return IoError("cannot write", place);
  Status status = WriteIdentity(name, organization, now_unix_s, random);
  if (status.ok() && rename(name.c_str(), place.c_str()) == 0) return SyncFolder(above);
  const bool lost_the_race = status.ok() && (errno == ENOTEMPTY || errno == EEXIST);
  if (status.ok() && !lost_the_race) status = IoError("cannot write", place);
  std::filesystem::remove_all(name, failed);
  return status;
}

bool IsSelfSigned(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
}

Status CheckChain(const Certificates& chain, EVP_PKEY* key, const IdentityFiles& files,
                  int64_t now_unix_s) {
  const std::string at = files.chain.string();
  X509* const signer = chain[0].get();
  if (X509_check_private_key(signer, key) != 1) {
    ERR_clear_error();
    return Error::Invalid("the key in {} is not the one of the first certificate in {}",
                          files.key.string(), at);
  }
  if (const std::optional<std::string> why = WhyUnfitForClaims(signer)) {
    return Error::Invalid("{}: the signer's certificate {}", at, *why);
  }
  for (size_t i = 0; i < chain.size(); ++i) {
    if (now_unix_s < NotBeforeUnixS(*chain[i])) {
      return Error::Invalid("{}: certificate {} is not valid yet", at, i + 1);
    }
    if (now_unix_s > NotAfterUnixS(*chain[i])) {
      return Error::Invalid("{}: certificate {} has expired: renew it", at, i + 1);
    }
    if (i + 1 < chain.size() &&
        X509_verify(chain[i].get(), X509_get0_pubkey(chain[i + 1].get())) != 1) {
      ERR_clear_error();
      return Error::Invalid("{}: certificate {} was not signed by the next one", at, i + 1);
    }
  }
  return Ok();
}

Result<KeyPtr> ReadKey(const std::filesystem::path& path) {
  const std::string pem = TRY(ReadFile(path, kPemBytesMax));
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CHECK(bio != nullptr);
  // A key with a password is refused: a server that starts by itself has nobody to ask.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return Error::Invalid("{} has no private key in PEM that opens without a password",
                          path.string());
  }
  char group[32] = {};
  EVP_PKEY_get_group_name(key.get(), group, sizeof(group), nullptr);
  ERR_clear_error();
  if (std::string_view(group) != "prime256v1") {
    return Error::Invalid("{}: the key must be one of P-256 (ES256)", path.string());
  }
  return key;
}

}  // namespace

Result<SigningIdentity> SigningIdentity::Load(const IdentityFiles& files, const Clock& clock) {
  auto state = std::make_shared<State>();
  state->key = TRY(ReadKey(files.key));
  const std::string chain_pem = TRY(ReadFile(files.chain, kPemBytesMax));
  Certificates chain =
      TRY_WITHIN(files.chain.string(), ParsePemCertificates(chain_pem, kCertificatesMax));
  if (!files.root.empty()) {
    const std::string root_pem = TRY(ReadFile(files.root, kPemBytesMax));
    const Certificates root =
        TRY_WITHIN(files.root.string(), ParsePemCertificates(root_pem, kCertificatesMax));
    if (!LeadsToRoot(chain, root, UnixS(clock))) {
      // What is wrong with the chain itself is the better message.
      TRY(CheckChain(chain, state->key.get(), files, UnixS(clock)));
      return Error::Invalid("{} does not lead to the root in {}", files.chain.string(),
                            files.root.string());
    }
    state->root_pem = ToPem(root[0].get());
  }
  TRY(CheckChain(chain, state->key.get(), files, UnixS(clock)));
  if (chain.size() > 1 && IsSelfSigned(chain.back().get())) {
    if (state->root_pem.empty()) state->root_pem = ToPem(chain.back().get());
    chain.pop_back();
  }
  for (const X509Ptr& certificate : chain) state->chain_der.push_back(ToDer(*certificate));
  state->common_name = CommonNameOf(X509_get_subject_name(chain[0].get()));
  return SigningIdentity(std::move(state));
}

Result<SigningIdentity> SigningIdentity::MakeOrLoad(const std::filesystem::path& folder,
                                                    std::string_view organization,
                                                    const Clock& clock, RandomSource& random) {
  if (organization.empty() || organization.size() > kOrganizationBytesMax) {
    return Error::Invalid("an organization's name has 1 to {} bytes", kOrganizationBytesMax);
  }
  std::error_code failed;
  const bool is_there = std::filesystem::exists(folder, failed) &&
                        !std::filesystem::is_empty(folder, failed) && !failed;
  if (!is_there) TRY(MakeFolder(folder, organization, UnixS(clock), random));
  return Load({folder / kIdentityKeyFile, folder / kIdentityChainFile, folder / kIdentityRootFile},
              clock);
}

Result<std::string> SigningIdentity::SignEs256(std::string_view bytes) const {
  const DigestPtr context(EVP_MD_CTX_new());
  unsigned char der[128];
  size_t size = sizeof(der);
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), der, &size,
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1) {
    ERR_clear_error();
    return Error::Io("OpenSSL cannot sign with the key of {}", state_->common_name);
  }
  const unsigned char* at = der;
  const EcdsaPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  CHECK(signature != nullptr);
  unsigned char raw[2 * kCoordinateBytes];
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw, kCoordinateBytes) > 0);
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw + kCoordinateBytes, kCoordinateBytes) >
        0);
  return std::string(reinterpret_cast<const char*>(raw), sizeof(raw));
}

const std::vector<std::string>& SigningIdentity::chain_der() const { return state_->chain_der; }
const std::string& SigningIdentity::root_pem() const { return state_->root_pem; }
const std::string& SigningIdentity::common_name() const { return state_->common_name; }

}  // namespace aozora
