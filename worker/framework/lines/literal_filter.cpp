#include "worker/framework/lines/literal_filter.h"

#include <algorithm>

namespace visionops::framework {

namespace {

constexpr std::size_t kPlaces = 4;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char large(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char w, char t) { return w == small(t); });
}

/// How seldom a byte is in what programs print: those of English are the commonest.
std::size_t rarity(char c) {
  constexpr std::string_view kCommon = " etaoinsrhldcumpfgwybvk0.123456789-_:/,xjqz()=[]'\"";
  const auto at = kCommon.find(c);
  return at == std::string_view::npos ? kCommon.size() : at;
}

/// Where the four bytes begin that a text has least often.
std::size_t rarest(const std::string& word) {
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t at = 0; at + kPlaces <= word.size(); ++at) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < kPlaces; ++i) sum += rarity(word[at + i]);
    if (sum <= most) continue;
    most = sum;
    best = at;
  }
  return best;
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

void LiteralFilter::put(const Word& word, std::uint64_t bucket) {
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const std::uint64_t bit = std::uint64_t{1} << (place * kBuckets + bucket);
    if (word.mark + place >= word.text.size()) {  // any byte will do
      for (auto& byte : places_) byte |= bit;
      continue;
    }
    const char c = word.text[word.mark + place];
    places_[static_cast<unsigned char>(c)] |= bit;
    places_[static_cast<unsigned char>(large(c))] |= bit;
  }
  buckets_[bucket].push_back(word);
}

void LiteralFilter::compile() {
  const auto mark_of = [](const Word& word) { return std::string_view(word.text).substr(word.mark, kPlaces); };
  for (auto& word : words_) word.mark = rarest(word.text);
  // Marks that are alike share a bucket, so that each stays picky. Short words have one of their own: they let much
  // through.
  std::sort(words_.begin(), words_.end(), [&](const Word& a, const Word& b) { return mark_of(a) < mark_of(b); });
  const auto is_short = [](const Word& word) { return word.text.size() < kPlaces; };
  const auto longer = std::stable_partition(words_.begin(), words_.end(), is_short);
  for (auto word = words_.begin(); word != longer; ++word) put(*word, 0);
  const auto count = static_cast<std::size_t>(words_.end() - longer);
  for (std::size_t i = 0; i < count; ++i) put(longer[static_cast<std::ptrdiff_t>(i)], 1 + i * (kBuckets - 1) / count);
}

LiteralFilter::Hit LiteralFilter::verify(std::string_view text, std::size_t from, std::size_t i,
                                         std::uint32_t buckets) const {
  Hit hit;
  for (; buckets != 0; buckets &= buckets - 1) {
    for (const auto& word : buckets_[static_cast<std::size_t>(__builtin_ctz(buckets))]) {
      if (i < from + word.mark || !begins_with(text.substr(i - word.mark), word.text)) continue;
      hit.at = std::min(hit.at, i - word.mark);
      hit.who |= word.who;
    }
  }
  hit.next = i + 1;
  return hit;
}

LiteralFilter::Hit LiteralFilter::scan(std::string_view text, std::size_t from, std::size_t i) const {
  const std::uint64_t* places = places_.data();
  const char* bytes = text.data();
  const auto place = [=](std::size_t at) { return places[static_cast<unsigned char>(bytes[at])]; };
  const std::size_t whole = text.size() < kPlaces ? 0 : text.size() - kPlaces + 1;
  if (i < whole) {
    std::uint64_t first = place(i);
    std::uint64_t second = place(i + 1);
    std::uint64_t third = place(i + 2);
    for (; i < whole; ++i) {
      const std::uint64_t fourth = place(i + 3);
      const std::uint64_t buckets = first & (second >> 16) & (third >> 32) & (fourth >> 48) & 0xffff;
      if (buckets != 0) [[unlikely]] {
        if (const Hit hit = verify(text, from, i, static_cast<std::uint32_t>(buckets)); hit.who != 0) return hit;
      }
      first = second;
      second = third;
      third = fourth;
    }
  }
  // The last bytes: only words shorter than four may stand there.
  for (; i < text.size(); ++i) {
    const Hit hit = verify(text, from, i, static_cast<std::uint32_t>(place(i) & 1));
    if (hit.who != 0) return hit;
  }
  return {};
}

Interest LiteralFilter::interest(std::string_view line) const {
  Interest who = always_;
  for (Hit hit = scan(line, 0, 0); hit.who != 0; hit = scan(line, 0, hit.next)) who |= hit.who;
  return who;
}

}  // namespace visionops::framework
