// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "jobs/data_folder.h"
#include "provenance/verification.h"
#include "safeguards.h"
#include "server_options.h"

namespace aozora::app {
namespace {

struct VerifyCommand {
  DataOptions data;
  MakerOptions maker;
  std::string file, roots;
  bool json = false;
};

std::string_view Words(ProvenanceState state) {
  switch (state) {
    case ProvenanceState::kNone:
      return "none";
    case ProvenanceState::kInvalid:
      return "there is one, and it does not hold";
    case ProvenanceState::kValid:
      return "whole, by a signer whom nobody here vouches for";
    case ProvenanceState::kTrusted:
      return "whole, by a signer who is trusted";
  }
  CHECK(false);
}

void Print(const Verification& found) {
  const ManifestReport& manifest = found.manifest;
  fmt::print("manifest:  {}\n", Words(manifest.state));
  for (const C2paStatus& failure : manifest.failures) {
    fmt::print("           {} {}\n", failure.code, failure.explanation);
  }
  if (manifest.signer) fmt::print("signer:    {}\n", manifest.signer->common_name);
  if (manifest.stamped_unix_s) {
    fmt::print("stamped:   {:%Y-%m-%d %H:%M:%S} UTC\n", fmt::gmtime(*manifest.stamped_unix_s));
  }
  for (const ManifestAction& action : manifest.actions) {
    fmt::print("action:    {} {}\n", action.action, action.digital_source_type);
  }
  for (const ManifestIngredient& ingredient : manifest.ingredients) {
    fmt::print("made from: {} ({})\n", ingredient.title, ingredient.format);
  }
  if (found.mark) {
    fmt::print("mark:      {:08x}, made by this installation (z {:.1f}, fit {:.2f})\n",
               found.mark->id, found.mark->z, found.mark->fit);
  } else {
    fmt::print("mark:      none of this installation\n");
  }
  if (found.mark_is_that_of_manifest == false) {
    fmt::print("           and not the one that the manifest names\n");
  }
  if (!found.pictures_error.empty()) fmt::print("pictures:  {}\n", found.pictures_error);
  const bool ours = found.signed_here || found.mark.has_value();
  fmt::print("{}\n", ours ? "made here" : "not made here, as far as can be told");
}

Status Execute(const VerifyCommand& o, const Environment&) {
  if (!std::filesystem::exists(o.file)) return Error::NotFound("there is no file {}", o.file);
  const DataFolder data{TRY(o.data.Path())};
  const Maker maker = TRY(o.maker.Open(data.secrets()));
  Trust trust;
  trust.roots_pem = TRY(ReadRoots(o.roots));
  ThreadPool pool(HardwareThreadCount());
  const Verification found = TRY(VerifyFile(o.file, maker, trust, pool, SystemClock()));
  if (o.json) {
    fmt::print("{}\n", ToJson(found).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    Print(found);
  }
  return Ok();
}

}  // namespace

Command AddVerify(CLI::App& app) {
  const auto o = std::make_shared<VerifyCommand>();
  app.add_option("file", o->file, "Film or picture, from anybody")->required();
  app.add_option("--roots", o->roots, "PEM of more roots whose signers are trusted");
  app.add_flag("--json", o->json, "All that was found, as JSON");
  o->data.AddTo(app);
  o->maker.AddTo(app);
  return [o](const Environment& environment) { return Execute(*o, environment); };
}

}  // namespace aozora::app
