// -o of `visionops get`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/present/json_path.h"
#include "operator/present/standstill.h"

namespace visionops::commands {

struct ObjectOutput {
  enum class Form { Table, Wide, Name, Json, Yaml, Path } form = Form::Table;
  std::optional<JsonPath> path;
  bool with_namespace = false;
  bool headers = true;
  std::optional<Standstill> standstill;  ///< objects are shown as they are without a process
  bool single = false;                   ///< one object was named: no list around it

  /// "wide", "name", "json", ...: what --help and completion offer.
  static const std::vector<std::string>& words();
  /// Empty: a table. Invalid, with a suggestion, for other words.
  static Result<ObjectOutput> of(const std::string& text);

  [[nodiscard]] bool is_table() const { return form == Form::Table || form == Form::Wide; }
  void print(const std::vector<cluster::Object>& stored, TimePoint now) const;
};

/// "dataset.visionops.dev/street-v1"; "pod/a" of the group without a name.
std::string full_resource_name(const cluster::ObjectKey& key);

}  // namespace visionops::commands
