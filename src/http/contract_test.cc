// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/file.h"

namespace aozora::http {
namespace {

// Whoever includes these does not compile Boost, and could have another library below tomorrow.
TEST(Contract, IsFreeOfTheLibrary) {
  const char* const source = std::getenv("AOZORA_SOURCE_DIR");
  if (source == nullptr) GTEST_SKIP() << "AOZORA_SOURCE_DIR is not set";
  for (const char* name : {"event_source.h", "limits.h", "message.h", "router.h", "server.h"}) {
    const std::filesystem::path path = std::filesystem::path(source) / "src/http" / name;
    const std::string text = ReadFile(path, 1_MiB).value();
    EXPECT_THAT(text, testing::Not(testing::ContainsRegex("boost|asio|openssl"))) << name;
  }
}

}  // namespace
}  // namespace aozora::http
