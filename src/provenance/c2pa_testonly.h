// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/folder_testonly.h"
#include "provenance/c2pa_reader.h"
#include "provenance/c2pa_writer.h"

namespace aozora {

class ProvenanceFolder : public TemporaryFolder {
 public:
  std::filesystem::path At(std::string_view name) const { return *this / name; }
};

// Begins in November 2026.
class TestClock : public FakeClock {
 public:
  TestClock();
  int64_t UnixS() const;
  void AdvanceYears(int years);
};

std::string ContentOf(const std::filesystem::path& path);
void Put(const std::filesystem::path& path, std::string_view content);

// A few frames in H.264 without a manifest; other numbers give other pictures.
void WriteSmallFilm(const std::filesystem::path& path, int number);

// An identity, a clock, and films that they sign.
class Signer {
 public:
  Signer();

  SigningTools Tools() const;
  // What the manifest says where a test does not care.
  static ManifestContent Content();
  // A small film that was signed.
  std::filesystem::path Film(std::string_view name, int number = 1) const;
  std::filesystem::path Film(std::string_view name, int number,
                             const ManifestContent& content) const;

  ManifestReport Verify(const std::filesystem::path& path) const;  // under our root
  ManifestReport VerifyBytes(std::string_view film) const;
  const SigningIdentity& identity() const { return identity_; }
  Trust trust() const { return {identity_.root_pem(), stamp_roots_pem}; }

  ProvenanceFolder folder;
  TestClock clock;
  std::string stamp_roots_pem;
  Timestamper timestamper;

 private:
  const SigningIdentity identity_;
};

}  // namespace aozora
