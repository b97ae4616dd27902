// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_ingredient.h"

#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"
#include "provenance/jumbf_box.h"
#include "provenance/verify.h"

namespace aozora {

Result<std::optional<Ingredient>> IngredientOf(const ManifestContent& content,
                                               const SigningTools& tools) {
  if (!content.parent.has_value()) return std::optional<Ingredient>();
  const ParentAsset& parent = *content.parent;
  Ingredient ingredient = {parent.title, parent.format, "", {}, "", {}, {}, {}};
  const std::unique_ptr<ByteSource> source = TRY_WITHIN("parent", OpenByteSource(parent.path));
  Digest digest = Digest::Sha256();
  TRY(digest.Update(*source, 0, source->size()));
  ingredient.sha256 = digest.Finish();

  const Trust trust = {tools.roots_pem + tools.identity.root_pem(), ""};
  const ManifestReport report =
      TRY_WITHIN("parent", VerifyManifest(parent.path, trust, tools.clock));
  if (report.state != ProvenanceState::kValid && report.state != ProvenanceState::kTrusted) {
    return std::optional(std::move(ingredient));
  }
  const std::string store = TRY_WITHIN("parent", ManifestStoreOf(parent.path));
  const JumbfBox box = TRY_WITHIN("parent", ParseJumbf(store));
  // A chain that has grown to its cap begins anew, with the parent's hash.
  if (box.children.size() >= kManifestsMax || store.size() > kStoreBytesMax / 2) {
    return std::optional(std::move(ingredient));
  }
  for (const JumbfBox& manifest : box.children) ingredient.manifests.emplace_back(manifest.whole);
  ingredient.active_label = report.label;
  ingredient.successes = report.successes;
  for (const C2paStatus& note : report.notes) {
    const bool is_failure = note.code == "signingCredential.untrusted";
    (is_failure ? ingredient.failures : ingredient.notes).push_back(note);
  }
  return std::optional(std::move(ingredient));
}

}  // namespace aozora
