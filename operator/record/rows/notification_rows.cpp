#include "base/clock.h"
#include "base/json.h"
#include "operator/record/rows/statement.h"

namespace visionops::record {

std::vector<Statement> notification_statements(const core::NotificationRecord& record) {
  static constexpr const char* kNotification = R"sql(
INSERT INTO visionops.notifications (kind, namespace, name, uid, run, alert, message, at)
SELECT r.kind, r.namespace, r.name, r.uid, r.run, r.alert, r.message, r.at
FROM jsonb_to_record($1::jsonb) AS r(kind text, namespace text, name text, uid text, run bigint, alert text,
                                     message text, at timestamptz)
ON CONFLICT DO NOTHING)sql";
  return {{kNotification, payload_text({{"kind", record.kind},
                                        {"namespace", record.namespace_},
                                        {"name", record.name},
                                        {"uid", record.uid},
                                        {"run", record.run},
                                        {"alert", record.alert},
                                        {"message", record.message},
                                        {"at", format_time_millis(record.at)}})}};
}

}  // namespace visionops::record
