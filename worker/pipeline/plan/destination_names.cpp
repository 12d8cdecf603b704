#include "worker/pipeline/plan/destination_names.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/digest.h"

namespace visionops::pipeline {
namespace {

constexpr std::size_t kMaxComponent = 255;
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxSuffix = 16;
/// Room for "-<number>" that a collision may add.
constexpr std::size_t kSpareBytes = 12;

/// Length of the UTF-8 sequence that starts at text[i], 0 when it is malformed (RFC 3629).
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const unsigned first = byte(i);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 && first <= 0xF4 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (first > 0xF4 || length == 0) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(i + 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

std::string safe_characters(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = utf8_length(text, i);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (length == 0 || byte < 0x20 || byte == 0x7F || byte == '\\') {
      out += '_';
      i += std::max<std::size_t>(length, 1);
      continue;
    }
    out.append(text.substr(i, length));
    i += length;
  }
  return out;
}

struct StemAndSuffix {
  std::string_view stem, suffix;  ///< suffix with its dot; both of the last component, stem with the folders
};

StemAndSuffix split_suffix(std::string_view path) {
  const auto slash = path.rfind('/');
  const auto dot = path.rfind('.');
  const bool has = dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash + 1) && dot != 0 &&
                   path.size() - dot <= kMaxSuffix;
  return has ? StemAndSuffix{path.substr(0, dot), path.substr(dot)} : StemAndSuffix{path, {}};
}

/// Cuts at a character boundary.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return text.substr(0, limit);
}

std::string shortened(std::string_view component, std::size_t limit) {
  if (component.size() <= limit) return std::string(component);
  const auto [stem, suffix] = split_suffix(component);
  const auto hash = "-" + sha256_hex(component).substr(0, 8);
  return std::string(cut(stem, limit - suffix.size() - hash.size())) + hash + std::string(suffix);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// What two images must not have in common.
std::string collision_key(std::string_view path, const annotations::ImageTextFile* image_file) {
  return lower(image_file != nullptr ? image_file->path_of(path) : path);
}

std::string numbered(const std::string& path, std::size_t number) {
  const auto [stem, suffix] = split_suffix(path);
  return std::string(stem) + "-" + std::to_string(number) + std::string(suffix);
}

/// Deals names: remembers which file names and which folders are taken.
class NameDealer {
 public:
  explicit NameDealer(const annotations::ImageTextFile* image_file) : image_file_(image_file) {}

  [[nodiscard]] bool free(const std::string& path) const {
    if (keys_.count(collision_key(path, image_file_)) || folders_.count(lower(path))) return false;
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      if (files_.count(lower(path.substr(0, slash)))) return false;
    }
    return true;
  }
  void take(const std::string& path) {
    keys_.insert(collision_key(path, image_file_));
    files_.insert(lower(path));
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      folders_.insert(lower(path.substr(0, slash)));
    }
  }

 private:
  const annotations::ImageTextFile* image_file_;
  std::unordered_set<std::string> keys_, files_, folders_;
};

}  // namespace

std::string safe_destination(std::string_view file_name) {
  std::string out;
  while (!file_name.empty()) {
    const auto slash = file_name.find('/');
    const auto component = file_name.substr(0, slash);
    file_name = slash == std::string_view::npos ? std::string_view{} : file_name.substr(slash + 1);
    if (component.empty() || component == "." || component == "..") continue;
    if (!out.empty()) out += '/';
    out += shortened(safe_characters(component), kMaxComponent - kSpareBytes);
  }
  if (out.rfind(kImagesFolder, 0) == 0) out = out.substr(kImagesFolder.size());
  if (out.empty()) out = "image";
  if (out.size() + kImagesFolder.size() + kSpareBytes > kMaxPath) {
    std::replace(out.begin(), out.end(), '/', '_');
    out = shortened(out, kMaxComponent - kSpareBytes);
  }
  return std::string(kImagesFolder) + out;
}

std::vector<Destination> destination_names(const std::vector<std::string>& file_names,
                                           const annotations::ImageTextFile* image_file) {
  std::vector<Destination> out;
  NameDealer dealer(image_file);
  std::vector<std::size_t> losers;
  std::unordered_map<std::string, std::size_t> first_claimant;
  std::unordered_map<std::string, std::size_t> next_number;
  for (std::size_t i = 0; i < file_names.size(); ++i) {
    const auto& name = file_names[i];
    std::string path = safe_destination(name);
    const bool as_wanted = path == name || path == std::string(kImagesFolder) + name;
    out.push_back({path, as_wanted ? "" : "the name is not safe as a file name"});
    if (!dealer.free(path)) {
      losers.push_back(i);
      continue;
    }
    dealer.take(path);
    first_claimant.emplace(collision_key(path, image_file), i);
  }
  for (const auto i : losers) {
    std::string& path = out[i].path;
    const auto owner = first_claimant.find(collision_key(path, image_file));
    out[i].reason = owner == first_claimant.end() ? "the name is that of a folder of other images"
                                                  : "the name belongs to " + out[owner->second].path;
    std::string base = path;
    if (owner == first_claimant.end()) {
      std::replace(base.begin() + static_cast<std::ptrdiff_t>(kImagesFolder.size()), base.end(), '/', '_');
    }
    // By what collides, not by the name: many spellings of one name would each count through the numbers of the others.
    auto& number = next_number.emplace(collision_key(base, image_file), 2).first->second;
    do {
      path = numbered(base, number++);
    } while (!dealer.free(path));
    dealer.take(path);
  }
  return out;
}

}  // namespace visionops::pipeline
