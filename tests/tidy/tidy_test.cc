// SPDX-License-Identifier: Apache-2.0
// The rules of rules.h on every file of the tree.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "rules.h"

namespace aozora::tidy {
namespace {

namespace fs = std::filesystem;

// Text of people, in the folders that people write in. Data and build trees are not.
constexpr const char* kFolders[] = {"src",  "apps",  "tests", "bench", "tools",
                                    "docs", "cmake", "api",   "fuzz",  "world"};
constexpr const char* kSkipped[] = {"tests/goldens/"};
constexpr const char* kTextSuffixes[] = {".h",  ".cc",   ".cmake", ".txt", ".md", ".py",
                                         ".sh", ".json", ".yaml",  ".yml", ".ts", ".tsx",
                                         ".js", ".html", ".css",   ".toml"};

fs::path Root() {
  const char* root = std::getenv("AOZORA_SOURCE_DIR");
  return root == nullptr ? fs::path() : fs::path(root);
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool IsText(const std::string& path) {
  for (const char* prefix : kSkipped) {
    if (path.starts_with(prefix)) return false;
  }
  for (const char* suffix : kTextSuffixes) {
    if (path.ends_with(suffix)) return true;
  }
  return false;
}

const std::vector<Source>& Tree() {
  static const std::vector<Source> sources = [] {
    std::vector<std::string> paths;
    for (const char* folder : kFolders) {
      if (!fs::exists(Root() / folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(Root() / folder)) {
        if (entry.is_regular_file()) paths.push_back(entry.path().lexically_relative(Root()));
      }
    }
    for (const auto& entry : fs::directory_iterator(Root())) {
      if (entry.is_regular_file()) paths.push_back(entry.path().filename());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Source> tree;
    for (const std::string& path : paths) {
      if (IsText(path)) tree.emplace_back(path, ReadText(Root() / path));
    }
    return tree;
  }();
  return sources;
}

const Layers& AllLayers() {
  static const Layers layers = ParseLayers(ReadText(Root() / "layers.txt"));
  return layers;
}

bool IsCpp(const Source& source) { return source.IsCpp(); }
bool IsProduct(const Source& source) {
  return source.IsCpp() && (source.IsUnder("src/") || source.IsUnder("apps/"));
}
bool IsAny(const Source&) { return true; }

template <class Rule>
void Enforce(Rule rule, bool (*applies)(const Source&)) {
  int source_count = 0;
  for (const Source& source : Tree()) {
    if (!applies(source)) continue;
    ++source_count;
    for (const std::string& finding : rule(source)) ADD_FAILURE() << finding;
  }
  EXPECT_GT(source_count, 0) << "is AOZORA_SOURCE_DIR set?";
}

TEST(Tidy, FoldersIncludeOnlyWhatStandsAboveThem) {
  Enforce([](const Source& source) { return CheckIncludes(source, AllLayers()); }, IsProduct);
}

TEST(Tidy, EveryFolderIsALayer) {
  Enforce([](const Source& source) { return CheckFolder(source, AllLayers()); }, IsProduct);
}

TEST(Tidy, EveryLayerIsAFolderThatIsBuilt) {
  const std::string root_list = ReadText(Root() / "CMakeLists.txt");
  EXPECT_FALSE(AllLayers().empty());
  for (const auto& [layer, granted] : AllLayers()) {
    EXPECT_TRUE(fs::exists(Root() / "src" / layer / "CMakeLists.txt")) << layer;
    EXPECT_NE(root_list.find(layer), std::string::npos) << layer << " is not in CMakeLists.txt";
  }
}

TEST(Tidy, WhatALayerIsGrantedStandsAboveIt) {
  for (const std::string& finding : CheckLayers(AllLayers())) ADD_FAILURE() << finding;
}

// The folders' lists take all files beside them, so a file is built where its folder has one.
TEST(Tidy, NoSourceIsLeftOutOfTheBuild) {
  std::set<std::string> folders;
  for (const Source& source : Tree()) {
    if (source.path.ends_with(".cc")) folders.insert(std::string(source.folder()));
  }
  for (const std::string& folder : folders) {
    EXPECT_TRUE(fs::exists(Root() / folder / "CMakeLists.txt")) << folder;
  }
}

TEST(Tidy, FilesHaveALicenceAndHeadersAGuard) { Enforce(CheckHead, IsCpp); }

TEST(Tidy, FilesFunctionsAndLinesAreShort) { Enforce(CheckSize, IsCpp); }

TEST(Tidy, NoFamilyNameOutsideModels) { Enforce(CheckFamilyNames, IsProduct); }

TEST(Tidy, NothingBannedIsUsed) { Enforce(CheckBans, IsProduct); }

TEST(Tidy, NoPathOfSomebodysMachine) { Enforce(CheckWorkplacePaths, IsAny); }

}  // namespace
}  // namespace aozora::tidy
