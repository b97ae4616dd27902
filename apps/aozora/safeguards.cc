// SPDX-License-Identifier: Apache-2.0
#include "safeguards.h"

#include "base/file.h"
#include "base/log.h"
#include "classifiers/onnx/onnx_classifier.h"
#include "jobs/data_folder.h"
#include "time_stamps.h"

namespace aozora::app {
namespace {

Result<std::unique_ptr<policy::FrameClassifier>> OpenClassifier(const std::string& folder) {
  std::unique_ptr<policy::FrameClassifier> classifier;
  if (folder.empty()) return classifier;
  classifier = TRY_WITHIN("--classifier", OnnxClassifier::Open(folder));
  Log(LogLevel::kInfo, "classifier {}: {} labels", classifier->name(), classifier->labels().size());
  return classifier;
}

}  // namespace

Result<std::string> ReadRoots(const std::string& path) {
  constexpr uint64_t kRootsBytesMax = 10'000'000;
  if (path.empty()) return std::string();
  return ReadFile(path, kRootsBytesMax);
}

void MakerOptions::AddTo(CLI::App& app) {
  app.add_option("--signing-key", signing_key,
                 "PEM of the key that signs manifests, P-256 (default: one made here)");
  app.add_option("--signing-chain", signing_chain, "PEM of its certificates, the signer's first");
  app.add_option("--signing-root", signing_root, "PEM of the root that vouches for them");
  app.add_option("--timestamp-roots", timestamp_roots,
                 "PEM of the roots of authorities whose time stamps are believed");
}

Result<Maker> MakerOptions::Open(const std::filesystem::path& secret_folder) const {
  if (signing_key.empty() != signing_chain.empty()) {
    return Error::Invalid("--signing-key and --signing-chain belong together");
  }
  TRY(MakePrivateFolder(secret_folder));
  MakerSettings settings;
  settings.secret_folder = secret_folder;
  settings.identity_files = {signing_key, signing_chain, signing_root};
  settings.generator = {"Aozora", AOZORA_VERSION};
  Timestamper timestamper;
  if (!timestamp_url.empty()) timestamper = TRY(StampsFrom(timestamp_url));
  std::string timestamp_roots_pem = TRY(ReadRoots(timestamp_roots));
  Maker maker = TRY(OpenMaker(settings, SystemClock(), SystemRandom()));
  maker.timestamper = std::move(timestamper);
  maker.timestamp_roots_pem = std::move(timestamp_roots_pem);
  return maker;
}

void SafeguardOptions::AddTo(CLI::App& app) {
  app.add_option("--policy", policy,
                 "Policy file (TOML); read again when it changes (default: the built-in one, which "
                 "`aozora policy` prints)");
  app.add_option("--classifier", classifier,
                 "Folder of an image classifier (classifier.toml and its ONNX file) that gives "
                 "pictures the labels of the policy's [[output.labels]]");
  maker.AddTo(app);
  app.add_option("--timestamp-url", maker.timestamp_url,
                 "Authority (RFC 3161) that is asked to stamp each manifest (default: none)");
}

Result<Safeguards> Safeguards::Open(const SafeguardOptions& options,
                                    const std::filesystem::path& secret_folder) {
  Maker maker = TRY(options.maker.Open(secret_folder));
  std::unique_ptr<policy::FrameClassifier> classifier = TRY(OpenClassifier(options.classifier));
  const std::vector<std::string> labels =
      classifier ? classifier->labels() : std::vector<std::string>();
  // Before the braces: a return from within them would not destroy what is made already.
  auto policy = TRY(policy::PolicyHolder::Open(options.policy, SystemClock(), labels));
  return Safeguards{std::move(maker), std::move(classifier), std::move(policy)};
}

}  // namespace aozora::app
