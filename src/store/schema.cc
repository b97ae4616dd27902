// SPDX-License-Identifier: Apache-2.0
#include "store/schema.h"

#include "store/account_records.h"
#include "store/asset_records.h"
#include "store/audit_checkpoint.h"
#include "store/folder_records.h"
#include "store/job_records.h"
#include "store/mark_records.h"
#include "store/people_records.h"
#include "store/programme_records.h"

namespace aozora {

const Schema& ProductSchema() {
  static const Schema schema{.tables = {TableOf<PersonRecord>(),
                                        TableOf<KeyRecord>(),
                                        TableOf<SettingRecord>(),
                                        TableOf<AuditRecord>(),
                                        TableOf<AuditCheckpointRecord>(),
                                        TableOf<MarkRecord>(),
                                        TableOf<JobRecord>(),
                                        TableOf<EventRecord>(),
                                        TableOf<UsageRecord>(),
                                        TableOf<IdempotencyRecord>(),
                                        TableOf<FileRecord>(),
                                        TableOf<CharacterRecord>(),
                                        TableOf<BatchRecord>(),
                                        TableOf<BatchItemRecord>(),
                                        TableOf<WebhookEndpointRecord>(),
                                        TableOf<DeliveryRecord>(),
                                        TableOf<SessionRecord>(),
                                        TableOf<PasswordLinkRecord>(),
                                        TableOf<InvitationRecord>(),
                                        TableOf<TermsRecord>(),
                                        TableOf<TermsAcceptanceRecord>(),
                                        TableOf<ClipRecord>(),
                                        TableOf<FlagRecord>(),
                                        TableOf<FlagReasonRecord>(),
                                        TableOf<ReviewRecord>(),
                                        TableOf<ShareRecord>(),
                                        TableOf<FeedbackRecord>(),
                                        TableOf<FindingRecord>(),
                                        TableOf<CreditRecord>(),
                                        TableOf<GrantRecord>(),
                                        TableOf<ScreeningRecord>(),
                                        TableOf<FolderRecord>(),
                                        TableOf<FolderVideoRecord>()},
                             .conversions = {}};
  return schema;
}

}  // namespace aozora
