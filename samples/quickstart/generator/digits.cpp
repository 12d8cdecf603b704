#include "samples/quickstart/generator/digits.h"

#include <zlib.h>

#include <charconv>
#include <memory>

namespace visionops::quickstart {

namespace {

Result<Digit> parse_row(const std::string& row, std::size_t line) {
  Digit digit;
  const char* at = row.data();
  const char* const end = row.data() + row.size();
  for (std::size_t column = 0; column < 65; ++column) {
    int value = -1;
    const auto [next, error] = std::from_chars(at, end, value);
    const int limit = column < 64 ? 16 : 9;
    if (error != std::errc{} || value < 0 || value > limit) {
      return invalid_error("line " + std::to_string(line) + ", column " + std::to_string(column + 1) +
                           ": expected a number from 0 to " + std::to_string(limit));
    }
    if (column < 64)
      digit.pixels[column] = static_cast<std::uint8_t>(value);
    else
      digit.label = value;
    at = next < end && *next == ',' ? next + 1 : next;
  }
  return digit;
}

}  // namespace

Result<std::vector<Digit>> load_digits(const std::string& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  if (!in) return not_found_error(file + ": cannot be opened");
  std::vector<Digit> digits;
  std::array<char, 1024> buffer{};
  while (gzgets(in.get(), buffer.data(), static_cast<int>(buffer.size())) != nullptr) {
    auto digit = parse_row(buffer.data(), digits.size() + 1);
    if (!digit) return digit.error().in(file);
    digits.push_back(*digit);
  }
  if (digits.empty()) return invalid_error(file + ": no rows");
  return digits;
}

}  // namespace visionops::quickstart
