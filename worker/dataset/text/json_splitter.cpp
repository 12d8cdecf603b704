#include "worker/dataset/text/json_splitter.h"

#include <algorithm>
#include <cstring>

#include "base/json.h"
#include "worker/dataset/text/byte_search.h"

namespace visionops::annotations {

namespace {

constexpr std::size_t kPadding = 64;
static_assert(kPadding >= kReadBehind);
constexpr std::size_t kMaxKeys = 1024;

bool ends_scalar(char c) { return is_json_space(c) || c == ',' || c == ']' || c == '}'; }

}  // namespace

JsonSplitter::JsonSplitter(std::vector<std::string> split, Consume consume)
    : split_(std::move(split)), consume_(std::move(consume)) {}

Error JsonSplitter::malformed(std::size_t at, const std::string& message) const {
  return invalid_error("malformed JSON at byte " + std::to_string(base_ + at) + ": " + message);
}

Status JsonSplitter::feed(std::string_view bytes) {
  const std::size_t consumed = scanning_ ? value_begin_ : at_;
  std::memmove(buffer_.data(), buffer_.data() + consumed, size_ - consumed);
  base_ += consumed;
  at_ -= consumed;
  value_begin_ -= scanning_ ? consumed : 0;
  size_ -= consumed;
  buffer_.resize(size_);
  buffer_.append(bytes);
  size_ = buffer_.size();
  buffer_.append(kPadding, ' ');
  if (first_ && size_ < 3) return {};
  if (auto begun = skip_byte_order_mark(); !begun) return begun;
  return run();
}

Status JsonSplitter::skip_byte_order_mark() {
  if (!first_) return {};
  first_ = false;
  const std::string_view begin(buffer_.data(), size_);
  if (begin.starts_with("\xef\xbb\xbf")) at_ = 3;
  if (begin.starts_with("\xff\xfe") || begin.starts_with("\xfe\xff")) {
    return malformed(0, "the file is UTF-16, save it as UTF-8");
  }
  return {};
}

Status JsonSplitter::finish() {
  if (auto begun = skip_byte_order_mark(); !begun) return begun;
  if (auto rest = run(); !rest) return rest;
  if (expect_ == Expect::Document) return malformed(size_, "the file is empty");
  if (expect_ != Expect::End || scanning_) return malformed(size_, "the file ends early");
  return {};
}

void JsonSplitter::skip_space() {
  while (at_ < size_ && is_json_space(buffer_[at_])) ++at_;
}

Status JsonSplitter::run() {
  for (;;) {
    if (scanning_) {
      bool complete = false;
      if (auto scanned = scan(complete); !scanned) return scanned;
      if (!complete) return {};
      scanning_ = false;
      if (auto done = value_complete(); !done) return done;
    }
    skip_space();
    if (at_ == size_) return {};
    if (auto stepped = step(buffer_[at_]); !stepped) return stepped;
  }
}

Status JsonSplitter::step(char c) {
  switch (expect_) {
    case Expect::Document:
      if (c != '{') return malformed(at_, "expected an object");
      ++at_;
      expect_ = Expect::KeyOrEnd;
      return {};
    case Expect::KeyOrEnd:
    case Expect::Key:
      if (c == '}' && expect_ == Expect::KeyOrEnd) {
        ++at_;
        expect_ = Expect::End;
        return {};
      }
      if (c != '"') return malformed(at_, "expected a key in quotes");
      return begin_value(Expect::Colon);
    case Expect::Colon:
      if (c != ':') return malformed(at_, "expected a colon");
      ++at_;
      expect_ = Expect::Value;
      return {};
    case Expect::Value:
      index_ = kWholeValue;
      if (c != '[' || std::find(split_.begin(), split_.end(), keys_.back()) == split_.end()) {
        return begin_value(Expect::CommaOrEnd);
      }
      ++at_;
      index_ = 0;
      expect_ = Expect::ElementOrEnd;
      return consume_({keys_.back(), kListBegins, "[", base_ + at_ - 1});
    case Expect::ElementOrEnd:
    case Expect::Element:
      if (c == ']' && expect_ == Expect::ElementOrEnd) {
        ++at_;
        expect_ = Expect::CommaOrEnd;
        return {};
      }
      return begin_value(Expect::ElementCommaOrEnd);
    case Expect::CommaOrEnd:
    case Expect::ElementCommaOrEnd: {
      const bool in_list = expect_ == Expect::ElementCommaOrEnd;
      if (c != ',' && c != (in_list ? ']' : '}')) return malformed(at_, "expected a comma or the end");
      ++at_;
      if (c == ',') {
        expect_ = in_list ? Expect::Element : Expect::Key;
      } else {
        expect_ = in_list ? Expect::CommaOrEnd : Expect::End;
      }
      return {};
    }
    case Expect::End:
      return malformed(at_, "something follows the document");
  }
  return internal_error("unknown state");
}

Status JsonSplitter::begin_value(Expect after) {
  if (buffer_[at_] == ',' || buffer_[at_] == ']' || buffer_[at_] == '}') return malformed(at_, "expected a value");
  scanning_ = true;
  after_value_ = after;
  value_begin_ = at_;
  depth_ = 0;
  in_string_ = buffer_[at_] == '"';
  if (in_string_) ++at_;
  return {};
}

Status JsonSplitter::value_complete() {
  const std::string_view text(buffer_.data() + value_begin_, at_ - value_begin_);
  const Expect ended = after_value_;
  expect_ = ended;
  if (ended == Expect::Colon) return take_key();
  const JsonElement element{keys_.back(), index_, text, base_ + value_begin_};
  if (ended == Expect::ElementCommaOrEnd) ++index_;
  return consume_(element);
}

Status JsonSplitter::take_key() {
  const std::string_view text(buffer_.data() + value_begin_, at_ - value_begin_);
  if (const auto fault = find_json_fault(text)) return malformed(value_begin_ + fault->offset, fault->message);
  auto key = parse_json(text);
  if (!key) return malformed(value_begin_, key.error().message);
  if (std::find(keys_.begin(), keys_.end(), key->get_ref<const std::string&>()) != keys_.end()) {
    return malformed(value_begin_, "key " + std::string(text) + " stands twice");
  }
  if (keys_.size() == kMaxKeys) return malformed(value_begin_, "more than 1024 keys");
  keys_.push_back(key->get<std::string>());
  return {};
}

Status JsonSplitter::scan(bool& complete) {
  if (size_ - value_begin_ > kMaxElementBytes) return malformed(value_begin_, "an element of more than 256 MiB");
  const char first = buffer_[value_begin_];
  if (first == '[' || first == '{') return scan_brackets(complete);
  if (first == '"') {
    complete = scan_string();
    return {};
  }
  while (at_ < size_ && !ends_scalar(buffer_[at_])) ++at_;
  complete = at_ < size_;
  return {};
}

/// Inside a string: behind its closing quote, or false when that has not arrived.
bool JsonSplitter::scan_string() {
  for (;;) {
    at_ = find_quote_or_backslash(buffer_.data(), at_, size_);
    if (at_ == size_) return false;
    if (buffer_[at_] == '"') {
      ++at_;
      in_string_ = false;
      return true;
    }
    if (at_ + 1 == size_) return false;  // the escaped character has not arrived: look at both again
    at_ += 2;
  }
}

Status JsonSplitter::scan_brackets(bool& complete) {
  while (at_ < size_) {
    if (in_string_ && !scan_string()) return {};
    at_ = find_bracket_or_quote(buffer_.data(), at_, size_);
    if (at_ == size_) return {};
    const char c = buffer_[at_];
    if (c == '"') {
      in_string_ = true;
    } else if (c == '[' || c == '{') {
      if (depth_ == kMaxDepth) return malformed(at_, "is nested too deeply");
      open_[depth_++] = c;
    } else {
      if (open_[depth_ - 1] != (c == ']' ? '[' : '{')) return malformed(at_, "bracket does not match");
      --depth_;
    }
    ++at_;
    complete = depth_ == 0;
    if (complete) return {};
  }
  return {};
}

}  // namespace visionops::annotations
