// The exceptions in an output of Python: the last line of each traceback, told apart by rank, with what their frames
// tell of where it happened.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::framework {

inline constexpr std::size_t kMostExceptions = 128;  ///< of one run; the oldest go first

/// An exception that was printed.
struct Raised {
  std::string line;  ///< "Type: message"; the first line of the message where that is empty. As it stood
  std::string text;  ///< the same without the rank
  std::vector<std::string> message;  ///< the lines below
  int rank = -1;
  std::int64_t order = 0;
  bool chained = false;     ///< came out of the one before
  bool in_data = false;     ///< a frame reads pictures, annotations or folders of them
  bool in_loading = false;  ///< a frame loads a checkpoint
  bool in_shared = false;   ///< a frame makes a lock that processes share, which lies in /dev/shm
  bool aside = false;       ///< of another thread, or ignored by Python
};

class Tracebacks {
 public:
  /// Words that begin something here.
  static std::span<const std::string_view> words();
  /// `whole` as it stood, `text` without its rank.
  void take(std::string_view whole, std::string_view text, int rank, std::int64_t order);
  /// Whether the next line may belong to one, whatever is in it.
  [[nodiscard]] bool wants_next() const { return !open_.empty() || dumped_ > 0; }
  void end();

  [[nodiscard]] const std::deque<Raised>& raised() const { return raised_; }
  /// The frame that a dump of faulthandler shows for its first thread; empty: none. "File "x.py", line 3 in get"
  [[nodiscard]] const std::string& waiting_frame() const { return waiting_frame_; }
  /// The innermost frame of the same dump, whatever it does.
  [[nodiscard]] const std::string& innermost_frame() const { return innermost_frame_; }

 private:
  enum class Part { Frames, Message };
  struct Open {
    Part part = Part::Frames;
    Raised raised;
    int lines = 0;
  };
  bool begins(std::string_view text, int rank);
  void frame(Open& open, std::string_view text);
  bool message(Open& open, std::string_view whole, std::string_view text);
  void dump(std::string_view text);
  void close(int rank);

  std::map<int, Open> open_;
  std::deque<Raised> raised_;
  bool aside_ = false;
  bool chained_ = false;
  int dumped_ = 0;
  std::string waiting_frame_;
  std::string innermost_frame_;
};

}  // namespace visionops::framework
