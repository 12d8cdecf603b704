#include "worker/dataset/formats/coco/coco_value.h"

#include <cmath>

namespace visionops::annotations {

namespace {

using simdjson::ondemand::json_type;
using simdjson::ondemand::value;

bool is_type(value& v, json_type wanted) {
  json_type type{};
  return v.type().get(type) == simdjson::SUCCESS && type == wanted;
}

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

/// "expected an integer, got "12"", with at most 40 characters of what stands there.
Fault wrong_type(value& v, const char* field, const char* expected) {
  std::string_view raw;
  std::string got = raw_text(v, raw) ? std::string(raw.substr(0, 40)) : "nothing";
  if (raw.size() > 40) got += "...";
  return {field, std::string("expected ") + expected + ", got " + got};
}

}  // namespace

bool is_null(value& v) { return is_type(v, json_type::null); }
bool is_array(value& v) { return is_type(v, json_type::array); }
bool is_object(value& v) { return is_type(v, json_type::object); }

bool raw_text(value& v, std::string_view& out) { return simdjson::to_json_string(v).get(out) == simdjson::SUCCESS; }

std::optional<Fault> read_integer(value& v, const char* field, std::int64_t& out) {
  if (v.get_int64().get(out) == simdjson::SUCCESS) return std::nullopt;
  double number = 0;
  const bool whole = is_type(v, json_type::number) && v.get_double().get(number) == simdjson::SUCCESS &&
                     number == std::floor(number) && std::abs(number) <= kExactIntegers;
  if (!whole) return wrong_type(v, field, "an integer");
  out = static_cast<std::int64_t>(number);
  return std::nullopt;
}

std::optional<Fault> read_number(value& v, const char* field, double& out) {
  if (v.get_double().get(out) == simdjson::SUCCESS) return std::nullopt;
  return wrong_type(v, field, "a number");
}

std::optional<Fault> read_string(value& v, const char* field, std::string& out) {
  std::string_view text;
  if (!is_type(v, json_type::string)) return wrong_type(v, field, "a string");
  if (v.get_string().get(text) != simdjson::SUCCESS) return Fault{field, "malformed string"};
  out.assign(text);
  return std::nullopt;
}

std::optional<Fault> read_flag(value& v, const char* field, bool& flag, bool& given, bool& known) {
  std::string_view raw;
  if (is_type(v, json_type::boolean) && raw_text(v, raw) && (raw == "true" || raw == "false")) {
    flag = raw == "true";
    known = false;
    return std::nullopt;
  }
  std::int64_t number = -1;
  if (auto fault = read_integer(v, field, number)) return fault;
  if (number != 0 && number != 1) return Fault{field, "expected 0 or 1, got " + std::to_string(number)};
  flag = number == 1;
  given = true;
  return std::nullopt;
}

}  // namespace visionops::annotations
