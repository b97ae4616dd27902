// SPDX-License-Identifier: Apache-2.0
// What tests of the embedded model's kind begin with: a small one of random weights on disk.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "models/mini/family.h"
#include "models/mini/mini_testonly.h"
#include "pipeline/generator.h"
#include "process_testonly.h"

namespace aozora {

class Mini : public testing::Test {
 protected:
  Mini() {
    mini::PutModel(folder_);
    const Family* const all[] = {&family_};
    model_ = OpenModel(all, {.model = folder_.path()}, {}).value();
  }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }

  const mini::MiniFamily family_;
  mini::TestFolder folder_;
  ScratchFolder scratch_;
  std::unique_ptr<Model> model_;
};

// Counts frames and remembers their bytes.
class KeepingSink : public FrameSink {
 public:
  Status Write(const Image& frame) override {
    frames.push_back(frame);
    return Ok();
  }
  Status Finish() override { return Ok(); }
  std::vector<Image> frames;
};

inline Machine SomeMachine() { return {.memory_bytes = 4'000'000'000, .flops_per_second = 1e11}; }

inline GenerateRequest SomeRequest() {
  GenerateRequest request;
  request.prompt = "a red boat";
  request.seed = 7;
  return request;
}

}  // namespace aozora
