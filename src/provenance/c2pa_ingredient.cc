// SPDX-License-Identifier: Apache-2.0
#include "provenance/c2pa_ingredient.h"

#include "provenance/c2pa_digest.h"
#include "provenance/c2pa_names.h"
#include "provenance/jumbf_box.h"
#include "provenance/verify.h"

namespace aozora {
namespace {

// How much the manifests of ingredients may take of a store.
struct Room {
  size_t manifest_count = kManifestsMax - 1;
  size_t byte_count = kStoreBytesMax / 2;
};

// The manifests of a source's store, and what was found about them, if there is room. A chain that
// has grown to its cap begins anew, with the source's hash.
Status TakeManifests(const SourceAsset& source, const ManifestReport& report, Room* room,
                     Ingredient* ingredient) {
  const std::string store = TRY(ManifestStoreOf(source.path));
  const JumbfBox box = TRY(ParseJumbf(store));
  if (box.children.size() > room->manifest_count || store.size() > room->byte_count) return Ok();
  room->manifest_count -= box.children.size();
  room->byte_count -= store.size();
  for (const JumbfBox& manifest : box.children) {
    ingredient->manifests.push_back({std::string(manifest.label), std::string(manifest.whole)});
  }
  ingredient->active_label = report.label;
  ingredient->successes = report.successes;
  for (const C2paStatus& note : report.notes) {
    const bool is_failure = note.code == "signingCredential.untrusted";
    (is_failure ? ingredient->failures : ingredient->notes).push_back(note);
  }
  return Ok();
}

Result<Ingredient> IngredientOf(const SourceAsset& source, bool is_parent,
                                const SigningTools& tools, Room* room) {
  Ingredient ingredient;
  ingredient.is_parent = is_parent;
  ingredient.title = source.title;
  ingredient.format = source.format;
  const std::unique_ptr<ByteSource> bytes = TRY(OpenByteSource(source.path));
  Digest digest = Digest::Sha256();
  TRY(digest.Update(*bytes, 0, bytes->size()));
  ingredient.sha256 = digest.Finish();
  const ManifestReport report = TRY(VerifyManifest(source.path, tools.trust, tools.clock));
  if (report.state == ProvenanceState::kValid || report.state == ProvenanceState::kTrusted) {
    TRY(TakeManifests(source, report, room, &ingredient));
  }
  return ingredient;
}

}  // namespace

Result<std::vector<Ingredient>> IngredientsOf(const ManifestContent& content,
                                              const SigningTools& tools) {
  Room room;
  std::vector<Ingredient> ingredients;
  if (content.parent) {
    ingredients.push_back(TRY_WITHIN("parent", IngredientOf(*content.parent, true, tools, &room)));
  }
  for (const SourceAsset& component : content.components) {
    ingredients.push_back(TRY_WITHIN("component", IngredientOf(component, false, tools, &room)));
  }
  return ingredients;
}

}  // namespace aozora
