#include "base/cli/safe_streams.h"

#include <array>
#include <iostream>

#include "base/mutex.h"
#include "base/readable_text.h"

namespace visionops::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Controls of C0 and C1, marks that turn the direction or hide, separators of lines.
constexpr std::array kActive{Range{0x00, 0x08},     Range{0x0B, 0x1F},      Range{0x7F, 0x9F},
                             Range{0x061C, 0x061C}, Range{0x200B, 0x200B},  Range{0x200E, 0x200F},
                             Range{0x2028, 0x202E}, Range{0x2060, 0x2069},  Range{0xFEFF, 0xFEFF},
                             Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

bool is_active(char32_t c) {
  for (const auto& range : kActive) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

std::string hex(std::uint32_t value, int digits) {
  std::string out;
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 0xFU];
  return out;
}

char32_t code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead;
  char32_t out = lead & (0x7FU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i)
    out = (out << 6U) | (static_cast<unsigned char>(sequence[i]) & 0x3FU);
  return out;
}

std::string escape_of(char32_t c) {
  if (c == '\r') return "\\r";
  if (c < 0x100) return "\\x" + hex(c, 2);
  return c < 0x10000 ? "\\u" + hex(c, 4) : "\\U" + hex(c, 8);
}

/// How many bytes a character takes that begins with this one; 1 when none begins so.
std::size_t wanted_bytes(unsigned char lead) { return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1; }

/// Where a character begins at the end of `text` that is not whole yet; the end when there is none.
std::size_t begin_of_rest(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;
    return wanted_bytes(byte) > back ? text.size() - back : text.size();
  }
  return text.size();
}

std::streambuf*& original_out() {
  static std::streambuf* buffer = nullptr;
  return buffer;
}
std::streambuf*& original_err() {
  static std::streambuf* buffer = nullptr;
  return buffer;
}

std::ostream& around(std::streambuf* original, std::ostream& stream, std::ostream& plain) {
  stream.flush();
  plain.rdbuf(original != nullptr ? original : stream.rdbuf());
  return plain;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\\x" + hex(lead, 2);
      text.remove_prefix(1);
      continue;
    }
    const char32_t c = code_point(text.substr(0, length));
    if (is_active(c)) {
      out += escape_of(c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

/// Keeps the beginning of a character until the rest of it comes.
class SafeStreams::Escaping : public std::streambuf {
 public:
  explicit Escaping(std::ostream& stream) : stream_(stream), below_(stream.rdbuf(this)) {}
  ~Escaping() override {
    pass_on(escaped(rest_));
    below_->pubsync();
    stream_.rdbuf(below_);
  }
  Escaping(const Escaping&) = delete;
  Escaping& operator=(const Escaping&) = delete;
  [[nodiscard]] std::streambuf* below() const { return below_; }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    MutexLock lock(mutex_);
    rest_.append(bytes, static_cast<std::size_t>(count));
    const std::size_t whole = begin_of_rest(rest_);
    const bool written = pass_on(escaped(std::string_view(rest_).substr(0, whole)));
    rest_.erase(0, whole);
    return written ? count : 0;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }
  int sync() override {
    MutexLock lock(mutex_);
    return below_->pubsync();
  }

 private:
  bool pass_on(const std::string& text) {
    const auto size = static_cast<std::streamsize>(text.size());
    return below_->sputn(text.data(), size) == size;
  }

  std::ostream& stream_;
  std::streambuf* below_;
  Mutex mutex_;
  std::string rest_ VISIONOPS_GUARDED_BY(mutex_);
};

SafeStreams::SafeStreams() : out_(std::make_unique<Escaping>(std::cout)), err_(std::make_unique<Escaping>(std::cerr)) {
  original_out() = out_->below();
  original_err() = err_->below();
}

SafeStreams::~SafeStreams() {
  original_out() = nullptr;
  original_err() = nullptr;
}

std::ostream& machine_output() {
  thread_local std::ostream plain(nullptr);
  return around(original_out(), std::cout, plain);
}
std::ostream& drawn_output() { return machine_output(); }
std::ostream& drawn_errors() {
  thread_local std::ostream plain(nullptr);
  return around(original_err(), std::cerr, plain);
}

}  // namespace visionops::cli
