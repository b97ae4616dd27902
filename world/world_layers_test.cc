// SPDX-License-Identifier: Apache-2.0
// The world uses base and tensor of the engine, and nothing of the product uses the world.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace aozora::world {
namespace {

namespace fs = std::filesystem;

fs::path Root() {
  const char* root = std::getenv("AOZORA_SOURCE_DIR");
  return root == nullptr ? fs::path() : fs::path(root);
}

template <class Each>
int ForEachInclude(const fs::path& folder, bool deep, Each each) {
  int count = 0;
  for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator();
       ++it) {
    if (it->is_directory() && !deep) it.disable_recursion_pending();
    const std::string suffix = it->path().extension();
    if (suffix != ".cc" && suffix != ".h") continue;
    std::ifstream file(it->path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("#include \""))
        each(it->path(), line.substr(10, line.size() - 11)), ++count;
    }
  }
  return count;
}

TEST(Layers, TheWorldStandsOnBaseAndTensor) {
  const int count =
      ForEachInclude(Root() / "world", false, [](const fs::path& from, const std::string& to) {
        const bool good =
            to.starts_with("world/") || to.starts_with("base/") || to.starts_with("tensor/");
        EXPECT_TRUE(good) << from << " includes " << to;
      });
  EXPECT_GT(count, 20) << "is AOZORA_SOURCE_DIR set?";
}

TEST(Layers, TheProductNeverSeesTheWorld) {
  for (const char* folder : {"src", "apps"}) {
    ForEachInclude(Root() / folder, true, [](const fs::path& from, const std::string& to) {
      EXPECT_FALSE(to.starts_with("world/")) << from;
    });
  }
}

}  // namespace
}  // namespace aozora::world
