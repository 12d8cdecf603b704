// Which metrics have become no numbers. A value that was none and is one again is forgotten: a loss that recovered.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace visionops::framework {

inline constexpr std::size_t kMaxEvidence = 4096;  ///< bytes of a line that proves something

/// Readable, trimmed, cut to kMaxEvidence.
std::string evidence_of(std::string_view line);

/// A value that is no number, and what told it first.
struct NotANumber {
  std::string line;  ///< of the log; empty: a file told it
  std::string row;   ///< of the file
  std::int64_t order = 0;
};

class MetricHealth {
 public:
  /// True: the metric became no number with this value.
  bool look_at(std::string_view name, double value, std::string_view line, std::string_view row);
  /// The oldest of the losses and norms whose newest value is no number; nullptr: all are sound.
  [[nodiscard]] const NotANumber* not_a_number() const;

 private:
  std::map<std::string, NotANumber, std::less<>> broken_;
  std::int64_t order_ = 0;
};

}  // namespace visionops::framework
