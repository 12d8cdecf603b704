#include "base/fields/scalar_types.h"

#include "base/clock.h"
#include "base/fields/field_doc.h"
#include "base/fields/fields.h"
#include "base/fields/value_type.h"
#include "base/json.h"

namespace visionops {

namespace {

/// What a type with one value has in common with the others.
template <class T>
class Scalar : public ValueType {
 public:
  bool absent(const void* value, const void* def) const override { return as(value) == as(def); }
  void assign(void* to, const void* from) const final { *static_cast<T*>(to) = as(from); }

 protected:
  constexpr Scalar() = default;
  ~Scalar() = default;
  static const T& as(const void* value) { return *static_cast<const T*>(value); }
};

class Bool final : public Scalar<bool> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    if (!j.is_boolean()) {
      problems.push_back({p, type_message("true or false", j)});
      return;
    }
    *static_cast<bool*>(out) = j.get<bool>();
  }
  Json encode(const void* v) const override { return as(v); }
  Json schema() const override { return {{"type", "boolean"}}; }
  std::string default_text(const void* v) const override { return as(v) ? "true" : "false"; }
};

/// Absent is exact: "unchanged", not "near".
class Double final : public Scalar<double> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    if (!j.is_number()) {
      problems.push_back({p, type_message("a number", j)});
      return;
    }
    *static_cast<double*>(out) = j.get<double>();
  }
  Json encode(const void* v) const override { return as(v); }
  Json schema() const override { return {{"type", "number"}, {"format", "double"}}; }
  std::string default_text(const void* v) const override { return as(v) == 0 ? "0" : Json(as(v)).dump(); }
};

class String final : public Scalar<std::string> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    if (!j.is_string()) {
      problems.push_back({p, type_message("a string", j)});
      return;
    }
    *static_cast<std::string*>(out) = j.get<std::string>();
  }
  Json encode(const void* v) const override { return as(v); }
  bool absent(const void* v, const void* def) const override { return as(v).empty() || as(v) == as(def); }
  Json schema() const override { return {{"type", "string"}}; }
};

class Time final : public Scalar<TimePoint> {
 public:
  constexpr explicit Time(std::string (*format)(TimePoint)) : format_(format) {}
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    const auto t = j.is_string() ? parse_time(j.get_ref<const std::string&>()) : std::nullopt;
    if (!t) {
      problems.push_back({p, type_message("an RFC 3339 time", j)});
      return;
    }
    *static_cast<TimePoint*>(out) = *t;
  }
  Json encode(const void* v) const override { return format_(as(v)); }
  Json schema() const override { return {{"type", "string"}, {"format", "date-time"}}; }

 private:
  std::string (*format_)(TimePoint);
};

class Free final : public Scalar<FreeMap> {
 public:
  void decode(const Json& j, void* out, const std::string& p, Problems& problems) const override {
    if (!j.is_object()) {
      problems.push_back({p, type_message("a mapping", j)});
      return;
    }
    if (!within_depth(j, kMaxDepth)) {
      problems.push_back({p, "is nested deeper than 16 levels"});
      return;
    }
    std::string text = dump_json(j);
    if (text.size() > kMaxBytes) {
      problems.push_back({p, "is larger than 64 KiB"});
      return;
    }
    static_cast<FreeMap*>(out)->json = std::move(text);
  }
  Json encode(const void* v) const override {
    const std::string& text = as(v).json;
    auto json = text.empty() ? Result<Json>(Json::object()) : parse_json(text);
    return json.ok() && json->is_object() ? std::move(*json) : Json::object();
  }
  bool absent(const void* v, const void*) const override { return as(v).json.empty(); }
  Json schema() const override { return {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}; }

 private:
  static constexpr std::size_t kMaxBytes = 64 * 1024;
  static constexpr std::size_t kMaxDepth = 16;
};

constexpr Bool kBool;
constexpr Double kDouble;
constexpr String kString;
constexpr Time kTime{format_time};
constexpr Time kPreciseTime{format_time_millis};
constexpr Free kFree;

}  // namespace

const ValueType& bool_type() { return kBool; }
const ValueType& double_type() { return kDouble; }
const ValueType& string_type() { return kString; }
const ValueType& time_type() { return kTime; }
const ValueType& precise_time_type() { return kPreciseTime; }
const ValueType& free_map_type() { return kFree; }

}  // namespace visionops
