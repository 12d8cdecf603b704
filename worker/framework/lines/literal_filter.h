// Where in a text any of some hundred words stands, at the speed of memory: what a training prints is looked at only
// where a rule could match. Letters of either case are taken for equal.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::framework {

/// Who wants the lines with a word; a set of bits.
using Interest = std::uint32_t;

class LiteralFilter {
 public:
  /// An empty word stands in every line.
  void add(std::string_view word, Interest who);
  /// After the last add, before the first find.
  void compile();

  struct Hit {
    std::size_t at = std::string_view::npos;  ///< where the word begins; npos: none
    Interest who = 0;
  };
  /// The first word at or behind `from`. Reads each byte once.
  [[nodiscard]] Hit find(std::string_view text, std::size_t from) const;
  /// Who wants a line: of all words in it. `from`: no word begins before.
  [[nodiscard]] Interest interest(std::string_view line, std::size_t from = 0) const;
  /// Of the empty words.
  [[nodiscard]] Interest always() const { return always_; }

 private:
  struct Word {
    std::string text;  ///< small letters
    Interest who = 0;
  };
  static constexpr std::size_t kBuckets = 16;
  [[nodiscard]] Interest verify(std::string_view text, std::size_t at, std::uint32_t buckets) const;
  void mark(const Word& word, std::uint64_t bucket);

  std::vector<Word> words_;
  std::array<std::vector<Word>, kBuckets> buckets_;
  /// By byte: 16 bits for each of the four first places of a word, one bit a bucket.
  std::array<std::uint64_t, 256> places_{};
  Interest always_ = 0;
};

}  // namespace visionops::framework
