// One field of a struct with its type erased, so that all there is to do with fields is compiled once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/field_doc.h"
#include "base/json_fwd.h"

namespace visionops {

/// What a table asks of the type of a member; one constant object a type (base/field_table.h, value_type).
struct ValueType {
  void (*decode)(const Json& json, void* out, const std::string& path, Problems& problems);
  Json (*encode)(const void* value);
  bool (*absent)(const void* value, const void* def);
  void (*assign)(void* to, const void* from);
  Json (*schema)();
  std::string (*default_text)(const void* value);  ///< null: a default has no text
};

class AnyField {
 public:
  FieldDoc doc;

  /// `member` lies in `owner`, a struct with its defaults; both outlive the field.
  AnyField(const ValueType& type, const void* owner, const void* member, const char* name, const char* doc);
  AnyField(const AnyField& other);
  AnyField(AnyField&& other) noexcept;
  AnyField& operator=(const AnyField&) = delete;
  ~AnyField();

  /// Reads a value that is there and checks its bounds once it is well typed.
  void decode(const Json& json, void* owner, const std::string& path, Problems& problems) const;
  /// Reads without bounds.
  void read(const Json& json, void* owner, const std::string& path, Problems& problems) const;
  /// nullopt when the value is absent and need not be written.
  std::optional<Json> encode(const void* owner) const;
  /// Puts the member back to the struct's default.
  void reset(void* owner) const;
  Json schema() const;

 protected:
  void set_pattern(std::string_view re, std::string_view words);
  void set_items(std::size_t max_length, std::string_view re, std::string_view words);
  void set_keys(std::string_view re, std::string_view words);
  void add_rule(std::string_view cel, std::string_view message);
  void set_shape(Json (*make)()) { shape_ = make; }

 private:
  [[nodiscard]] void* member_of(void* owner) const { return static_cast<std::byte*>(owner) + offset_; }
  [[nodiscard]] const void* member_of(const void* owner) const {
    return static_cast<const std::byte*>(owner) + offset_;
  }

  const ValueType* type_;
  const void* default_;    ///< the member in the struct of defaults
  std::ptrdiff_t offset_;  ///< bytes from the start of the struct to the member
  Json (*shape_)();
};

}  // namespace visionops
