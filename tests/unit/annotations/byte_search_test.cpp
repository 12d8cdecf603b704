#include "worker/dataset/text/byte_search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace visionops::annotations::test {
namespace {

constexpr std::string_view kAlphabet = "0123456789,. []{}\"\\azAZ:;|\x7f\x80\xdb\xfd";

TEST(ByteSearch, FindsWhatAPlainSearchFinds) {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t size = random() % 200;
    const std::size_t letters = 3 + random() % (kAlphabet.size() - 3);
    std::string text(size, ' ');
    for (char& c : text) c = kAlphabet[random() % letters];
    const std::string padded = text + std::string(kReadBehind, "[\"\\{"[random() % 4]);
    const std::size_t at = size == 0 ? 0 : random() % (size + 1);
    const auto plain = [&](const char* wanted) { return std::min(text.find_first_of(wanted, at), size); };
    ASSERT_EQ(find_bracket_or_quote(padded.data(), at, size), plain("[]{}\"")) << text;
    ASSERT_EQ(find_quote_or_backslash(padded.data(), at, size), plain("\"\\")) << text;
  }
}

}  // namespace
}  // namespace visionops::annotations::test
