// Lines that tell why a training failed, whatever the framework. One table, in the order in which they are believed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "worker/contract/failure_class.h"

namespace visionops::framework {

/// Where a rule may match.
enum class Place : std::uint8_t {
  Raised,    ///< the exception that ended a process, or its message: others may have caught the same
  Anywhere,  ///< any line: who says this does not go on
};

struct GeneralRule {
  std::string_view match;  ///< RE2, anywhere in the text
  contract::FailureClass value;
  Place place = Place::Raised;
  std::string_view hint = {};  ///< empty: that of the class
  bool lost = false;           ///< the process may live on without going on
};

std::span<const GeneralRule> general_rules();

/// What is worth a word to people although the run goes on.
std::span<const std::string_view> warning_rules();

}  // namespace visionops::framework
