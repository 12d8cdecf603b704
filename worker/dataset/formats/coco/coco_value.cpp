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

}  // namespace

bool is_null(value& v) { return is_type(v, json_type::null); }
bool is_array(value& v) { return is_type(v, json_type::array); }
bool is_object(value& v) { return is_type(v, json_type::object); }

bool raw_text(value& v, std::string_view& out) { return simdjson::to_json_string(v).get(out) == simdjson::SUCCESS; }

bool read_integer(value& v, std::int64_t& out) {
  if (v.get_int64().get(out) == simdjson::SUCCESS) return true;
  double number = 0;
  const bool whole = is_type(v, json_type::number) && v.get_double().get(number) == simdjson::SUCCESS &&
                     number == std::floor(number) && std::abs(number) <= kExactIntegers;
  if (whole) out = static_cast<std::int64_t>(number);
  return whole;
}

bool read_number(value& v, double& out) { return v.get_double().get(out) == simdjson::SUCCESS; }

bool read_string(value& v, std::string& out) {
  std::string_view text;
  if (!is_type(v, json_type::string) || v.get_string().get(text) != simdjson::SUCCESS) return false;
  out.assign(text);
  return true;
}

bool read_flag(value& v, bool& flag, bool& given, bool& known) {
  std::string_view raw;
  if (is_type(v, json_type::boolean)) {
    if (!raw_text(v, raw) || (raw != "true" && raw != "false")) return false;
    flag = raw == "true";
    known = false;
    return true;
  }
  std::int64_t number = -1;
  if (!read_integer(v, number) || (number != 0 && number != 1)) return false;
  flag = number == 1;
  given = true;
  return true;
}

}  // namespace visionops::annotations
