// SPDX-License-Identifier: Apache-2.0
// Every rule is shown something bad, and something good that looks like it.
#include "rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aozora::tidy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Layers kLayers = ParseLayers(
    "# comment\nbase\nop\nops/fast\nops/slow\nmodel   # note\nmodels/one\nmodels/two\n"
    "models/three: models/one  # the same kind\n\nengine\n");

Findings Includes(const std::string& path, const std::string& included) {
  return CheckIncludes(Source(path, "#include \"" + included + "\"\n"), kLayers);
}

TEST(Layers, AreReadInOrder) {
  std::vector<std::string> folders;
  for (const Layer& layer : kLayers) folders.push_back(layer.folder);
  EXPECT_THAT(folders, ElementsAre("base", "op", "ops/fast", "ops/slow", "model", "models/one",
                                   "models/two", "models/three", "engine"));
  EXPECT_THAT(kLayers[6].granted, IsEmpty());
  EXPECT_THAT(kLayers[7].granted, ElementsAre("models/one"));
}

TEST(Layers, AreGrantedImplementationsThatStandAbove) {
  EXPECT_THAT(CheckLayers(kLayers), IsEmpty());
  for (const char* bad : {"models/a: models/b\nmodels/b\n", "model\nmodels/a: model\n",
                          "models/a: models/nowhere\n", "models/a: models/a\n"}) {
    EXPECT_THAT(CheckLayers(ParseLayers(bad)), ElementsAre(HasSubstr("models/a may use"))) << bad;
  }
}

TEST(Includes, GoDownwards) {
  EXPECT_THAT(Includes("src/engine/a.cc", "base/check.h"), IsEmpty());
  EXPECT_THAT(Includes("src/engine/a.cc", "engine/a.h"), IsEmpty());
  EXPECT_THAT(Includes("src/ops/fast/a.cc", "op/op.h"), IsEmpty());
  EXPECT_THAT(Includes("src/base/a.cc", "op/op.h"),
              ElementsAre(HasSubstr("src/base/a.cc:1: base")));
  EXPECT_THAT(Includes("src/model/a.h", "engine/a.h"), ElementsAre(HasSubstr("engine")));
}

TEST(Includes, LeaveImplementationsToThemselvesAndToPrograms) {
  EXPECT_THAT(Includes("src/ops/fast/a.cc", "ops/fast/b.h"), IsEmpty());
  EXPECT_THAT(Includes("apps/program/main.cc", "models/two/family.h"), IsEmpty());
  EXPECT_THAT(Includes("src/models/two/a_test.cc", "ops/fast/backend.h"), IsEmpty());
  EXPECT_THAT(Includes("src/op/a_test.cc", "ops/fast/backend.h"),
              ElementsAre(HasSubstr("stands above")));
  EXPECT_THAT(Includes("src/engine/a.cc", "models/one/family.h"),
              ElementsAre(HasSubstr("implementation")));
  EXPECT_THAT(Includes("src/models/two/a.cc", "models/one/family.h"),
              ElementsAre(HasSubstr("implementation")));
  EXPECT_THAT(Includes("src/ops/slow/a.cc", "ops/fast/backend.h"),
              ElementsAre(HasSubstr("implementation")));
}

TEST(Includes, MayUseTheImplementationsThatTheyAreGranted) {
  EXPECT_THAT(Includes("src/models/three/a.cc", "models/one/network.h"), IsEmpty());
  EXPECT_THAT(Includes("src/models/three/a.cc", "models/two/network.h"),
              ElementsAre(HasSubstr("implementation")));
  EXPECT_THAT(Includes("src/models/one/a.cc", "models/three/network.h"),
              ElementsAre(HasSubstr("stands above")));
}

TEST(Includes, NameTheirFolder) {
  EXPECT_THAT(Includes("apps/program/main.cc", "program.h"), IsEmpty());
  EXPECT_THAT(Includes("apps/program/main.cc", "nowhere/program.h"),
              ElementsAre(HasSubstr("no folder")));
  EXPECT_THAT(Includes("src/op/a.cc", "a.h"), ElementsAre(HasSubstr("no folder")));
  EXPECT_THAT(Includes("src/op/a.cc", "basement/a.h"), ElementsAre(HasSubstr("no folder")));
  EXPECT_THAT(CheckIncludes(Source("src/op/a.cc", "// #include \"engine/a.h\"\n"), kLayers),
              IsEmpty());
}

TEST(Folders, AreInLayers) {
  EXPECT_THAT(CheckFolder(Source("src/op/a.cc", ""), kLayers), IsEmpty());
  EXPECT_THAT(CheckFolder(Source("src/ops/fast/a.cc", ""), kLayers), IsEmpty());
  EXPECT_THAT(CheckFolder(Source("apps/program/a.cc", ""), kLayers), IsEmpty());
  EXPECT_THAT(CheckFolder(Source("src/op/deeper/a.cc", ""), kLayers),
              ElementsAre(HasSubstr("op/deeper")));
  EXPECT_THAT(CheckFolder(Source("src/ops/a.cc", ""), kLayers), ElementsAre(HasSubstr("ops")));
}

constexpr const char* kLicence = "// SPDX-License-Identifier: Apache-2.0\n";

TEST(Head, HasALicence) {
  EXPECT_THAT(CheckHead(Source("src/op/a.cc", kLicence)), IsEmpty());
  EXPECT_THAT(CheckHead(Source("src/op/a.cc", "int a;\n")), ElementsAre(HasSubstr("SPDX")));
  EXPECT_THAT(CheckHead(Source("src/op/a.cc", "")), ElementsAre(HasSubstr("SPDX")));
  EXPECT_THAT(CheckHead(Source("src/op/a.cc", "\n" + std::string(kLicence))),
              ElementsAre(HasSubstr("SPDX")));
}

TEST(Head, HasAGuardInHeaders) {
  EXPECT_THAT(CheckHead(Source("src/op/a.h", std::string(kLicence) + "#pragma once\n")), IsEmpty());
  EXPECT_THAT(CheckHead(Source("src/op/a.h", kLicence)), ElementsAre(HasSubstr("pragma")));
  EXPECT_THAT(CheckHead(Source("src/op/a_inl.h", kLicence)), IsEmpty());
}

std::string Repeat(const std::string& line, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += line;
  return text;
}

TEST(Size, OfAFileIsBounded) {
  EXPECT_THAT(CheckSize(Source("a.cc", Repeat("int a;\n", kFileLinesMax))), IsEmpty());
  EXPECT_THAT(CheckSize(Source("a.cc", Repeat("int a;\n", kFileLinesMax + 1))),
              ElementsAre(HasSubstr("501 lines")));
}

TEST(Size, OfALineIsCountedInCharacters) {
  EXPECT_THAT(CheckSize(Source("a.cc", std::string(100, 'x') + "\n")), IsEmpty());
  EXPECT_THAT(CheckSize(Source("a.cc", Repeat("\xc3\xa9", 100) + "\n")), IsEmpty());
  EXPECT_THAT(CheckSize(Source("a.cc", "\n" + std::string(101, 'x') + "\n")),
              ElementsAre(HasSubstr("a.cc:2: 101 columns")));
}

TEST(Size, OfAFunctionIsBounded) {
  const auto function = [](size_t body) {
    return "namespace n {\n\nint F(int a,\n      int b) {\n" + Repeat("  ++a;\n", body) +
           "}\n\n}  // namespace n\n";
  };
  EXPECT_THAT(CheckSize(Source("a.cc", function(kFunctionLinesMax - 3))), IsEmpty());
  EXPECT_THAT(CheckSize(Source("a.cc", function(kFunctionLinesMax - 2))),
              ElementsAre(HasSubstr("a.cc:3: a function of 71 lines")));
  // A preprocessor line at the margin does not make two functions of one.
  EXPECT_THAT(CheckSize(Source("a.cc", "int F() {\n" + Repeat("  ++a;\n", 40) + "#if A\n" +
                                           Repeat("  ++a;\n", 40) + "#endif\n}\n")),
              ElementsAre(HasSubstr("84 lines")));
  EXPECT_THAT(CheckSize(Source("a.cc", Repeat("int F() {\n  return 1;\n}\n\n", 30))), IsEmpty());
}

TEST(Size, OfAMethodIsBounded) {
  const auto type = [](size_t body) {
    return "class A {\n public:\n  A() = default;\n  void F() {\n" + Repeat("    ++a;\n", body) +
           "  }\n};\n";
  };
  EXPECT_THAT(CheckSize(Source("a.cc", type(kFunctionLinesMax - 2))), IsEmpty());
  EXPECT_THAT(CheckSize(Source("a.cc", type(kFunctionLinesMax - 1))),
              ElementsAre(HasSubstr("a.cc:4: a function of 71 lines")));
  EXPECT_THAT(CheckSize(Source("a.cc", "struct A {\n" + Repeat("  int a;\n", 90) + "};\n")),
              IsEmpty());
}

TEST(FamilyNames, AreFoundInsideWords) {
  for (const char* bad : {"int wan = 1;", "class WanModel {};", "kFastWan", "auto a = \"Wan2.1\";",
                          "umt5_tokenizer", "UMT5Encoder", "#include \"models/wan/a.h\"", "IsWan()",
                          "taehv", "Wan21Vae", "ltx_video"}) {
    EXPECT_THAT(CheckFamilyNames(Source("src/engine/a.cc", bad)), testing::SizeIs(testing::Ge(1u)))
        << bad;
  }
  EXPECT_THAT(CheckFamilyNames(Source("src/engine/wan_plan.cc", "")), testing::SizeIs(1));
}

TEST(FamilyNames, AreNotFoundInOtherWords) {
  for (const char* good :
       {"int wanted = 1;", "swan", "taiwan", "// as Wan does", "kWanted", "want", "influx"}) {
    EXPECT_THAT(CheckFamilyNames(Source("src/engine/a.cc", good)), IsEmpty()) << good;
  }
}

TEST(FamilyNames, MayBeUsedInModelsAndTests) {
  EXPECT_THAT(CheckFamilyNames(Source("src/models/wan/a.cc", "int wan;")), IsEmpty());
  EXPECT_THAT(CheckFamilyNames(Source("src/engine/a_test.cc", "int wan;")), IsEmpty());
}

Findings Bans(const std::string& text, const std::string& path = "src/engine/a.cc") {
  return CheckBans(Source(path, text));
}

TEST(Bans, Output) {
  EXPECT_THAT(Bans("std::cout << 1;"), testing::SizeIs(1));
  EXPECT_THAT(Bans("printf(\"%d\", 1);"), testing::SizeIs(1));
  EXPECT_THAT(Bans("std::snprintf(a, 1, b);"), testing::SizeIs(1));
  EXPECT_THAT(Bans("fmt::print(\"printf(\");  // std::cout"), IsEmpty());
}

TEST(Bans, RawOwnership) {
  EXPECT_THAT(Bans("auto* a = new int[3];"), testing::SizeIs(1));
  EXPECT_THAT(Bans("auto* a = new (std::nothrow) A;"), testing::SizeIs(1));
  EXPECT_THAT(Bans("delete a;"), testing::SizeIs(1));
  EXPECT_THAT(Bans("delete[] a;"), testing::SizeIs(1));
  EXPECT_THAT(Bans("F(new A);"), testing::SizeIs(1));
  EXPECT_THAT(Bans("return std::unique_ptr<A>(new A(1));\nstd::unique_ptr<int[]> a(new int[2]);"),
              IsEmpty());
  EXPECT_THAT(Bans("#include <new>\nvoid* p = ::operator new(1);\n::operator delete(p);"),
              IsEmpty());
  EXPECT_THAT(Bans("A(const A&) = delete;\nint new_size;  // a new one\nF(\"new\");"), IsEmpty());
}

TEST(Bans, HiddenState) {
  EXPECT_THAT(Bans("std::this_thread::sleep_for(x);"), testing::SizeIs(1));
  EXPECT_THAT(Bans("std::random_device r;"), testing::SizeIs(1));
  EXPECT_THAT(Bans("int a = rand();"), testing::SizeIs(1));
  EXPECT_THAT(Bans("srand(1);"), testing::SizeIs(1));
  EXPECT_THAT(Bans("std::chrono::system_clock::now()"), testing::SizeIs(1));
  EXPECT_THAT(Bans("std::chrono::steady_clock::now()"), testing::SizeIs(1));
  EXPECT_THAT(Bans("std::chrono::system_clock::now()", "src/base/clock.cc"), IsEmpty());
  EXPECT_THAT(Bans("Operand(1); std::chrono::system_clock::time_point p;"), IsEmpty());
}

TEST(Bans, CatchingEverything) {
  EXPECT_THAT(Bans("} catch (...) {"), testing::SizeIs(1));
  EXPECT_THAT(Bans("} catch (const std::exception& e) {"), IsEmpty());
}

TEST(Bans, WorkLeftForLater) {
  EXPECT_THAT(Bans(std::string("// TO") + "DO: think"), testing::SizeIs(1));
  EXPECT_THAT(Bans(std::string("// FIX") + "ME"), testing::SizeIs(1));
}

TEST(Bans, ProcessorsOutsideKernels) {
  EXPECT_THAT(Bans("#ifdef __AVX2__"), testing::SizeIs(1));
  EXPECT_THAT(Bans("#if defined(__aarch64__)"), testing::SizeIs(1));
  EXPECT_THAT(Bans("#ifdef __AVX2__", "src/ops/fast/a.cc"), IsEmpty());
  EXPECT_THAT(Bans("#ifdef NDEBUG"), IsEmpty());
}

TEST(WorkplacePaths, AreFoundAnywhere) {
  const std::string work = std::string("/wor") + "k/", root = std::string("/roo") + "t/";
  EXPECT_THAT(CheckWorkplacePaths(Source("docs/a.md", "see " + work + "x")), testing::SizeIs(1));
  EXPECT_THAT(CheckWorkplacePaths(Source("docs/a.md", "\"" + root + ".cache\"")),
              testing::SizeIs(1));
  EXPECT_THAT(CheckWorkplacePaths(Source("docs/a.md", "github.com/a" + work + "b")), IsEmpty());
}

TEST(Reading, KnowsCommentsAndQuotes) {
  const Source source("a.cc",
                      "a /* b\nc */ d \"e // f\" g // h\nint i = 1'000; char c = '\"'; j\n");
  EXPECT_EQ(source.code[0], "a     ");
  EXPECT_EQ(source.code[1], "     d          g     ");
  EXPECT_EQ(source.uncommented[1], "     d \"e // f\" g     ");
  EXPECT_THAT(source.code[2], HasSubstr("; j"));
  EXPECT_EQ(Source("a.cc", "R\"(new \" x)\" y").code[0], "             y");
  EXPECT_EQ(Source("a.cc", "\"unclosed\n x").code[1], " x");
}

TEST(Reading, SplitsWords) {
  EXPECT_THAT(
      WordsOf("kWanDit_v2 UMT5Encoder models/taehv"),
      ElementsAre("k", "wan", "dit", "v2", "v", "umt5", "umt", "encoder", "models", "taehv"));
}

}  // namespace
}  // namespace aozora::tidy
