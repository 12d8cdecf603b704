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
    std::size_t next = 0;  ///< where to go on
  };
  /// A word at or behind `from`; other words of its line may stand before it. Reads each byte once.
  [[nodiscard]] Hit find(std::string_view text, std::size_t from) const { return scan(text, from, from); }
  /// Who wants a line: of all words in it.
  [[nodiscard]] Interest interest(std::string_view line) const;
  /// Of the empty words.
  [[nodiscard]] Interest always() const { return always_; }

 private:
  struct Word {
    std::string text;  ///< small letters
    Interest who = 0;
    std::size_t mark = 0;  ///< where its rarest four bytes begin
  };
  static constexpr std::size_t kBuckets = 16;
  /// Words that begin at or behind `from` and whose mark is at `i` or behind it.
  [[nodiscard]] Hit scan(std::string_view text, std::size_t from, std::size_t i) const;
  [[nodiscard]] Hit verify(std::string_view text, std::size_t from, std::size_t i, std::uint32_t buckets) const;
  void put(const Word& word, std::uint64_t bucket);

  std::vector<Word> words_;
  std::array<std::vector<Word>, kBuckets> buckets_;
  /// By byte: 16 bits for each of the four places of a mark, one bit a bucket.
  std::array<std::uint64_t, 256> places_{};
  Interest always_ = 0;
};

}  // namespace visionops::framework
