#include "tests/sim/end_state.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>

#include "base/json.h"
#include "operator/runtime/cache/kinds.h"

namespace visionops::sim {
namespace {

const std::set<std::string> kAlwaysHidden{"resourceVersion", "duration", "telemetryAt", "lastTransitionTime"};
const std::set<std::string> kHiddenWithAttempts{"attempt", "countedFailures", "failure", "failedAttempts",
                                                "message", "generation",      "retryAt", "gpu",
                                                "eta",     "etaSeconds"};

void hide(Json& json, const EndStateMask& mask) {
  if (json.is_array()) {
    for (auto& element : json) hide(element, mask);
  }
  if (!json.is_object()) return;
  for (auto it = json.begin(); it != json.end();) {
    if (kAlwaysHidden.contains(it.key()) || (mask.attempts && kHiddenWithAttempts.contains(it.key()))) {
      it = json.erase(it);
    } else {
      hide(*it, mask);
      ++it;
    }
  }
}

/// Length of "2026-11-21T02:34:40Z" (with or without a fraction) or "uid-17" at the start of `text`; else 0.
std::size_t varying_length(std::string_view text) {
  const auto digits = [&](std::size_t from) {
    std::size_t n = 0;
    while (from + n < text.size() && text[from + n] >= '0' && text[from + n] <= '9') ++n;
    return n;
  };
  if (text.starts_with("uid-") && digits(4) > 0) return 4 + digits(4);
  if (digits(0) != 4 || text.size() < 20 || text[4] != '-' || text[10] != 'T' || text[13] != ':') return 0;
  const std::size_t end = text.find('Z', 18);
  return end == std::string_view::npos || end > 30 ? 0 : end + 1;
}

std::string normalised(const cluster::Object& object, const EndStateMask& mask) {
  Json json = cluster::encode(object);
  hide(json, mask);
  const std::string text = json.dump(1);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t skip = varying_length(std::string_view(text).substr(at));
    out += skip > 0 ? '*' : text[at];
    at += std::max<std::size_t>(skip, 1);
  }
  return out;
}

std::string first_differing_lines(const std::string& expected, const std::string& actual) {
  std::istringstream a(expected);
  std::istringstream b(actual);
  std::string x;
  std::string y;
  std::string out;
  int shown = 0;
  while (shown < 6) {
    const bool more_a = static_cast<bool>(std::getline(a, x));
    const bool more_b = static_cast<bool>(std::getline(b, y));
    if (!more_a && !more_b) break;
    if (!more_a) x = "(end)";
    if (!more_b) y = "(end)";
    if (x == y) continue;
    out += "    expected " + x + "\n    actual   " + y + "\n";
    ++shown;
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> end_state(const local::ObjectStore& store, EndStateMask mask) {
  std::map<std::string, std::string> state;
  for (const auto kind : runtime::kWatchedKinds) {
    if (mask.attempts && !runtime::is_owner_kind(kind)) continue;
    for (const auto& object : store.view(kind)) {
      state.emplace(to_string(cluster::key_of(*object)), normalised(*object, mask));
    }
  }
  return state;
}

std::string difference(const std::map<std::string, std::string>& expected,
                       const std::map<std::string, std::string>& actual) {
  std::string out;
  for (const auto& [name, text] : expected) {
    const auto found = actual.find(name);
    if (found == actual.end()) {
      out += "  missing: " + name + "\n";
    } else if (found->second != text) {
      out += "  different: " + name + "\n" + first_differing_lines(text, found->second);
    }
  }
  for (const auto& [name, text] : actual) {
    if (!expected.contains(name)) out += "  too much: " + name + "\n";
  }
  return out;
}

}  // namespace visionops::sim
