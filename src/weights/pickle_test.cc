// SPDX-License-Identifier: Apache-2.0
#include "weights/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sanitized_testonly.h"
#include "weights/torch_testonly.h"

namespace aozora {
namespace {

using Kind = PickleKind;

// Owns the bytes that the values point into.
struct Read {
  explicit Read(std::string pickle)
      : bytes(std::move(pickle)), result(ReadPickle(AsBytes(bytes))) {}
  bool ok() const { return result.ok(); }
  const Error& error() const { return result.error(); }
  const PickleValue& Root() const { return result->Root(); }
  const PickleValue& Item(size_t i) const { return result->At(Root().items.at(i)); }

  std::string bytes;
  Result<Pickle> result;
};

Read ReadOne(const std::function<void(PickleWriter&)>& write, uint8_t protocol = 2) {
  PickleWriter writer(protocol);
  write(writer);
  return Read(writer.Stop());
}

TEST(Pickle, ReadsNumbers) {
  const Read read = ReadOne([](PickleWriter& w) {
    w.Op('(').Int(-7).Op('K').Little(uint8_t{200}).Op('M').Little(uint16_t{60000});
    w.Op(0x8a).Raw(std::string("\x02\x00\xff", 3));                     // LONG1: -256
    w.Op(0x8a).Raw(std::string("\x00", 1));                             // LONG1 without bytes: 0
    w.Op(0x8b).Raw(std::string("\x03\x00\x00\x00\x01\x00\x01", 7));     // LONG4: 65537
    w.Op('G').Raw(std::string("\x3f\xf8\x00\x00\x00\x00\x00\x00", 8));  // BINFLOAT: 1.5
    w.Op(0x88).Op(0x89).Op('N').Op('t');
  });
  ASSERT_OK(read);
  const int64_t expected[] = {-7, 200, 60000, -256, 0, 65537};
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(read.Item(i).kind, Kind::kInteger);
    EXPECT_EQ(read.Item(i).integer, expected[i]);
  }
  EXPECT_EQ(read.Item(6).real, 1.5);
  EXPECT_EQ(read.Item(7).kind, Kind::kBool);
  EXPECT_EQ(read.Item(7).integer, 1);
  EXPECT_EQ(read.Item(8).integer, 0);
  EXPECT_EQ(read.Item(9).kind, Kind::kNone);
}

TEST(Pickle, ReadsTexts) {
  const Read read = ReadOne(
      [](PickleWriter& w) {
        w.Op(0x95).Little(uint64_t{99});  // FRAME
        w.Op('(').Text("a");
        w.Op(0x8c).Raw("\x01").Raw("b");
        w.Op(0x8d).Little(uint64_t{1}).Raw("c");
        w.Op('B').Little(uint32_t{1}).Raw("d");
        w.Op('C').Raw("\x01").Raw("e");
        w.Op(0x8e).Little(uint64_t{1}).Raw("f");
        w.Op(0x96).Little(uint64_t{1}).Raw("g");
        w.Op('T').Little(uint32_t{1}).Raw("h");
        w.Op('U').Raw("\x01").Raw("i").Op('l');
      },
      5);
  ASSERT_OK(read);
  EXPECT_EQ(read.Root().kind, Kind::kList);
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(read.Item(i).kind, Kind::kText);
    EXPECT_EQ(read.Item(i).text, std::string(1, static_cast<char>('a' + i)));
  }
}

TEST(Pickle, BuildsContainers) {
  const Read read = ReadOne(
      [](PickleWriter& w) {
        w.Op('(');
        w.Op(']').Int(1).Op('a').Op('(').Int(2).Int(3).Op('e');                       // [1, 2, 3]
        w.Op('}').Int(1).Int(2).Op('s').Op('(').Int(3).Int(4).Int(5).Int(6).Op('u');  // 3 pairs
        w.Op('(').Int(1).Int(2).Op('d');
        w.Op(0x8f).Op('(').Int(1).Op(0x90);  // {1}
        w.Op('(').Int(1).Op(0x91);           // frozenset({1})
        w.Int(1).Op(0x85).Int(1).Int(2).Op(0x86).Int(1).Int(2).Int(3).Op(0x87).Op(')');
        w.Op('t');
      },
      4);
  ASSERT_OK(read);
  const std::pair<Kind, size_t> expected[] = {
      {Kind::kList, 3},  {Kind::kDict, 6},  {Kind::kDict, 2},  {Kind::kSet, 1},   {Kind::kSet, 1},
      {Kind::kTuple, 1}, {Kind::kTuple, 2}, {Kind::kTuple, 3}, {Kind::kTuple, 0},
  };
  ASSERT_EQ(read.Root().items.size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(read.Item(i).kind, expected[i].first) << i;
    EXPECT_EQ(read.Item(i).items.size(), expected[i].second) << i;
  }
}

TEST(Pickle, StackAndMemo) {
  const Read read = ReadOne(
      [](PickleWriter& w) {
        w.Op('(').Text("a").Op('q').Raw("\x05");           // BINPUT 5
        w.Op('r').Little(uint32_t{300});                   // LONG_BINPUT 300
        w.Op('0').Op('(').Int(1).Op('1').Op('(').Op('0');  // POP, POP_MARK, POP of a mark
        w.Op('h').Raw("\x05").Op('2');                     // BINGET, DUP
        w.Op('j').Little(uint32_t{300}).Op('t').Op(0x94).Op(0x86 - 1);  // MEMOIZE, TUPLE1
      },
      4);
  ASSERT_OK(read);
  const PickleValue& inner = read.Item(0);
  ASSERT_EQ(inner.items.size(), 3u);
  EXPECT_EQ(inner.items[0], inner.items[1]);
  EXPECT_EQ(inner.items[0], inner.items[2]);
}

TEST(Pickle, RecordsTheCallsOfACheckpoint) {
  const Read read = ReadOne([](PickleWriter& w) {
    w.Op('(');
    w.Tensor("FloatStorage", "0", 6, 0, {2, 3}, {3, 1});
    w.Global("torch._utils", "_rebuild_parameter").Op('(');
    w.Tensor("HalfStorage", "1", 6, 0, {6}, {1}).Op(0x88);
    w.Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    // OrderedDict([("k", 1)]) with attributes
    w.Global("collections", "OrderedDict").Op(']').Text("k").Int(1).Op(0x86).Op('a').Op(0x85);
    w.Op('R').Op('}').Text("_metadata").Op('}').Op('s').Op('b');
    // The same name, from the stack
    w.Text("collections").Text("OrderedDict").Op(0x93).Op(')').Op('R').Op('t');
  });
  ASSERT_OK(read);
  EXPECT_EQ(read.Item(0).kind, Kind::kTensor);
  EXPECT_EQ(read.Item(0).items.size(), 6u);
  EXPECT_EQ(read.result->At(read.Item(0).items[0]).kind, Kind::kStorage);
  EXPECT_EQ(read.Item(1).kind, Kind::kTensor);
  EXPECT_EQ(read.Item(2).kind, Kind::kDict);
  EXPECT_EQ(read.Item(2).items.size(), 2u);
  EXPECT_EQ(read.Item(3).kind, Kind::kDict);
}

TEST(Pickle, RefusesEveryOtherCallByName) {
  const auto global = [](std::string_view module, std::string_view name) {
    return ReadOne([&](PickleWriter& w) { w.Global(module, name).Text("id").Op(0x85).Op('R'); });
  };
  EXPECT_ERROR(global("os", "system"), "\"os system\"");
  EXPECT_ERROR(global("builtins", "eval"), "\"builtins eval\"");
  EXPECT_ERROR(global("torch", "load"), "\"torch load\"");
  EXPECT_ERROR(global("collections", "OrderedDict"), "no pairs");
  EXPECT_ERROR(global("torch", "FloatStorage"), "a call of torch FloatStorage");
  EXPECT_ERROR(global("torch._utils", "_rebuild_tensor_v2"), "with 1 arguments");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Text("os").Text("system").Op(0x93); }),
               "\"os system\"");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Int(1).Int(2).Op(0x93); }), "not a text");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Int(1).Op(')').Op('R'); }), "not a function");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) {
                 w.Global("torch._utils", "_rebuild_parameter").Int(1).Op(0x85).Op('R');
               }),
               "not a tensor");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Int(1).Op('}').Op('b'); }), "state of an object");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Raw("cos"); }), "no end");
  EXPECT_ERROR(ReadOne([](PickleWriter& w) { w.Raw("c" + std::string(10000, 'x') + "\n\n"); }),
               "no end");
}

// Every opcode that can make or call an object, reach outside of the pickle, or only existed before
// protocol 2. The rest of the 256 codes is refused alike.
TEST(Pickle, RefusesAllOtherOpcodes) {
  constexpr std::string_view kKnown =
      "(.012JKMNQRTUXabcdehjlqrstu)]}GBC\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e"
      "\x8f\x90\x91\x93\x94\x95\x96";
  for (int opcode = 0; opcode < 256; ++opcode) {
    const bool known = kKnown.find(static_cast<char>(opcode)) != std::string_view::npos;
    const bool extension = opcode >= 0x82 && opcode <= 0x84;
    if ((known && !extension && opcode != 0x80)) continue;
    EXPECT_ERROR(ReadOne([&](PickleWriter& w) { w.Op(']').Op(']').Op(opcode).Raw("\x01\n\n"); }, 5),
                 fmt::format("the opcode {:#04x}", opcode));
  }
}

TEST(Pickle, RefusesWhatDoesNotAddUp) {
  const auto raw = [](std::string_view ops) {
    return ReadOne([&](PickleWriter& w) { w.Raw(ops); });
  };
  EXPECT_ERROR(raw(""), "nothing on the stack");
  EXPECT_ERROR(raw("0"), "nothing on the stack");
  EXPECT_ERROR(raw("t"), "no mark");
  EXPECT_ERROR(raw("]("), "nothing on the stack");  // what lies below a mark is out of reach
  EXPECT_ERROR(raw("](a"), "nothing on the stack");
  EXPECT_ERROR(raw("NNa"), "cannot hold");
  EXPECT_ERROR(raw("](NNu"), "cannot hold");
  EXPECT_ERROR(raw("}(Nu"), "key without a value");
  EXPECT_ERROR(raw("(Nd"), "key without a value");
  EXPECT_ERROR(raw("h\x01"), "nothing in the memo");
  EXPECT_ERROR(raw("NQ"), "persistent id");
  EXPECT_ERROR(raw(std::string("\x8a\x09") + std::string(9, '\x01')), "a number of 9 bytes");
  EXPECT_ERROR(raw(std::string("X\xff\xff\xff\xff", 5)), "cut off");
  EXPECT_ERROR(raw("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"), "cut off");
  EXPECT_ERROR(Read(""), "cut off");
  EXPECT_ERROR(Read("(lp0\n."), "not a pickle");
  EXPECT_ERROR(Read("\x80\x06N."), "protocol 6");
  EXPECT_ERROR(Read(std::string("\x80\x02N", 3)), "cut off");
}

TEST(Pickle, SurvivesCyclesAndDepth) {
  // A list that holds itself, and a million lists inside of each other.
  const Read cycle = ReadOne([](PickleWriter& w) {
    w.Raw(
        "]q\x01h\x01"
        "a");
  });
  ASSERT_OK(cycle);
  EXPECT_EQ(cycle.Root().items[0], cycle.result->root);
  const size_t depth = kSanitized ? 100'000 : 1'000'000;
  EXPECT_OK(ReadOne(
      [&](PickleWriter& w) { w.Raw(std::string(depth, ']')).Raw(std::string(depth - 1, 'a')); }));
}

TEST(Pickle, LimitsMemory) {
  const auto raw = [](const std::string& ops) {
    return ReadOne([&](PickleWriter& w) { w.Raw(ops); });
  };
  EXPECT_ERROR(raw(std::string(5000, '(')), "marks");
  if (kSanitized) return;  // of millions
  EXPECT_ERROR(raw(std::string(2'000'001, ']')), "more than 2000000");
  // Copies of a long list, which would be quadratic in the length of the pickle.
  std::string bomb = "](";
  bomb += std::string(1'000'000, ')');
  bomb += "eq\x01";
  for (int i = 0; i < 20; ++i)
    bomb +=
        "(h\x01Qh\x01"
        "0";
  EXPECT_FALSE(raw(bomb).ok());
}

}  // namespace
}  // namespace aozora
