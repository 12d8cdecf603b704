#include "operator/commands/object_output.h"

#include <algorithm>
#include <iostream>

#include "base/cli/program.h"
#include "base/cli/safe_streams.h"
#include "base/json.h"
#include "base/text.h"
#include "base/yaml/yaml_emit.h"
#include "operator/present/columns.h"

namespace visionops::commands {

namespace {

constexpr std::string_view kPathWord = "jsonpath=";

Json tree_of(const std::vector<cluster::Object>& objects, bool single) {
  if (single && objects.size() == 1) return cluster::encode(objects.front());
  Json list{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array()}};
  for (const auto& object : objects) list["items"].push_back(cluster::encode(object));
  return list;
}

TableRow with_place(TableRow row, const std::string& place, bool wanted) {
  if (wanted) row.insert(row.begin(), place);
  return row;
}

/// A table for each kind, in the order of the first object of a kind.
void print_tables(const std::vector<cluster::Object>& objects, const ObjectOutput& output, TimePoint now) {
  const bool wide = output.form == ObjectOutput::Form::Wide;
  std::vector<std::pair<cluster::Kind, std::vector<TableRow>>> tables;
  for (const auto& object : objects) {
    auto row = output.standstill ? halted_row_of(object, *output.standstill, now, wide) : row_of(object, now, wide);
    const auto kind = cluster::kind_of(object);
    auto table = std::ranges::find(tables, kind, [](const auto& t) { return t.first; });
    if (table == tables.end()) table = tables.insert(table, {kind, {}});
    table->second.push_back(with_place(std::move(row), cluster::meta_of(object).namespace_, output.with_namespace));
  }
  for (const auto& [kind, rows] : tables) {
    if (kind != tables.front().first) std::cout << "\n";
    const TableRow head =
        output.headers ? with_place(header_of(kind, wide), "NAMESPACE", output.with_namespace) : TableRow{};
    for (const auto& line : format_table(head, rows)) std::cout << line << "\n";
  }
}

}  // namespace

std::string full_resource_name(const cluster::ObjectKey& key) {
  const std::string kind = lower(kind_name(key.kind));
  const auto group = cluster::row_of(key.kind).group();
  return kind + (group.empty() ? "" : "." + std::string(group)) + "/" + key.name;
}

const std::vector<std::string>& ObjectOutput::words() {
  static const std::vector<std::string> all{"wide", "name", "json", "yaml", "jsonpath=TEMPLATE"};
  return all;
}

Result<ObjectOutput> ObjectOutput::of(const std::string& text) {
  ObjectOutput output;
  if (text.starts_with(kPathWord)) {
    auto path = JsonPath::parse(text.substr(kPathWord.size()));
    if (!path) return path.error();
    output.form = Form::Path;
    output.path = *std::move(path);
    return output;
  }
  static const std::vector<std::pair<std::string, Form>> forms{
      {"", Form::Table}, {"wide", Form::Wide}, {"name", Form::Name}, {"json", Form::Json}, {"yaml", Form::Yaml}};
  const auto found = std::ranges::find(forms, text, [](const auto& f) { return f.first; });
  if (found == forms.end())
    return invalid_error("-o: \"" + text + "\" is none of " + join(words()) + cli::suggestion(text, words()));
  output.form = found->second;
  return output;
}

void ObjectOutput::print(const std::vector<cluster::Object>& stored, TimePoint now) const {
  if (is_table()) return print_tables(stored, *this, now);
  auto objects = stored;
  if (standstill) {
    for (auto& object : objects) object = as_halted(std::move(object), *standstill);
  }
  switch (form) {
    case Form::Json:
      cli::machine_output() << tree_of(objects, single).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
      return;
    case Form::Yaml:
      std::cout << to_yaml(tree_of(objects, single));
      return;
    case Form::Path:
      std::cout << path->print(tree_of(objects, single));
      return;
    case Form::Name:
      for (const auto& object : objects) std::cout << full_resource_name(cluster::key_of(object)) << "\n";
      return;
    default:
      return;
  }
}

}  // namespace visionops::commands
