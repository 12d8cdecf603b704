#include "worker/dataset/formats/coco/coco_member.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "worker/dataset/formats/coco/coco_value.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

namespace dom = simdjson::dom;

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

bool to_integer(std::string_view token, std::int64_t& out) {
  const auto end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data(), end, out);
  return error == std::errc() && at == end && !is_text_id(out);
}

/// 7.0 is 7.
bool to_whole(std::string_view token, std::int64_t& out) {
  double number = 0;
  if (!parse_number(token, number) || number != std::floor(number) || std::abs(number) > kExactIntegers) return false;
  out = static_cast<std::int64_t>(number);
  return true;
}

/// Digits as a number has them: "007" is a name.
bool is_canonical(std::string_view text, std::int64_t number) { return text == std::to_string(number); }

}  // namespace

std::optional<Fault> MemberReader::read(std::string_view text, std::vector<Member>& out) {
  out.clear();
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  if (const auto error = parser_.iterate(padded).get(document)) return Fault{"", simdjson::error_message(error)};
  if (document.get_object().get(object) != simdjson::SUCCESS) return Fault{"", "expected an object"};
  for (auto item : object) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (const auto error = std::move(item).get(field)) return Fault{"", simdjson::error_message(error)};
    if (const auto error = field.unescaped_key().get(key)) return Fault{"", simdjson::error_message(error)};
    if (std::ranges::find(out, key, &Member::key) != out.end()) return Fault{std::string(key), "stands twice"};
    if (out.size() == kMaxKeysOfElement) return Fault{"", "has more than 256 keys"};
    out.push_back({std::string(key), {}});
    simdjson::ondemand::value value = field.value();
    if (!raw_text(value, out.back().raw) || find_json_fault(out.back().raw)) {
      return Fault{out.back().key, "malformed value"};
    }
  }
  return std::nullopt;
}

std::optional<dom::element> MemberReader::tree(std::string_view raw) {
  dom::element root;
  if (trees_.parse(raw.data(), raw.size(), true).get(root) != simdjson::SUCCESS) return std::nullopt;
  return root;
}

std::optional<double> number_in(dom::element value, bool& quoted) {
  double number = 0;
  if (value.is_number() && value.get_double().get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS || !parse_number(text, number)) return std::nullopt;
  quoted = true;
  return number;
}

std::optional<std::vector<double>> numbers_in(dom::element value, bool& quoted) {
  dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return std::nullopt;
  std::vector<double> out;
  for (const dom::element item : list) {
    const auto number = number_in(item, quoted);
    if (!number) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

std::optional<std::vector<double>> numbers_of(dom::element value, const std::vector<const char*>& keys, bool& quoted) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  std::vector<double> out;
  for (const char* key : keys) {
    dom::element member;
    if (object.at_key(key).get(member) != simdjson::SUCCESS) return std::nullopt;
    const auto number = number_in(member, quoted);
    if (!number) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

IdForm read_any_id(std::string_view raw, std::int64_t& number, std::string& text) {
  if (const auto content = string_in(raw)) {
    if (to_integer(*content, number) && is_canonical(*content, number)) return IdForm::Digits;
    text.clear();
    append_json_string(text, *content);
    return content->empty() ? IdForm::None : IdForm::Text;
  }
  if (raw.empty() || (raw[0] != '-' && (raw[0] < '0' || raw[0] > '9'))) return IdForm::None;
  if (to_integer(raw, number) || to_whole(raw, number)) return IdForm::Number;
  text = raw;
  return IdForm::Text;
}

std::optional<std::string> string_in(std::string_view raw) {
  if (!raw.starts_with('"')) return std::nullopt;
  simdjson::dom::parser parser;
  std::string_view content;
  if (parser.parse(raw.data(), raw.size(), true).get_string().get(content) != simdjson::SUCCESS) return std::nullopt;
  return std::string(content);
}

std::string expected(const char* what, std::string_view raw) {
  std::string got = raw.empty() ? "nothing" : std::string(raw.substr(0, 40));
  if (raw.size() > 40) got += "...";
  return std::string("expected ") + what + ", got " + got;
}

}  // namespace visionops::annotations
