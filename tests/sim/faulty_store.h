// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "store/store.h"

namespace aozora {

enum class Fault {
  kNone,
  kRefused,     // the transaction never begins
  kNoCommit,    // all of it ran, and was rolled back
  kLostAnswer,  // it is committed, and nobody hears of it
};

// A store that fails once, when told to. Reads always work.
class StoreWrapper final : public Store {
 public:
  explicit StoreWrapper(Store& inner) : inner_(inner) {}

  void FailNext(Fault fault) { fault_ = fault; }
  Status Backup(const std::filesystem::path& target) override { return inner_.Backup(target); }

 protected:
  Status RunRead(FunctionRef<Status(Transaction&)> fn) override { return inner_.RunRead(fn); }

  Status RunWrite(FunctionRef<Status(Transaction&)> fn) override {
    const Fault fault = std::exchange(fault_, Fault::kNone);
    if (fault == Fault::kRefused) return Error::Io("simulated: no transaction");
    const Status status = inner_.RunWrite([&](Transaction& transaction) -> Status {
      TRY(fn(transaction));
      if (fault == Fault::kNoCommit) return Error::Io("simulated: no commit");
      return Ok();
    });
    if (status.ok() && fault == Fault::kLostAnswer) return Error::Io("simulated: no answer");
    return status;
  }

 private:
  Store& inner_;
  Fault fault_ = Fault::kNone;
};

}  // namespace aozora
