#include "operator/local/api_server/journal_line.h"

#include <algorithm>

#include "base/digest.h"

namespace visionops::local {
namespace {

constexpr std::string_view kPrefix = R"({"sha":")";
constexpr std::size_t kHexDigits = 16;
constexpr std::size_t kBodyAt = kPrefix.size() + kHexDigits + 2;  // behind the digits: ",

std::string checksum(std::string_view body) { return sha256_hex(body).substr(0, kHexDigits); }

/// What an append leaves behind that did not come to its end, or whose bytes a power cut took from behind. Zeros alone
/// may be a whole file that is gone: then `first`, and they are damage.
bool is_torn_write(std::string_view tail, bool first) {
  const auto last = tail.find_last_not_of('\0');
  if (last == std::string_view::npos) return !first;
  const auto written = tail.substr(0, last + 1);
  if (written.size() <= kPrefix.size()) return kPrefix.starts_with(written);
  return written.starts_with(kPrefix) && written.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

}  // namespace

std::string journal_line(const Json& record, std::uint64_t sequence) {
  Json numbered = record;
  numbered["seq"] = sequence;
  const std::string body = numbered.dump(-1, ' ', false, Json::error_handler_t::replace).substr(1);
  std::string line(kPrefix);
  line += checksum(body);
  line += "\",";
  line += body;
  line += '\n';
  return line;
}

std::optional<Json> parse_journal_line(std::string_view line) {
  if (line.size() <= kBodyAt || line.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  if (line.substr(kPrefix.size() + kHexDigits, 2) != "\",") return std::nullopt;
  const std::string_view body = line.substr(kBodyAt);
  if (line.substr(kPrefix.size(), kHexDigits) != checksum(body)) return std::nullopt;
  Json record = Json::parse(line, nullptr, false);
  if (!record.is_object() || !record.contains("seq") || !record["seq"].is_number_unsigned()) return std::nullopt;
  return record;
}

Result<JournalLines> parse_journal(std::string_view text) {
  JournalLines out;
  while (out.good_bytes < text.size()) {
    const std::size_t at = out.good_bytes;
    const auto end = text.find('\n', at);
    auto record = end == std::string_view::npos ? std::nullopt : parse_journal_line(text.substr(at, end - at));
    if (!record) {
      if (!is_torn_write(text.substr(at), out.records.empty()))
        return invalid_error("damaged line at byte " + std::to_string(at));
      out.torn_bytes = text.size() - at;
      break;
    }
    if (!out.records.empty() && (*record)["seq"] != out.records.back()["seq"].get<std::uint64_t>() + 1) {
      return invalid_error("a write is missing before byte " + std::to_string(at));
    }
    out.records.push_back(std::move(*record));
    out.good_bytes = end + 1;
  }
  return out;
}

/// Looks for beginnings of lines, not for newlines: those may be what is damaged.
SavedLines save_lines(std::string_view text) {
  SavedLines out;
  std::size_t behind = 0;  // the last good line
  const auto lose = [&](std::size_t until) {
    if (until == behind) return;
    ++out.places;
    out.lost_bytes += until - behind;
  };
  std::size_t at = 0;
  while ((at = text.find(kPrefix, at)) != std::string_view::npos) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto record = parse_journal_line(text.substr(at, end - at));
    if (!record) {
      at += kPrefix.size();
      continue;
    }
    lose(at);
    out.records.push_back(*std::move(record));
    at = behind = std::min(end + 1, text.size());
  }
  lose(text.size());
  return out;
}

}  // namespace visionops::local
