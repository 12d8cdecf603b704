#include "operator/local/api_server/journal_line.h"

#include "base/digest.h"

namespace visionops::local {
namespace {

constexpr std::string_view kPrefix = R"({"sha":")";
constexpr std::size_t kHexDigits = 16;
constexpr std::size_t kBodyAt = kPrefix.size() + kHexDigits + 2;  // behind the digits: ",

std::string checksum(std::string_view body) { return sha256_hex(body).substr(0, kHexDigits); }

/// Looks for beginnings of lines, not for newlines: those may be what is damaged.
bool good_line_after(std::string_view text, std::size_t at) {
  while ((at = text.find(kPrefix, at)) != std::string_view::npos) {
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos) return false;
    if (parse_journal_line(text.substr(at, end - at))) return true;
    at += kPrefix.size();
  }
  return false;
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
      if (good_line_after(text, at + 1)) {
        return invalid_error("damaged line at byte " + std::to_string(at));
      }
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

}  // namespace visionops::local
