#include "base/names.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/digest.h"

namespace visionops {

namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// The first `size` characters without a separator at the end.
std::string_view cut(std::string_view text, std::size_t size) {
  text = text.substr(0, size);
  while (!text.empty() && text.back() == '-') text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_dns_label(std::string_view name) {
  if (name.empty() || name.size() > 63) return false;
  if (!is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const auto dot = name.find('.');
    const auto part = name.substr(0, dot);
    // A subdomain bounds only the whole: its parts may be longer than a label.
    if (part.empty() || !is_alphanumeric(part.front()) || !is_alphanumeric(part.back())) return false;
    if (!std::all_of(part.begin(), part.end(), [](char c) { return is_alphanumeric(c) || c == '-'; })) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string child_name(std::string_view parent, std::string_view suffix, std::size_t limit) {
  std::string flat(parent);
  std::replace(flat.begin(), flat.end(), '.', '-');
  std::string name = flat + "-" + std::string(suffix);
  // "a.b" and "a-b" are two parents.
  if (name.size() <= limit && flat == parent) return name;
  const std::string tag = sha256_hex(parent).substr(0, 8);
  const std::size_t fixed = tag.size() + suffix.size() + 2;
  if (fixed < limit) {
    return std::string(cut(flat, limit - fixed)) + "-" + tag + "-" + std::string(suffix);
  }
  // The suffix alone does not fit: nothing of it is readable, so the whole is named by its digest.
  return sha256_hex(name).substr(0, std::min<std::size_t>(limit, 40));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, 64);
  b = b.substr(0, 64);
  std::array<std::size_t, 65> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace visionops
