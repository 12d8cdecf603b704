#include <utility>

#include "base/json.h"
#include "operator/kube/codec/list_body.h"

namespace visionops::kube {

namespace {

/// What a list says of itself is a few hundred bytes.
constexpr std::size_t kMostOfRest = std::size_t{64} << 10;

Error no_list() { return retry_error("the reply is no list of objects"); }

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// `text` up to here ends with the name of the items.
bool names_items(std::string_view text) {
  for (const std::string_view part : {std::string_view(":"), std::string_view("\"items\"")}) {
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (!text.ends_with(part)) return false;
    text.remove_suffix(part.size());
  }
  return true;
}

}  // namespace

char JsonListBody::Nesting::next(std::string_view text, std::size_t& at) {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_text && c == '\\') {
      if (at + 1 == text.size()) return 0;  // it waits for what it escapes
      ++at;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '{' || c == '[' || c == '}' || c == ']')) {
      depth += c == '{' || c == '[' ? 1 : -1;
      ++at;
      return c;
    }
  }
  return 0;
}

Status JsonListBody::take_rest(const std::string& unread, std::size_t& at) {
  const std::size_t begin = at;
  while (const char bracket = outside_.next(unread, at)) {
    if (bracket != '[' || outside_.depth != 2) continue;
    in_items_ = names_items(rest_ + unread.substr(begin, at - 1 - begin));
    if (in_items_) break;
  }
  rest_.append(unread, begin, at - begin);
  return rest_.size() <= kMostOfRest && outside_.depth >= 0 ? Status() : Status(no_list());
}

/// One item, as much of it as has come, or the end of the items.
Status JsonListBody::take_item(const std::string& unread, std::size_t& at, const OnItem& on_item) {
  if (scanned_ == 0) {
    while (at < unread.size() && (is_space(unread[at]) || unread[at] == ',')) ++at;
    if (at == unread.size()) return {};
    if (unread[at] == ']') {
      in_items_ = false;
      return {};
    }
    if (unread[at] != '{') return no_list();
    item_ = {};
  }
  std::size_t end = at + scanned_;
  while (item_.next(unread, end) != 0 && item_.depth > 0) {
  }
  scanned_ = end - at;
  if (scanned_ > kMostOfObject) return retry_error("an object of more than 16 MiB");
  if (item_.depth > 0) return {};
  const auto item = std::string_view(unread).substr(at, std::exchange(scanned_, 0));
  at = end;
  return on_item(item);
}

Status JsonListBody::take(std::string& unread, const OnItem& on_item) {
  std::size_t at = 0;
  Status taken;
  while (taken && at < unread.size()) {
    const auto before = std::pair(at, in_items_);
    taken = in_items_ ? take_item(unread, at, on_item) : take_rest(unread, at);
    if (before == std::pair(at, in_items_)) break;
  }
  unread.erase(0, at);
  return taken;
}

Result<std::string> JsonListBody::version() const {
  if (rest_.empty() || in_items_ || outside_.depth != 0) return retry_error("the list ended before it was complete");
  const auto json = parse_json(rest_);
  const auto at = "/metadata/resourceVersion"_json_pointer;
  const bool whole = json && json->is_object() && json->contains("items") && json->at("items").is_array() &&
                     json->contains(at) && json->at(at).is_string();
  if (!whole) return no_list();
  return json->at(at).get<std::string>();
}

}  // namespace visionops::kube
