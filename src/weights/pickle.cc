// SPDX-License-Identifier: Apache-2.0
#include "weights/pickle.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "weights/byte_reader.h"
#include "weights/layout.h"
#include "weights/pickle_opcodes.h"

namespace aozora {
namespace {

using namespace pickle_opcode;

// A checkpoint of a thousand tensors has some 20,000 values, all limits are far above.
constexpr uint64_t kPickleBytesMax = 64_MiB;
constexpr size_t kValuesMax = 2'000'000;
constexpr size_t kItemsMax = 8'000'000;  // in all containers together
constexpr size_t kStackMax = 2'000'000;
constexpr size_t kMarksMax = 1000;
constexpr size_t kMemoMax = 2'000'000;
constexpr size_t kGlobalBytesMax = 256;
constexpr uint8_t kProtocolMin = 2;
constexpr uint8_t kProtocolMax = 5;

constexpr std::string_view kOrderedDict = "collections OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils _rebuild_parameter";
constexpr size_t kRebuildTensorArguments = 6;  // one more, the metadata, may follow

constexpr std::string_view kGlobals[] = {
    kOrderedDict,        kRebuildTensor,          kRebuildParameter,     "torch FloatStorage",
    "torch HalfStorage", "torch BFloat16Storage", "torch DoubleStorage", "torch LongStorage",
    "torch IntStorage",  "torch ShortStorage",    "torch CharStorage",   "torch ByteStorage",
    "torch BoolStorage",
};

// The machine. Each group of opcodes has a function that answers whether the opcode was one of its.
class Unpickler {
 public:
  explicit Unpickler(Bytes bytes) : bytes_(bytes), reader_(bytes) {}

  Result<Pickle> Run() {
    TRY(ReadProtocol());
    for (;;) {
      const uint64_t at = reader_.position();
      const auto opcode = TRY(reader_.Read<uint8_t>());
      if (opcode == kStop) break;
      Status done = Step(opcode);
      if (!done.ok()) return std::move(done).error().Within(fmt::format("pickle byte {}", at));
    }
    pickle_.root = TRY(Pop());
    return std::move(pickle_);
  }

 private:
  using Handled = Result<bool>;

  Status ReadProtocol() {
    if (bytes_.size() > kPickleBytesMax) {
      return Error::Unsupported("a pickle of {}, more than {}", HumanBytes(bytes_.size()),
                                HumanBytes(kPickleBytesMax));
    }
    const auto opcode = TRY(reader_.Read<uint8_t>());
    const auto protocol = TRY(reader_.Read<uint8_t>());
    if (opcode != kProto) return Error::Unsupported("not a pickle of protocol 2 or later");
    if (protocol < kProtocolMin || protocol > kProtocolMax) {
      return Error::Unsupported("a pickle of protocol {}", protocol);
    }
    return Ok();
  }

  Status Step(uint8_t opcode) {
    if (TRY(StepNumber(opcode))) return Ok();
    if (TRY(StepText(opcode))) return Ok();
    if (TRY(StepStack(opcode))) return Ok();
    if (TRY(StepTuple(opcode))) return Ok();
    if (TRY(StepContainer(opcode))) return Ok();
    if (TRY(StepCall(opcode))) return Ok();
    return Error::Unsupported("the opcode {:#04x}, which no PyTorch checkpoint needs", opcode);
  }

  Handled StepNumber(uint8_t opcode) {
    switch (opcode) {
      case kNone:
        return Push({});
      case kNewTrue:
        return PushInteger(1, PickleKind::kBool);
      case kNewFalse:
        return PushInteger(0, PickleKind::kBool);
      case kBinInt:
        return PushInteger(TRY(reader_.Read<int32_t>()));
      case kBinInt1:
        return PushInteger(TRY(reader_.Read<uint8_t>()));
      case kBinInt2:
        return PushInteger(TRY(reader_.Read<uint16_t>()));
      case kLong1:
        return PushLong(TRY(reader_.Read<uint8_t>()));
      case kLong4:
        return PushLong(TRY(reader_.Read<uint32_t>()));
      case kBinFloat: {
        // The only number that is big-endian.
        PickleValue value;
        value.kind = PickleKind::kFloat;
        value.real = std::bit_cast<double>(__builtin_bswap64(TRY(reader_.Read<uint64_t>())));
        return Push(std::move(value));
      }
      default:
        return false;
    }
  }

  Handled StepText(uint8_t opcode) {
    switch (opcode) {
      case kShortBinUnicode:
      case kShortBinBytes:
      case kShortBinString:
        return PushText(TRY(reader_.Read<uint8_t>()));
      case kBinUnicode:
      case kBinBytes:
      case kBinString:
        return PushText(TRY(reader_.Read<uint32_t>()));
      case kBinUnicode8:
      case kBinBytes8:
      case kByteArray8:
        return PushText(TRY(reader_.Read<uint64_t>()));
      default:
        return false;
    }
  }

  Handled StepStack(uint8_t opcode) {
    switch (opcode) {
      case kMarkOp:
        if (marks_.size() >= kMarksMax) return Error::Corrupt("more than {} marks", kMarksMax);
        marks_.push_back(stack_.size());
        return true;
      case kPop:
        if (!marks_.empty() && marks_.back() == stack_.size()) {
          marks_.pop_back();
          return true;
        }
        TRY(Pop());
        return true;
      case kPopMark:
        TRY(PopToMark());
        return true;
      case kDup:
        return PushRef(TRY(Top()));
      case kFrame:
        TRY(reader_.Read<uint64_t>());  // a hint for readers of streams
        return true;
      case kBinPut:
        return Memoize(TRY(reader_.Read<uint8_t>()));
      case kLongBinPut:
        return Memoize(TRY(reader_.Read<uint32_t>()));
      case kMemoize:
        return Memoize(static_cast<uint32_t>(memo_.size()));
      case kBinGet:
        return PushMemo(TRY(reader_.Read<uint8_t>()));
      case kLongBinGet:
        return PushMemo(TRY(reader_.Read<uint32_t>()));
      default:
        return false;
    }
  }

  Handled StepTuple(uint8_t opcode) {
    switch (opcode) {
      case kEmptyTuple:
        return PushContainer(PickleKind::kTuple, {});
      case kTuple1:
      case kTuple2:
      case kTuple3: {
        std::vector<PickleRef> items(static_cast<size_t>(opcode - kTuple1 + 1));
        for (size_t i = items.size(); i-- > 0;) items[i] = TRY(Pop());
        return PushContainer(PickleKind::kTuple, std::move(items));
      }
      case kTupleOp:
        return PushContainer(PickleKind::kTuple, TRY(PopToMark()));
      default:
        return false;
    }
  }

  Handled StepContainer(uint8_t opcode) {
    switch (opcode) {
      case kEmptyList:
        return PushContainer(PickleKind::kList, {});
      case kEmptyDict:
        return PushContainer(PickleKind::kDict, {});
      case kEmptySet:
        return PushContainer(PickleKind::kSet, {});
      case kListOp:
        return PushContainer(PickleKind::kList, TRY(PopToMark()));
      case kFrozenSet:
        return PushContainer(PickleKind::kSet, TRY(PopToMark()));
      case kDictOp: {
        std::vector<PickleRef> items = TRY(PopToMark());
        if (items.size() % 2 != 0) return Error::Corrupt("a key without a value");
        return PushContainer(PickleKind::kDict, std::move(items));
      }
      case kAppend:
        return Extend(PickleKind::kList, {TRY(Pop())});
      case kAppends:
        return Extend(PickleKind::kList, TRY(PopToMark()));
      case kAddItems:
        return Extend(PickleKind::kSet, TRY(PopToMark()));
      case kSetItem: {
        const PickleRef value = TRY(Pop());
        const PickleRef key = TRY(Pop());
        return Extend(PickleKind::kDict, {key, value});
      }
      case kSetItems:
        return Extend(PickleKind::kDict, TRY(PopToMark()));
      default:
        return false;
    }
  }

  Handled StepCall(uint8_t opcode) {
    switch (opcode) {
      case kGlobal: {
        const std::string_view module = TRY(ReadLine());
        const std::string_view name = TRY(ReadLine());
        return PushGlobal(module, name);
      }
      case kStackGlobal: {
        const PickleValue& name = Value(TRY(Pop()));
        const PickleValue& module = Value(TRY(Pop()));
        if (name.kind != PickleKind::kText || module.kind != PickleKind::kText) {
          return Error::Corrupt("the name of a function is not a text");
        }
        return PushGlobal(module.text, name.text);
      }
      case kBinPersId:
        return PushStorage(TRY(Pop()));
      case kReduce: {
        const PickleRef arguments = TRY(Pop());
        const PickleRef function = TRY(Pop());
        return Call(function, arguments);
      }
      case kBuild: {
        // An OrderedDict may carry attributes (_metadata of a state dict), which do not matter
        // here.
        TRY(Pop());
        if (Value(TRY(Top())).kind == PickleKind::kDict) return true;
        return Error::Unsupported("the state of an object that is not a plain dictionary");
      }
      default:
        return false;
    }
  }

  // The four calls there are.
  Handled Call(PickleRef function_ref, PickleRef arguments_ref) {
    const PickleValue& function = Value(function_ref);
    const PickleValue& arguments = Value(arguments_ref);
    if (function.kind != PickleKind::kGlobal || arguments.kind != PickleKind::kTuple) {
      return Error::Corrupt("a call of what is not a function");
    }
    const std::vector<PickleRef>& items = arguments.items;
    if (function.text == kOrderedDict && items.empty()) {
      return PushContainer(PickleKind::kDict, {});
    }
    if (function.text == kOrderedDict && items.size() == 1) return PushDictOfPairs(items[0]);
    if (function.text == kRebuildTensor && items.size() >= kRebuildTensorArguments) {
      return PushContainer(PickleKind::kTensor, items);
    }
    if (function.text == kRebuildParameter && !items.empty()) {
      if (Value(items[0]).kind != PickleKind::kTensor) {
        return Error::Corrupt("a parameter that is not a tensor");
      }
      return PushRef(items[0]);
    }
    return Error::Unsupported("a call of {} with {} arguments", function.text, items.size());
  }

  Handled PushDictOfPairs(PickleRef pairs_ref) {
    const PickleValue& pairs = Value(pairs_ref);
    std::vector<PickleRef> items;
    for (const PickleRef pair_ref : pairs.items) {
      const PickleValue& pair = Value(pair_ref);
      const bool is_pair = pair.kind == PickleKind::kTuple || pair.kind == PickleKind::kList;
      if (!is_pair || pair.items.size() != 2) return Error::Corrupt("a dictionary of no pairs");
      items.insert(items.end(), pair.items.begin(), pair.items.end());
    }
    if (pairs.kind != PickleKind::kList && pairs.kind != PickleKind::kTuple) {
      return Error::Corrupt("a dictionary of no pairs");
    }
    return PushContainer(PickleKind::kDict, std::move(items));
  }

  Handled PushGlobal(std::string_view module, std::string_view name) {
    const std::string full =
        fmt::format("{} {}", module.substr(0, kGlobalBytesMax), name.substr(0, kGlobalBytesMax));
    const auto* known = std::find(std::begin(kGlobals), std::end(kGlobals), full);
    if (known == std::end(kGlobals)) {
      return Error::Unsupported(
          "the file refers to the Python object {}, which is not part of a plain checkpoint; "
          "nothing "
          "was run. Save only the state dict, or convert the file to safetensors",
          Quoted(full));
    }
    PickleValue value;
    value.kind = PickleKind::kGlobal;
    value.text = *known;
    return Push(std::move(value));
  }

  Handled PushStorage(PickleRef id_ref) {
    const PickleValue& id = Value(id_ref);
    if (id.kind != PickleKind::kTuple) return Error::Corrupt("a persistent id that is no tuple");
    return PushContainer(PickleKind::kStorage, id.items);
  }

  Handled PushInteger(int64_t integer, PickleKind kind = PickleKind::kInteger) {
    PickleValue value;
    value.kind = kind;
    value.integer = integer;
    return Push(std::move(value));
  }

  // Two's complement, the least significant byte first.
  Handled PushLong(uint64_t byte_count) {
    const Bytes bytes = TRY(reader_.Take(byte_count));
    if (bytes.size() > sizeof(int64_t)) {
      return Error::Unsupported("a number of {} bytes", bytes.size());
    }
    const bool negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
    uint64_t value = negative ? UINT64_MAX : 0;
    for (size_t i = bytes.size(); i-- > 0;) {
      value = value << 8 | std::to_integer<uint64_t>(bytes[i]);
    }
    return PushInteger(static_cast<int64_t>(value));
  }

  Handled PushText(uint64_t byte_count) {
    PickleValue value;
    value.kind = PickleKind::kText;
    value.text = AsText(TRY(reader_.Take(byte_count)));
    return Push(std::move(value));
  }

  Handled PushContainer(PickleKind kind, std::vector<PickleRef> items) {
    TRY(CountItems(items.size()));
    PickleValue value;
    value.kind = kind;
    value.items = std::move(items);
    return Push(std::move(value));
  }

  Handled Extend(PickleKind kind, const std::vector<PickleRef>& more) {
    if (kind == PickleKind::kDict && more.size() % 2 != 0) {
      return Error::Corrupt("a key without a value");
    }
    PickleValue& container = pickle_.values[TRY(Top())];
    if (container.kind != kind) return Error::Corrupt("items for what cannot hold them");
    TRY(CountItems(more.size()));
    container.items.insert(container.items.end(), more.begin(), more.end());
    return true;
  }

  Status CountItems(size_t count) {
    item_count_ += count;
    if (item_count_ > kItemsMax) return Error::Corrupt("more than {} items", kItemsMax);
    return Ok();
  }

  Handled Push(PickleValue value) {
    if (pickle_.values.size() >= kValuesMax) {
      return Error::Corrupt("more than {} values", kValuesMax);
    }
    pickle_.values.push_back(std::move(value));
    return PushRef(static_cast<PickleRef>(pickle_.values.size() - 1));
  }

  Handled PushRef(PickleRef ref) {
    if (stack_.size() >= kStackMax) return Error::Corrupt("a stack of more than {}", kStackMax);
    stack_.push_back(ref);
    return true;
  }

  Handled Memoize(uint32_t index) {
    const PickleRef top = TRY(Top());
    if (memo_.size() >= kMemoMax) return Error::Corrupt("a memo of more than {}", kMemoMax);
    memo_[index] = top;
    return true;
  }

  Handled PushMemo(uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) return Error::Corrupt("nothing in the memo at {}", index);
    return PushRef(found->second);
  }

  // What lies below the last mark can only be reached by closing it.
  Status CheckNotEmpty() const {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return Error::Corrupt("nothing on the stack");
    return Ok();
  }

  Result<PickleRef> Top() {
    TRY(CheckNotEmpty());
    return stack_.back();
  }

  Result<PickleRef> Pop() {
    TRY(CheckNotEmpty());
    const PickleRef ref = stack_.back();
    stack_.pop_back();
    return ref;
  }

  Result<std::vector<PickleRef>> PopToMark() {
    if (marks_.empty()) return Error::Corrupt("no mark on the stack");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    marks_.pop_back();
    std::vector<PickleRef> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return items;
  }

  Result<std::string_view> ReadLine() {
    const std::string_view rest = AsText(bytes_.subspan(reader_.position()));
    const size_t end = rest.substr(0, kGlobalBytesMax + 1).find('\n');
    if (end == std::string_view::npos) return Error::Corrupt("the name of a function has no end");
    TRY(reader_.Take(end + 1));
    return rest.substr(0, end);
  }

  const PickleValue& Value(PickleRef ref) const { return pickle_.values[ref]; }

  const Bytes bytes_;
  ByteReader reader_;
  Pickle pickle_;
  std::vector<PickleRef> stack_;
  std::vector<size_t> marks_;  // sizes of the stack
  std::unordered_map<uint32_t, PickleRef> memo_;
  size_t item_count_ = 0;
};

}  // namespace

Result<Pickle> ReadPickle(Bytes bytes) { return Unpickler(bytes).Run(); }

}  // namespace aozora
