// SPDX-License-Identifier: Apache-2.0
// What a manifest says about a film or a picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aozora {

struct SoftwareAgent {
  std::string name;     // "Aozora"
  std::string version;  // "0.1.0"
};

// An invisible mark in the pictures that leads back to this manifest when the file has lost it.
struct SoftBinding {
  std::string algorithm;  // "org.aozora.mark.1"
  std::string value;      // bytes, in the algorithm's own form
};

// What the film was made from: of a remix, an edit or an extension the clip before; of a film that
// starts from a picture, that picture. What was put beside its parent is a component.
struct SourceAsset {
  std::filesystem::path path;
  std::string title;   // what people know it by; may be empty
  std::string format;  // media type: "video/mp4", "image/png"
};

using SettingValue = std::variant<bool, int64_t, double, std::string>;

struct ManifestContent {
  std::string title;  // of the file; may be empty
  SoftwareAgent generator;
  std::vector<SoftBinding> soft_bindings;
  std::optional<SourceAsset> parent;
  std::vector<SourceAsset> components;
  // Model, seed, size ...: names and values for our own assertion. Empty: no such assertion.
  std::vector<std::pair<std::string, SettingValue>> settings;
  // Set only where the author asked for it: whoever gets the file can read it.
  std::optional<std::string> prompt;
};

}  // namespace aozora
