// SPDX-License-Identifier: Apache-2.0
#include "store/schema.h"

#include "store/asset_records.h"
#include "store/audit_checkpoint.h"
#include "store/job_records.h"
#include "store/mark_records.h"
#include "store/people_records.h"

namespace aozora {

const Schema& ProductSchema() {
  static const Schema schema{
      .tables = {TableOf<PersonRecord>(), TableOf<KeyRecord>(), TableOf<SettingRecord>(),
                 TableOf<AuditRecord>(), TableOf<AuditCheckpointRecord>(), TableOf<MarkRecord>(), TableOf<JobRecord>(),
                 TableOf<EventRecord>(), TableOf<UsageRecord>(), TableOf<IdempotencyRecord>(),
                 TableOf<FileRecord>(), TableOf<CharacterRecord>(), TableOf<BatchRecord>(),
                 TableOf<BatchItemRecord>(), TableOf<WebhookEndpointRecord>(),
                 TableOf<DeliveryRecord>()},
      .conversions = {}};
  return schema;
}

}  // namespace aozora
