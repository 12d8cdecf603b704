// Widget: counts the images of a folder (of the growth test).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "operator/api/column.h"
#include "operator/api/object_meta.h"
#include "operator/api/pipeline.h"
#include "operator/api/run_status.h"

namespace visionops::api {

struct WidgetSpec {
  std::string store;
  std::string path;
  bool suspend = false;
  std::optional<RetryPolicy> retry;
  std::optional<Deadlines> deadlines;
  std::optional<std::int64_t> ttl_seconds_after_finished;

  static const Table<WidgetSpec>& fields();
};

struct WidgetStatus : RunStatus {
  std::int64_t images = 0;

  static const Table<WidgetStatus>& fields();
};

struct Widget {
  ObjectMeta meta;
  WidgetSpec spec;
  WidgetStatus status;
  Problems problems;

  static constexpr ResourceKind kKind{"Widget", "widgets", "vwg", "Widget counts the images of a folder."};
  static std::span<const Column<Widget>> columns();
};

Widget decode_widget(const Json& json);
Json encode(const Widget& widget);
void validate(const WidgetSpec& spec, Problems& problems);

}  // namespace visionops::api
