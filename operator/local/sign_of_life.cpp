#include "operator/local/sign_of_life.h"

#include <fcntl.h>

#include <string>

#include "base/posix/small_files.h"

namespace visionops::local {
namespace {

constexpr Duration kBeat = std::chrono::seconds(1);
constexpr Duration kIdleBeat = std::chrono::seconds(5);  // nobody is woken more often for it
constexpr const char* kWorking = " working\n";
constexpr const char* kEnded = " ended  \n";  // as long as the other: written over it without a cut
constexpr std::size_t kMostBytes = 64;

std::filesystem::path file_in(const std::filesystem::path& data) { return data / "cluster" / "alive"; }

void write_sign(const std::filesystem::path& data, TimePoint now, const char* word) {
  if (data.empty()) return;
  const auto fd = open_file(file_in(data), O_WRONLY | O_CREAT | O_NOFOLLOW);
  if (fd) (void)write_all(fd->get(), format_time_millis(now) + word, file_in(data)).ok();
}

}  // namespace

std::optional<LastWork> last_work(const std::filesystem::path& data) {
  const std::string text = read_untrusted_head(file_in(data), kMostBytes);
  const auto blank = text.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const auto at = parse_time(text.substr(0, blank));
  if (!at) return std::nullopt;
  return LastWork{*at, text.substr(blank) == kEnded};
}

void SignOfLife::beat(TimePoint now) {
  // A clock that was set back must not silence us.
  if (now < beaten_ + kBeat && now >= beaten_) return;
  beaten_ = now;
  write_sign(data_, now, kWorking);
}

TimePoint SignOfLife::next_beat() const { return beaten_ + kIdleBeat; }

void SignOfLife::end(TimePoint now) { write_sign(data_, now, kEnded); }

}  // namespace visionops::local
