// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "base/folder_testonly.h"

namespace aozora {

// A test with a folder of its own, removed with it.
class FolderTest : public testing::Test {
 protected:
  const TemporaryFolder scratch_;
  const std::filesystem::path folder_ = scratch_.path();
};

}  // namespace aozora
