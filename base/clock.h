// Time as an input. Pure code receives a TimePoint; only shells own a Clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace visionops {

/// UTC with millisecond resolution: the resolution of everything VisionOps writes down.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

/// One of the few virtual edges. now() may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

/// RFC 3339 in UTC with whole seconds ("2026-11-21T02:34:40Z"), as metav1.Time writes it.
std::string format_time(TimePoint t);
/// RFC 3339 in UTC with milliseconds, for history rows and telemetry.
std::string format_time_millis(TimePoint t);
/// Accepts RFC 3339 with optional fraction and numeric offset; nullopt when malformed.
std::optional<TimePoint> parse_time(std::string_view text);
/// "45s", "12m", "3h4m", "2d5h": the AGE and DURATION style of kubectl. Negative counts as zero.
std::string format_age(Duration d);

}  // namespace visionops
