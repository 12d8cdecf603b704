// Typed reading of single simdjson values, with messages for people. Internal to the COCO reader.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "worker/dataset/formats/coco/coco_element.h"

namespace visionops::annotations {

/// Also accepts whole numbers written as 7.0, as pandas does. Integers are exact to 64 bits.
std::optional<Fault> read_integer(simdjson::ondemand::value& value, const char* field, std::int64_t& out);
std::optional<Fault> read_number(simdjson::ondemand::value& value, const char* field, double& out);
std::optional<Fault> read_string(simdjson::ondemand::value& value, const char* field, std::string& out);
/// 0 or 1. For true and false `flag` is set and `known` cleared: the text is kept for the way back.
std::optional<Fault> read_flag(simdjson::ondemand::value& value, const char* field, bool& flag, bool& given,
                               bool& known);

bool is_null(simdjson::ondemand::value& value);
bool is_array(simdjson::ondemand::value& value);
bool is_object(simdjson::ondemand::value& value);
/// The text of a value that has not been read yet, without white space around it.
bool raw_text(simdjson::ondemand::value& value, std::string_view& out);

}  // namespace visionops::annotations
