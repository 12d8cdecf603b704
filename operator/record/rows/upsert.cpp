#include "operator/record/rows/upsert.h"

#include <charconv>

namespace visionops::record {
namespace {

bool is_stored(const ColumnSql& c) { return c.keep != Keep::NotStored; }
bool is_updated(const ColumnSql& c) { return is_stored(c) && c.keep != Keep::Fixed; }

std::string merged(const ColumnSql& c) {
  switch (c.keep) {
    case Keep::Known:
      return "coalesce(excluded." + c.name + ", t." + c.name + ")";
    case Keep::First:
      return "coalesce(t." + c.name + ", excluded." + c.name + ")";
    case Keep::ByRule:
      return c.rule;
    case Keep::Newest:
    case Keep::Fixed:
    case Keep::NotStored:
      break;
  }
  return "excluded." + c.name;
}

template <class Takes, class Text>
std::string listed(std::span<const ColumnSql> columns, Takes takes, Text text) {
  std::string out;
  for (const auto& c : columns) {
    if (takes(c)) out += (out.empty() ? "" : ", ") + text(c);
  }
  return out;
}

}  // namespace

Json version_json(const std::string& resource_version) {
  std::int64_t number = 0;
  const char* end = resource_version.data() + resource_version.size();
  const auto [stop, error] = std::from_chars(resource_version.data(), end, number);
  if (error != std::errc{} || stop != end) return nullptr;
  return number;
}

std::string record_sql(std::span<const ColumnSql> columns) {
  return "jsonb_to_record($1::jsonb) AS r(" +
         listed(
             columns, [](const ColumnSql& c) { return !c.type.empty(); },
             [](const ColumnSql& c) { return c.name + " " + c.type; }) +
         ")";
}

std::string upsert_sql(const UpsertTarget& target, std::span<const ColumnSql> columns) {
  const auto name = [](const ColumnSql& c) { return c.name; };
  const auto inserted = [](const ColumnSql& c) { return c.select.empty() ? "r." + c.name : c.select; };
  const auto set = [](const ColumnSql& c) { return c.name + " = " + merged(c); };
  const auto current = [](const ColumnSql& c) { return "t." + c.name; };
  return "INSERT INTO " + target.table + " AS t (" + listed(columns, is_stored, name) + ")\nSELECT " +
         listed(columns, is_stored, inserted) + "\nFROM " + record_sql(columns) + "\n" + target.joins +
         "\nON CONFLICT (" + target.key + ") DO UPDATE SET " + listed(columns, is_updated, set) +
         ", updated_at = now()\nWHERE (" + target.older_than + (target.older_than.empty() ? "" : " OR ") +
         "t.resource_version IS NULL OR excluded.resource_version >= t.resource_version)\n  AND (" +
         listed(columns, is_updated, current) + ") IS DISTINCT FROM (" + listed(columns, is_updated, merged) + ")";
}

std::string with_record(std::string text, std::string_view record) {
  static constexpr std::string_view kMark = "{record}";
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + record.size())) {
    text.replace(at, kMark.size(), record);
  }
  return text;
}

}  // namespace visionops::record
