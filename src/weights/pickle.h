// SPDX-License-Identifier: Apache-2.0
// Reads Python pickles without running anything. A pickle is a program for a stack machine that may
// call any function; this machine knows how to build plain data, and the four calls that a PyTorch
// checkpoint consists of are recorded, not made. Every other call is refused by name.
// The opcodes: github.com/python/cpython, Lib/pickletools.py.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace aozora {

enum class PickleKind : uint8_t {
  kNone,
  kBool,
  kInteger,
  kFloat,
  kText,  // str and bytes
  kTuple,
  kList,
  kDict,  // items: key, value, key, value ...; also an OrderedDict
  kSet,
  kGlobal,   // text: "module name", one of the few that are allowed
  kStorage,  // a persistent id; items: what it consists of
  kTensor,   // items: the arguments of torch._utils._rebuild_tensor_v2
};

// Values refer to each other by number, so that cycles are harmless and nothing is freed
// recursively.
using PickleRef = uint32_t;

struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  int64_t integer = 0;  // also of a bool
  double real = 0;
  std::string_view text;  // lies in the pickle's bytes; a global's is a constant
  std::vector<PickleRef> items;
};

struct Pickle {
  std::vector<PickleValue> values;
  PickleRef root = 0;

  const PickleValue& At(PickleRef ref) const { return values[ref]; }
  const PickleValue& Root() const { return values[root]; }
};

// Protocols 2 to 5. `bytes` must outlive the answer. Memory used is proportional to bytes.size(),
// up to limits in pickle.cc.
Result<Pickle> ReadPickle(Bytes bytes);

}  // namespace aozora
