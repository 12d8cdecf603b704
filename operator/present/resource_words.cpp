#include "operator/present/resource_words.h"

#include <algorithm>

#include "operator/present/columns.h"

namespace visionops::commands {

namespace {

using cluster::Kind;

Result<Kind> kind_of(const std::string& word) {
  if (const auto kind = parse_kind(word)) return *kind;
  return invalid_error("unknown kind \"" + word + "\"; known: " + known_kind_words());
}

Result<ResourceWords> slashed(const std::vector<std::string>& words) {
  ResourceWords out;
  for (const auto& word : words) {
    const auto slash = word.find('/');
    if (slash == std::string::npos || slash + 1 == word.size()) {
      return invalid_error("\"" + word + "\": expected KIND/NAME, for example trainingjob/digits-detector");
    }
    const auto kind = kind_of(word.substr(0, slash));
    if (!kind) return kind.error();
    out.kinds.push_back(*kind);
    out.names.push_back(word.substr(slash + 1));
  }
  return out;
}

Result<std::vector<Kind>> listed(const std::string& word) {
  std::vector<Kind> kinds;
  for (std::size_t begin = 0; begin <= word.size();) {
    const auto end = std::min(word.find(',', begin), word.size());
    const auto kind = kind_of(word.substr(begin, end - begin));
    if (!kind) return kind.error();
    kinds.push_back(*kind);
    begin = end + 1;
  }
  return kinds;
}

}  // namespace

std::string known_kind_words() { return cluster::kind_plurals(cluster::kKindsWatchedEverywhere); }

std::string our_kind_words() {
  std::string words = cluster::kind_names(cluster::kOurKinds);
  std::ranges::transform(words, words.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return words;
}

Result<ResourceWords> parse_resource_words(const std::vector<std::string>& words) {
  ResourceWords out;
  if (words.empty()) return out;
  if (words.front().find('/') != std::string::npos) return slashed(words);
  auto kinds = listed(words.front());
  if (!kinds) return kinds.error();
  out.kinds = *std::move(kinds);
  out.names.assign(words.begin() + 1, words.end());
  if (out.names.empty()) return out;
  if (out.kinds.size() > 1) return invalid_error("names need one kind: KIND NAME..., or KIND/NAME...");
  out.kinds.resize(out.names.size(), out.kinds.front());
  return out;
}

Result<std::vector<cluster::ObjectKey>> parse_object_keys(const std::vector<std::string>& words,
                                                          const std::string& namespace_) {
  const auto parsed = parse_resource_words(words);
  if (!parsed) return parsed.error();
  if (parsed->names.empty()) {
    return invalid_error("a name is missing: KIND NAME or KIND/NAME, for example trainingjob/digits-detector");
  }
  std::vector<cluster::ObjectKey> keys;
  for (std::size_t i = 0; i < parsed->names.size(); ++i) {
    keys.push_back({parsed->kinds[i], namespace_, parsed->names[i]});
  }
  return keys;
}

}  // namespace visionops::commands
