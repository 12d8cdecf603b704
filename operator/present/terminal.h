// What a stream can show: how much room there is, and whether colours are wanted.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace visionops::commands {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

bool is_terminal(std::FILE* stream);
/// Of the terminal at this moment; 80 by 24 when it does not tell.
TerminalSize terminal_size(std::FILE* stream);
/// A terminal that is not "dumb", and no NO_COLOR (no-color.org).
bool wants_colours(std::FILE* stream);

enum class Colour { None, Green, Red, Yellow, Cyan, Dim };

/// The text between the sequences of the colour. The text itself must be escaped already.
std::string coloured(std::string_view text, Colour colour);

}  // namespace visionops::commands
