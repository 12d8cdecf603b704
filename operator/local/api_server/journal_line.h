// One line of the journal: a JSON object with its sequence number and a checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace visionops::local {

/// With the newline at its end. Text that is no UTF-8 is replaced, never refused.
std::string journal_line(const Json& record, std::uint64_t sequence);

/// `line` without newline; nullopt when the checksum or the JSON is wrong.
std::optional<Json> parse_journal_line(std::string_view line);

/// The good lines of a file.
struct JournalLines {
  std::vector<Json> records;
  std::size_t good_bytes = 0;  ///< behind the last good line
  std::size_t torn_bytes = 0;  ///< behind those: a write that a crash cut off
};

/// Invalid, with the byte offset, when a number is missing or something stands there that no crash leaves behind: only
/// the beginning of a last line does, with zeros behind it when the power went away.
Result<JournalLines> parse_journal(std::string_view text);

/// The good lines of a damaged file.
struct SavedLines {
  std::vector<Json> records;
  std::size_t places = 0;      ///< stretches between them that cannot be read
  std::size_t lost_bytes = 0;  ///< in those
};
SavedLines save_lines(std::string_view text);

}  // namespace visionops::local
