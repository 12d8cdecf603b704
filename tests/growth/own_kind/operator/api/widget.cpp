#include "operator/api/widget.h"

#include "base/json.h"
#include "operator/api/resource_codec.h"

namespace visionops::api {

const Table<WidgetSpec>& WidgetSpec::fields() {
  static const Table<WidgetSpec> table{
      field("store", &WidgetSpec::store, "Store that holds the folder.").required().max_length(63),
      field("path", &WidgetSpec::path, "Folder inside the store.").required().max_length(512),
      field("suspend", &WidgetSpec::suspend, "Stops the work and keeps what there is.").steering(),
      field("retry", &WidgetSpec::retry, "How failed attempts are repeated.").steering(),
      field("deadlines", &WidgetSpec::deadlines, "How long an attempt may take.").steering(),
      field("ttlSecondsAfterFinished", &WidgetSpec::ttl_seconds_after_finished, "When finished Jobs are removed.")
          .unit("seconds")
          .min(0)
          .steering(),
  };
  return table;
}

const Table<WidgetStatus>& WidgetStatus::fields() {
  static const auto table = Table<WidgetStatus>{field("images", &WidgetStatus::images, "Number of images.")}
                                .extends(RunStatus::fields())
                                .reported();
  return table;
}

std::span<const Column<Widget>> Widget::columns() {
  static constexpr Column<Widget> kColumns[] = {
      {"Phase", "string", ".status.phase", "Where it stands.",
       [](const Widget& w) { return std::string(enum_name(w.status.phase)); }},
      {"Images", "integer", ".status.images", "Number of images.",
       [](const Widget& w) { return std::to_string(w.status.images); }},
  };
  return kColumns;
}

Widget decode_widget(const Json& json) { return decode_resource<Widget>(json); }
Json encode(const Widget& widget) { return encode_resource(widget); }
void validate(const WidgetSpec& /*spec*/, Problems& /*problems*/) {}

}  // namespace visionops::api
