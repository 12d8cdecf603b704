// The fields of a struct with its type erased: reading, writing and the schema, compiled once for all structs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/any_field.h"

namespace visionops {

/// Key of a schema that lists its properties in the order of the table; docs read it, CRDs drop it.
inline constexpr const char* kPropertyOrder = "x-property-order";

/// `owner` is always an object of the struct that the fields were made for; Table<T> sees to that.
class AnyTable {
 public:
  AnyTable();
  AnyTable(AnyTable&& other) noexcept;
  AnyTable& operator=(AnyTable&&) = delete;
  ~AnyTable();

  void add(const AnyField& field);
  void add_rule(std::string_view cel, std::string_view message);
  void drop_default_texts();

  void decode(const Json& json, void* owner, const std::string& path, Problems& problems) const;
  void decode_tolerant(const Json& json, void* owner) const;
  Json encode(const void* owner) const;
  Json schema() const;

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
