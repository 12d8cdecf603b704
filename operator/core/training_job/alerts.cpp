#include "operator/core/training_job/alerts.h"

#include <algorithm>

#include "base/text.h"
#include "operator/api/alert_rule.h"

namespace visionops::core {

std::vector<FiredAlert> evaluate_alerts(const std::vector<api::Alert>& alerts,
                                        const std::map<std::string, contract::MetricPoint>& latest,
                                        api::TrainingJobStatus& status) {
  std::vector<FiredAlert> fired;
  for (const auto& alert : alerts) {
    const auto rule = api::parse_alert_rule(alert.when);
    const auto point = rule ? latest.find(rule->metric) : latest.end();
    if (point == latest.end()) continue;
    if (!holds(*rule, point->second.value)) {
      status.alert_since.erase(alert.name);
      continue;
    }
    auto& since = status.alert_since.try_emplace(alert.name, point->second.epoch).first->second;
    since = std::min(since, point->second.epoch);  // a new attempt may repeat epochs
    auto& known = status.fired_alerts;
    const bool already = std::find(known.begin(), known.end(), alert.name) != known.end();
    if (already || point->second.epoch - since + 1 < rule->epochs) continue;
    known.push_back(alert.name);
    fired.push_back({&alert, alert.name + ": " + alert.when + " (" + rule->metric + " is " +
                                 short_number(point->second.value) + " in epoch " +
                                 std::to_string(point->second.epoch) + ")"});
  }
  return fired;
}

}  // namespace visionops::core
