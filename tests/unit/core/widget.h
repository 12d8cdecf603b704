// A further kind, as small as one can be: what the run machine (core/run) needs of it, and nothing of the three real
// ones. A Widget counts the images of a folder.
#pragma once

#include <cstdint>
#include <string>

#include "operator/api/pipeline.h"
#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

struct WidgetSpec {
  std::string store;
  std::string path;
  bool suspend = false;
  std::optional<api::RetryPolicy> retry;
  std::optional<api::Deadlines> deadlines;
  std::optional<std::int64_t> ttl_seconds_after_finished;
};

struct WidgetStatus : api::RunStatus {
  std::int64_t images = 0;
};

struct Widget {
  api::ObjectMeta meta;
  WidgetSpec spec;
  WidgetStatus status;
  Problems problems;
};

struct WidgetObserved : RunObserved {
  Widget widget;
};
using WidgetDecision = DecisionOf<WidgetStatus>;

inline const Widget& resource_of(const WidgetObserved& o) { return o.widget; }
void validate(const WidgetSpec& spec, Problems& problems);
std::string spec_hash(const Widget& widget, const Problems& problems);

WidgetDecision reconcile(const WidgetObserved& observed);

}  // namespace visionops::core
