#include "worker/framework/lines/literal_filter.h"

#include <algorithm>
#include <tuple>

namespace visionops::framework {

namespace {

constexpr std::size_t kPlaces = 4;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char large(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char w, char t) { return w == small(t); });
}

}  // namespace

void LiteralFilter::add(std::string_view word, Interest who) {
  if (word.empty()) {
    always_ |= who;
    return;
  }
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(), small);
  const auto same = std::find_if(words_.begin(), words_.end(), [&](const Word& w) { return w.text == text; });
  if (same != words_.end()) {
    same->who |= who;
  } else {
    words_.push_back({std::move(text), who});
  }
}

void LiteralFilter::mark(const Word& word, std::uint64_t bucket) {
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const std::uint64_t bit = std::uint64_t{1} << (place * kBuckets + bucket);
    if (place >= word.text.size()) {  // any byte will do
      for (auto& byte : places_) byte |= bit;
      continue;
    }
    const char c = word.text[place];
    places_[static_cast<unsigned char>(c)] |= bit;
    places_[static_cast<unsigned char>(large(c))] |= bit;
  }
}

void LiteralFilter::compile() {
  // Words that begin alike share a bucket, so that each bucket stays picky. Short ones are apart: they let much
  // through.
  std::sort(words_.begin(), words_.end(), [](const Word& a, const Word& b) {
    const bool long_a = a.text.size() >= kPlaces;
    const bool long_b = b.text.size() >= kPlaces;
    return std::tie(long_a, a.text) < std::tie(long_b, b.text);
  });
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::size_t bucket = i * kBuckets / words_.size();
    mark(words_[i], bucket);
    buckets_[bucket].push_back(words_[i]);
  }
}

Interest LiteralFilter::verify(std::string_view text, std::size_t at, std::uint32_t buckets) const {
  Interest who = 0;
  for (; buckets != 0; buckets &= buckets - 1) {
    for (const auto& word : buckets_[static_cast<std::size_t>(__builtin_ctz(buckets))]) {
      if (begins_with(text.substr(at), word.text)) who |= word.who;
    }
  }
  return who;
}

LiteralFilter::Hit LiteralFilter::find(std::string_view text, std::size_t from) const {
  const auto place = [&](std::size_t i) { return places_[static_cast<unsigned char>(text[i])]; };
  const std::size_t whole = text.size() < kPlaces ? 0 : text.size() - kPlaces + 1;
  std::size_t i = from;
  if (i < whole) {
    std::uint64_t a = place(i);
    std::uint64_t b = place(i + 1) >> 16;
    std::uint64_t c = place(i + 2) >> 32;
    for (; i < whole; ++i) {
      const std::uint64_t next = place(i + 3);
      const auto buckets = static_cast<std::uint32_t>(a & b & c & (next >> 48) & 0xffff);
      if (buckets != 0) {
        if (const Interest who = verify(text, i, buckets); who != 0) return {i, who};
      }
      a = place(i + 1);
      b = place(i + 2) >> 16;
      c = next >> 32;
    }
  }
  // The last bytes: only words shorter than four may begin there.
  for (; i < text.size(); ++i) {
    if (const Interest who = verify(text, i, static_cast<std::uint32_t>(place(i) & 0xffff)); who != 0) return {i, who};
  }
  return {};
}

Interest LiteralFilter::interest(std::string_view line, std::size_t from) const {
  Interest who = always_;
  for (Hit hit = find(line, from); hit.who != 0; hit = find(line, hit.at + 1)) who |= hit.who;
  return who;
}

}  // namespace visionops::framework
