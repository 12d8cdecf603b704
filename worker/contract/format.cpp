#include "worker/contract/format.h"

#include "worker/contract/format_codec.h"

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

namespace {

bool offers(const contract::FormatInfo& info, bool contract::FormatInfo::*which) {
  return which == nullptr || info.*which;
}

}  // namespace

void FormatNames::decode(const Json& j, Format& out, const std::string& p, Problems& problems, Which which) {
  std::string known;
  for (const auto& info : contract::formats()) {
    if (!offers(info, which)) continue;
    if (j.is_string() && j.get_ref<const std::string&>() == info.name) {
      out = Format(info.name);
      return;
    }
    known += (known.empty() ? "" : ", ") + std::string(info.name);
  }
  problems.push_back({p, j.is_string() ? quoted(j.get_ref<const std::string&>()) + " is not one of " + known
                                       : type_message(("one of " + known).c_str(), j)});
}

Json FormatNames::schema(Which which) {
  Json s{{"type", "string"}, {"enum", Json::array()}};
  for (const auto& info : contract::formats()) {
    if (offers(info, which)) s["enum"].push_back(std::string(info.name));
  }
  return s;
}

}  // namespace visionops
