// Cuts a JSON object that arrives in pieces into the values of its keys, and the values of chosen keys (lists) into
// their elements. Memory is bounded by the largest element, not by the file. Only the skeleton is checked here: what an
// element holds is its consumer's business.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

/// Larger elements are refused.
inline constexpr std::size_t kMaxElementBytes = 256UL << 20U;

struct JsonElement {
  std::string_view key;
  /// Position in the list; kWholeValue for the value of a key that is not split; kListBegins at the '[' of one that is.
  std::int64_t index = 0;
  std::string_view text;     ///< balanced brackets; at least 64 more bytes are readable behind it
  std::uint64_t offset = 0;  ///< of text in the file
};
inline constexpr std::int64_t kWholeValue = -1;
inline constexpr std::int64_t kListBegins = -2;

/// Not thread-safe. After an error it may not be used any more. Errors are Invalid and carry "byte N".
class JsonSplitter {
 public:
  using Consume = std::function<Status(const JsonElement&)>;
  /// Lists under the keys in `split` are handed over element by element.
  JsonSplitter(std::vector<std::string> split, Consume consume);

  Status feed(std::string_view bytes);
  Status finish();

 private:
  enum class Expect {
    Document,
    KeyOrEnd,
    Key,
    Colon,
    Value,
    CommaOrEnd,
    ElementOrEnd,
    Element,
    ElementCommaOrEnd,
    End
  };

  Status skip_byte_order_mark();
  Status run();
  Status step(char c);
  Status begin_value(Expect after);
  Status value_complete();
  Status scan(bool& complete);
  bool scan_string();
  Status scan_brackets(bool& complete);
  Status take_key();
  [[nodiscard]] Error malformed(std::size_t at, const std::string& message) const;
  void skip_space();

  std::vector<std::string> split_;
  Consume consume_;
  std::vector<std::string> keys_;  ///< seen so far; the last one is current
  std::string buffer_;             ///< unconsumed bytes, then 64 bytes of padding
  std::size_t size_ = 0;           ///< of buffer_ without padding
  std::uint64_t base_ = 0;         ///< offset of buffer_[0] in the file
  std::size_t at_ = 0;
  Expect expect_ = Expect::Document;
  bool first_ = true;  ///< nothing has been read: a byte order mark may stand here

  // the value that is being scanned, possibly over several pieces
  bool scanning_ = false;
  Expect after_value_ = Expect::CommaOrEnd;
  std::size_t value_begin_ = 0;
  std::array<char, kMaxDepth> open_{};
  std::size_t depth_ = 0;
  bool in_string_ = false;
  std::int64_t index_ = kWholeValue;
};

}  // namespace visionops::annotations
