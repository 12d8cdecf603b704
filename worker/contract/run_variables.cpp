#include "worker/contract/run_variables.h"

#include <algorithm>

#include "worker/contract/run_spec.h"

namespace visionops::contract {
namespace {

constexpr std::size_t kLongest = 96U << 10U;

std::string name_of(std::size_t part) { return part == 0 ? kRunEnv : kRunEnv + ("_" + std::to_string(part)); }

/// Not within a character.
std::size_t end_of_part(const std::string& text, std::size_t begin) {
  std::size_t end = std::min(text.size(), begin + kLongest);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> run_variables(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> out;
  std::size_t begin = 0;
  do {
    const std::size_t end = end_of_part(text, begin);
    out.emplace_back(name_of(out.size()), text.substr(begin, end - begin));
    begin = end;
  } while (begin < text.size());
  return out;
}

std::string run_text(const std::function<const char*(const char*)>& environment) {
  std::string out;
  for (std::size_t part = 0;; ++part) {
    const char* text = environment(name_of(part).c_str());
    if (text == nullptr || *text == '\0') return out;
    out += text;
  }
}

}  // namespace visionops::contract
