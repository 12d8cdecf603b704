// What others wrote (names, file names, values, logs) can hold sequences that a terminal obeys. While SafeStreams
// lives, std::cout and std::cerr show them escaped, so that no place of the program has to think of it.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace visionops::cli {

/// Passes on what is text for people (UTF-8, newline, tab); bytes that are not, control characters and those that turn
/// the direction of writing become "\x1b", "\u202e". Thread-safe.
std::string escaped(std::string_view text);

/// Escapes the two streams; process-wide, one at a time.
class SafeStreams {
 public:
  SafeStreams();
  ~SafeStreams();
  SafeStreams(const SafeStreams&) = delete;
  SafeStreams& operator=(const SafeStreams&) = delete;

 private:
  class Escaping;
  std::unique_ptr<Escaping> out_;
  std::unique_ptr<Escaping> err_;
};

/// std::cout as it was: for JSON, whose readers must have every byte, and whose writer escapes controls by itself.
std::ostream& machine_output();

/// std::cerr and std::cout as they were, for what this program draws itself: colours, progress bars.
std::ostream& drawn_errors();
std::ostream& drawn_output();

}  // namespace visionops::cli
