// The types of a field that hold one value and have no parts.
#pragma once

namespace visionops {

class ValueType;

const ValueType& bool_type();
const ValueType& double_type();
const ValueType& string_type();
/// Seconds in the API (metav1.Time). Milliseconds are dropped on the way out.
const ValueType& time_type();
/// Telemetry keeps milliseconds; metav1.Time does not.
const ValueType& precise_time_type();
/// Bounded to 64 KiB of text and 16 levels: it is kept as text and read again elsewhere.
const ValueType& free_map_type();

}  // namespace visionops
