// SPDX-License-Identifier: Apache-2.0
// A server with an image classifier that somebody installed, and rules that change while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "classifiers/onnx/onnx_testonly.h"
#include "process_testonly.h"
#include "served_testonly.h"

namespace aozora {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds kRulesPatience{30'000};
constexpr std::string_view kBoat =
    R"({"prompt":"a red boat","size":"64x64","seconds":"1","fps":8,"steps":2})";

class ClassifierServerTest : public testing::Test {
 protected:
  ClassifierServerTest() {
    folder_.WriteSureOfAlways();
    PutRule("always");
  }
  std::filesystem::path policy() const { return scratch_ / "policy.toml"; }
  // A file of another name, moved over: never half of one is there to be read.
  void PutRule(const std::string& label) const {
    const std::filesystem::path next = scratch_ / "next.toml";
    std::ofstream(next) << PolicyAgainst(label, label);
    std::filesystem::rename(next, policy());
  }
  json WaitForPolicy(Client& client, const std::function<bool(const json&)>& is_there) {
    json said;
    Eventually(kRulesPatience, [&] {
      said = json::parse(client.Get("/v1/admin/policy").body);
      return is_there(said);
    });
    return said;
  }

  ScratchFolder scratch_;
  ClassifierFolder folder_;
};

TEST_F(ClassifierServerTest, BlocksWhatTheRulesSayAndTakesNewRulesThatFit) {
  std::vector<std::string> options = UnlimitedOptions();
  options.insert(options.end(), {"--workers", "1", "--threads", "1", "--policy", policy(),
                                 "--classifier", folder_.path()});
  Served served(scratch_ / "data", scratch_ / "log", options);
  ASSERT_TRUE(served.StartFirst()) << TailOf(served.log(), 4000);
  Client client(served.port(), served.key());
  const json blocked = WaitForEnd(client, IdOf(client.Post("/v1/videos", kBoat)));
  EXPECT_EQ(blocked["status"], "failed") << blocked;
  EXPECT_EQ(blocked["error"]["code"], "content_filter") << blocked;
  EXPECT_NE(client.Get("/v1/videos/" + blocked["id"].get<std::string>() + "/content").status, 200);

  PutRule("misspelt");  // which nothing gives: the rules before stay
  const json refused =
      WaitForPolicy(client, [](const json& said) { return !said["error"].is_null(); });
  EXPECT_THAT(refused["error"].dump(), HasSubstr("misspelt"));
  EXPECT_EQ(WaitForEnd(client, IdOf(client.Post("/v1/videos", kBoat)))["status"], "failed");

  PutRule("never");
  const json taken = WaitForPolicy(client, [](const json& said) {
    return said["version"].dump().find("never") != std::string::npos;
  });
  EXPECT_TRUE(taken["error"].is_null()) << taken;
  EXPECT_EQ(WaitForEnd(client, IdOf(client.Post("/v1/videos", kBoat)))["status"], "completed");
}

}  // namespace
}  // namespace aozora
