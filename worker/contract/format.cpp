#include "worker/contract/format.h"

#include "base/fields/field_doc.h"
#include "base/fields/value_types.h"
#include "base/json.h"

namespace visionops {

std::optional<Format> Format::find(std::string_view name) {
  for (const auto& info : contract::formats()) {
    if (info.name == name) return Format(info.name);
  }
  return std::nullopt;
}

namespace contract {

bool can_read(Format format) {
  for (const auto& info : formats()) {
    if (info.name == format.name()) return info.reads;
  }
  return false;
}

std::string format_names(bool FormatInfo::*which) {
  std::string names;
  for (const auto& info : formats()) {
    if (info.*which) names += (names.empty() ? "" : ", ") + std::string(info.name);
  }
  return names;
}

}  // namespace contract

/// The words of the formats that `which` says (nullptr: all), as a type of fields.
struct FormatWords {
  bool contract::FormatInfo::*which;

  [[nodiscard]] bool offer(const contract::FormatInfo& info) const { return which == nullptr || info.*which; }

  void decode(const Json& j, Format& out, const std::string& p, Problems& problems) const {
    std::string known;
    for (const auto& info : contract::formats()) {
      if (!offer(info)) continue;
      if (j.is_string() && j.get_ref<const std::string&>() == info.name) {
        out = Format(info.name);
        return;
      }
      known += (known.empty() ? "" : ", ") + std::string(info.name);
    }
    problems.push_back({p, j.is_string() ? quoted(j.get_ref<const std::string&>()) + " is not one of " + known
                                         : type_message(("one of " + known).c_str(), j)});
  }

  [[nodiscard]] Json schema() const {
    Json s{{"type", "string"}, {"enum", Json::array()}};
    for (const auto& info : contract::formats()) {
      if (offer(info)) s["enum"].push_back(std::string(info.name));
    }
    return s;
  }
};

namespace {

template <class F, bool contract::FormatInfo::*which>
class FormatType final : public Assignable<F, ValueType> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    FormatWords{which}.decode(j, *static_cast<F*>(out), p, problems);
  }
  Json encode(const void* value) const override { return default_text(value); }
  bool absent(const void* value, const void* def) const override {
    return *static_cast<const F*>(value) == *static_cast<const F*>(def);
  }
  Json schema() const override { return FormatWords{which}.schema(); }
  std::string default_text(const void* value) const override {
    return std::string(static_cast<const F*>(value)->name());
  }
};

}  // namespace

const ValueType& TypeOf<Format>::get() { return type_object<FormatType<Format, nullptr>>; }
const ValueType& TypeOf<ReadFormat>::get() { return type_object<FormatType<ReadFormat, &contract::FormatInfo::reads>>; }
const ValueType& TypeOf<WrittenFormat>::get() {
  return type_object<FormatType<WrittenFormat, &contract::FormatInfo::writes>>;
}

}  // namespace visionops
