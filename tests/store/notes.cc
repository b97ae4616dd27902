// SPDX-License-Identifier: Apache-2.0
#include "notes.h"

#include "store/store.h"

namespace aozora {
namespace {

Status FillLengths(Transaction& transaction) {
  for (const LongLineRecord& before : TRY(transaction.Select(Query<LongLineRecord>()))) {
    LongLineRecord after = before;
    after.length = static_cast<int64_t>(before.text.size());
    TRY(transaction.Change(before, after));
  }
  return Ok();
}

}  // namespace

Schema NotesSchema() {
  return {{TableOf<ShelfRecord>(), TableOf<NoteRecord>(), TableOf<LineRecord>()}, {}};
}

Schema NewerNotesSchema() {
  return {{TableOf<ShelfRecord>(), TableOf<NoteRecord>(), TableOf<LongLineRecord>()},
          {{3, FillLengths}}};
}

Schema BrokenNotesSchema() {
  Schema schema = NewerNotesSchema();
  schema.conversions[0].convert = [](Transaction& transaction) -> Status {
    TRY(FillLengths(transaction));
    return Error::Io("the conversion fails at its end");
  };
  return schema;
}

}  // namespace aozora
