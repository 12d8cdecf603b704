// How a type travels as JSON, with the type erased: a table knows its members by an address and one of these.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/fields/problems.h"
#include "base/json_fwd.h"

namespace visionops {

/// One constant object a type, made by TypeOf (base/fields/value_types.h). The addresses are of objects of that type.
class ValueType {
 public:
  /// Total: fills what it can and lists what is wrong.
  virtual void decode(const Json& json, void* out, const std::string& path, Problems& problems) const = 0;
  virtual Json encode(const void* value) const = 0;
  /// Whether the value need not be written: it is as if nobody had set it.
  virtual bool absent(const void* value, const void* def) const = 0;
  virtual void assign(void* to, const void* from) const = 0;
  /// OpenAPI v3, structural as Kubernetes demands, without `default:`.
  virtual Json schema() const = 0;
  /// Empty: a default of this type has no text.
  virtual std::string default_text(const void* value) const;
  /// What the rules of structs refuse in the value or below it.
  virtual void check(const void* value, const std::string& path, Problems& problems) const;

 protected:
  constexpr ValueType() = default;
  ~ValueType() = default;
};

class AnyTable;

/// A document as text. Text that is no JSON is a problem at `path`.
void decode_text(const ValueType& type, const std::string& text, void* out, const std::string& path,
                 Problems& problems);
std::string encode_text(const ValueType& type, const void* value);

/// Integers of any width, as what they hold.
class IntegerType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  void assign(void* to, const void* from) const final;
  Json schema() const final;
  std::string default_text(const void* value) const final;

 protected:
  constexpr explicit IntegerType(bool wide) : wide_(wide) {}
  ~IntegerType() = default;
  virtual long long load(const void* value) const = 0;
  /// False when the number does not fit.
  virtual bool store(void* out, long long number) const = 0;

 private:
  bool wide_;  ///< more than 32 bits
};

/// Words of a closed set; a value is its place in the list of names.
class EnumType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  void assign(void* to, const void* from) const final;
  Json schema() const final;
  std::string default_text(const void* value) const final;

 protected:
  constexpr explicit EnumType(std::size_t size) : size_(size) {}
  ~EnumType() = default;
  virtual std::string_view name(std::size_t place) const = 0;
  virtual std::size_t load(const void* value) const = 0;
  virtual void store(void* out, std::size_t place) const = 0;

 private:
  std::string known() const;

  std::size_t size_;
};

class OptionalType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  Json schema() const final;
  void check(const void* value, const std::string& path, Problems& problems) const final;

 protected:
  constexpr OptionalType() = default;
  ~OptionalType() = default;
  virtual const ValueType& item() const = 0;
  virtual void* emplace(void* optional) const = 0;
  virtual const void* get(const void* optional) const = 0;  ///< null: empty
};

class ListType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  Json schema() const final;
  void check(const void* value, const std::string& path, Problems& problems) const final;

 protected:
  constexpr ListType() = default;
  ~ListType() = default;
  virtual const ValueType& item() const = 0;
  virtual void clear(void* list) const = 0;
  virtual void* append(void* list) const = 0;
  virtual std::size_t size(const void* list) const = 0;
  virtual const void* at(const void* list, std::size_t place) const = 0;
};

/// Keys are strings.
class MapType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  Json schema() const final;
  void check(const void* value, const std::string& path, Problems& problems) const final;

 protected:
  /// One entry of a map.
  struct Entry {
    const std::string* key = nullptr;  ///< null: behind the last one
    const void* value = nullptr;
  };

  constexpr MapType() = default;
  ~MapType() = default;
  virtual const ValueType& item() const = 0;
  virtual void clear(void* map) const = 0;
  virtual void* insert(void* map, const std::string& key) const = 0;
  /// The first entry whose key is greater than `*after`; the first of all for null.
  virtual Entry next(const void* map, const std::string* after) const = 0;
};

/// A struct with a table.
class StructType : public ValueType {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const final;
  Json encode(const void* value) const final;
  bool absent(const void* value, const void* def) const final;
  Json schema() const final;
  void check(const void* value, const std::string& path, Problems& problems) const final;

 protected:
  constexpr StructType() = default;
  ~StructType() = default;
  virtual const AnyTable& table() const = 0;
};

}  // namespace visionops
