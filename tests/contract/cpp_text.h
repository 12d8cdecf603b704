// C++ as text: without what the compiler does not read as code, and the functions that stand in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::contract_tests {

/// A letter, a digit or `_`.
bool is_word(char c);

/// Comments and the insides of string literals become spaces; lines stay where they are.
std::string without_comments(std::string_view text);

/// A function with a body. Lambdas are part of the function around them.
struct Function {
  std::string space;    ///< the namespaces and types around it that have a name, "a::b"
  std::string name;     ///< the last part: "run" of Machine::run, "operator==", "~Machine"
  bool member = false;  ///< defined inside of a type, or with the name of one before its own
  bool hidden =
      false;  ///< no member, and its file alone knows it: an anonymous namespace is around it, or it is static
  std::size_t line = 0;   ///< of its first word, behind `template <...>`
  std::size_t lines = 0;  ///< from there to the last brace
};

/// In their order. What macros make of a text is not seen, both sides of an #if are.
std::vector<Function> functions_of(std::string_view text);

}  // namespace visionops::contract_tests
