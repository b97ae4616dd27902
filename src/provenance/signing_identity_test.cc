// SPDX-License-Identifier: Apache-2.0
#include "provenance/signing_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provenance/c2pa_certificate.h"
#include "provenance/c2pa_testonly.h"

namespace aozora {
namespace {

using testing::HasSubstr;

class SigningIdentityTest : public testing::Test {
 protected:
  Result<SigningIdentity> MakeOrLoad(std::string_view name) {
    return SigningIdentity::MakeOrLoad(folder_.At(name), "Test", clock_, SystemRandom());
  }
  IdentityFiles FilesOf(std::string_view name) const {
    const std::filesystem::path at = folder_.At(name);
    return {at / kIdentityKeyFile, at / kIdentityChainFile, at / kIdentityRootFile};
  }

  ProvenanceFolder folder_;
  TestClock clock_;
};

TEST_F(SigningIdentityTest, IsMadeOnceAndFoundAgain) {
  const SigningIdentity made = MakeOrLoad("identity").value();
  const SigningIdentity found = MakeOrLoad("identity").value();
  EXPECT_EQ(made.chain_der(), found.chain_der());
  EXPECT_EQ(made.root_pem(), found.root_pem());
  EXPECT_THAT(folder_.Names(), testing::ElementsAre("identity"));
  EXPECT_NE(made.chain_der(), MakeOrLoad("another").value().chain_der());
}

TEST_F(SigningIdentityTest, NobodyElseReadsTheKey) {
  ASSERT_TRUE(MakeOrLoad("identity/").ok());
  struct stat info;
  ASSERT_EQ(stat(FilesOf("identity").key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SigningIdentityTest, ProcessesThatStartAtOnceEndWithOne) {
  constexpr int kProcesses = 8;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const Result<SigningIdentity> identity = MakeOrLoad("identity");
      if (identity.ok()) Put(folder_.At(fmt::format("seen{}", i)), identity->chain_der()[0]);
      _exit(identity.ok() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const SigningIdentity identity = MakeOrLoad("identity").value();
  for (int i = 0; i < kProcesses; ++i) {
    EXPECT_EQ(ContentOf(folder_.At(fmt::format("seen{}", i))), identity.chain_der()[0]);
  }
  EXPECT_EQ(folder_.Names().size(), 1u + kProcesses) << "leftovers";
}

TEST_F(SigningIdentityTest, TheCertificateIsFitForClaimsAndLong) {
  const SigningIdentity identity = MakeOrLoad("identity").value();
  const openssl::X509Ptr signer = ParseDerCertificate(identity.chain_der()[0]);
  ASSERT_NE(signer, nullptr);
  EXPECT_EQ(WhyUnfitForClaims(signer.get()), std::nullopt);
  EXPECT_LT(NotBeforeUnixS(*signer), clock_.UnixS());
  EXPECT_NEAR(static_cast<double>(NotAfterUnixS(*signer) - clock_.UnixS()),
              kSignerYears * 365.2425 * 86400, 2.0);
}

TEST_F(SigningIdentityTest, AFolderOfSomethingElseIsNotTouched) {
  std::filesystem::create_directory(folder_.At("identity"));
  Put(folder_.At("identity") / "note", "mine");
  const Result<SigningIdentity> identity = MakeOrLoad("identity");
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr(std::string(kIdentityKeyFile)));
  EXPECT_EQ(ContentOf(folder_.At("identity") / "note"), "mine");
}

TEST_F(SigningIdentityTest, AnotherKeyIsRefused) {
  ASSERT_TRUE(MakeOrLoad("a").ok() && MakeOrLoad("b").ok());
  IdentityFiles files = FilesOf("a");
  files.key = FilesOf("b").key;
  const Result<SigningIdentity> identity = SigningIdentity::Load(files, clock_);
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr("is not the one of the first certificate"));
}

TEST_F(SigningIdentityTest, AnotherRootIsRefused) {
  ASSERT_TRUE(MakeOrLoad("a").ok() && MakeOrLoad("b").ok());
  IdentityFiles files = FilesOf("a");
  files.root = FilesOf("b").root;
  const Result<SigningIdentity> identity = SigningIdentity::Load(files, clock_);
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr("does not lead to the root"));
}

TEST_F(SigningIdentityTest, AnExpiredCertificateIsRefused) {
  ASSERT_TRUE(MakeOrLoad("identity").ok());
  clock_.AdvanceYears(kSignerYears + 1);
  const Result<SigningIdentity> identity = MakeOrLoad("identity");
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr("has expired"));
}

TEST_F(SigningIdentityTest, ACertificateOfTheFutureIsRefused) {
  ASSERT_TRUE(MakeOrLoad("identity").ok());
  clock_.AdvanceYears(-1);
  const Result<SigningIdentity> identity = MakeOrLoad("identity");
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr("not valid yet"));
}

// A certificate over a new key, signed by that key, with one extension more.
IdentityFiles WriteSelfSigned(const ProvenanceFolder& folder, const TestClock& clock) {
  const openssl::KeyPtr key(EVP_EC_gen("P-256"));
  const openssl::X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_set_pubkey(certificate.get(), key.get());
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), clock.UnixS() - 100);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), clock.UnixS() + 100);
  CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  const openssl::BioPtr key_bio(BIO_new_file(folder.At("key").c_str(), "w"));
  PEM_write_bio_PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const openssl::BioPtr chain_bio(BIO_new_file(folder.At("chain").c_str(), "w"));
  PEM_write_bio_X509(chain_bio.get(), certificate.get());
  return {folder.At("key"), folder.At("chain"), {}};
}

TEST_F(SigningIdentityTest, AnUnfitCertificateIsRefusedWithTheReason) {
  const Result<SigningIdentity> identity =
      SigningIdentity::Load(WriteSelfSigned(folder_, clock_), clock_);
  ASSERT_FALSE(identity.ok());
  EXPECT_THAT(identity.error().message(), HasSubstr("is signed by itself"));
}

TEST_F(SigningIdentityTest, FilesThatAreNoPemAreRefused) {
  ASSERT_TRUE(MakeOrLoad("identity").ok());
  IdentityFiles files = FilesOf("identity");
  Put(folder_.At("text"), "hello");
  IdentityFiles bad_key = files, bad_chain = files;
  bad_key.key = folder_.At("text");
  bad_chain.chain = folder_.At("text");
  EXPECT_THAT(SigningIdentity::Load(bad_key, clock_).error().message(),
              HasSubstr("no private key"));
  EXPECT_THAT(SigningIdentity::Load(bad_chain, clock_).error().message(),
              HasSubstr("no PEM certificate"));
}

}  // namespace
}  // namespace aozora
