// The fields of a struct with its type erased: reading, writing and the schema, compiled once for all structs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields/any_field.h"

namespace visionops {

/// Key of a schema that lists its properties in the order of the table; docs read it, CRDs drop it.
inline constexpr const char* kPropertyOrder = "x-property-order";

/// `owner` is always an object of the struct that the fields were made for; Table<T> sees to that.
class AnyTable {
 public:
  AnyTable(AnyTable&& other) noexcept;
  AnyTable& operator=(AnyTable&&) = delete;
  ~AnyTable();

  /// OpenAPI v3 object schema, structural as Kubernetes demands, without `default:`.
  Json schema() const;
  [[nodiscard]] std::string schema_text() const;
  /// Names of the fields that say how a run is driven, not what it makes.
  [[nodiscard]] std::vector<std::string> steering() const;

  void decode_any(const Json& json, void* owner, const std::string& path, Problems& problems) const;
  void decode_tolerant_any(const Json& json, void* owner) const;
  /// Text of a writer that may be newer: members that this table does not know are dropped.
  void decode_newer_text(const std::string& text, void* owner, const std::string& path, Problems& problems) const;
  Json encode_any(const void* owner) const;
  void check_any(const void* owner, const std::string& path, Problems& problems) const;

 protected:
  AnyTable();
  void add(const AnyField& field);
  /// Puts the fields of `base` in front; a struct and what it begins with have one address.
  void begin_with(const AnyTable& base);
  void add_rule(std::string_view cel, std::string_view message, Problems (*faults)(const void* owner));
  void drop_default_texts();

 private:
  struct SchemaCache;

  void decode_known(const Json& json, void* owner, const std::string& path, Problems& problems) const;
  void refuse_unknown(const Json& json, const std::string& path, Problems& problems) const;
  const Json& cached_schema() const;
  [[nodiscard]] bool knows(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

  std::vector<AnyField> fields_;
  std::vector<CelRule> rules_;
  std::unique_ptr<SchemaCache> cache_;
};

}  // namespace visionops
