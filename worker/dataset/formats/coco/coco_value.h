// Typed reading of single simdjson values. Internal to the COCO reader. False: the value is of another kind.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace visionops::annotations {

/// Also accepts whole numbers written as 7.0, as pandas does. Integers are exact to 64 bits.
bool read_integer(simdjson::ondemand::value& value, std::int64_t& out);
bool read_number(simdjson::ondemand::value& value, double& out);
bool read_string(simdjson::ondemand::value& value, std::string& out);
/// 0 or 1. For true and false `flag` is set and `known` cleared: the text is kept for the way back.
bool read_flag(simdjson::ondemand::value& value, bool& flag, bool& given, bool& known);

bool is_null(simdjson::ondemand::value& value);
bool is_array(simdjson::ondemand::value& value);
bool is_object(simdjson::ondemand::value& value);
/// The text of a value that has not been read yet, without white space around it.
bool raw_text(simdjson::ondemand::value& value, std::string_view& out);

}  // namespace visionops::annotations
