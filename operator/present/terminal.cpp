#include "operator/present/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace visionops::commands {
namespace {

std::string_view sequence(Colour colour) {
  switch (colour) {
    case Colour::None:
      return "";
    case Colour::Green:
      return "\x1b[32m";
    case Colour::Red:
      return "\x1b[31m";
    case Colour::Yellow:
      return "\x1b[33m";
    case Colour::Cyan:
      return "\x1b[36m";
    case Colour::Dim:
      return "\x1b[2m";
  }
  return "";
}

std::string_view environment_text(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? "" : value;
}

}  // namespace

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

TerminalSize terminal_size(std::FILE* stream) {
  winsize size{};
  TerminalSize out;
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0) return out;
  if (size.ws_col > 0) out.columns = size.ws_col;
  if (size.ws_row > 0) out.rows = size.ws_row;
  return out;
}

bool wants_colours(std::FILE* stream) {
  return is_terminal(stream) && environment_text("NO_COLOR").empty() && environment_text("TERM") != "dumb";
}

std::string coloured(std::string_view text, Colour colour) {
  if (colour == Colour::None) return std::string(text);
  return std::string(sequence(colour)) + std::string(text) + "\x1b[0m";
}

}  // namespace visionops::commands
