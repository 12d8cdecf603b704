#include "worker/dataset/text/plain_decimal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "worker/dataset/text/json_text.h"

namespace visionops::annotations::test {
namespace {

std::optional<double> read(const std::string& text, const std::string& behind = ",1234567") {
  const std::string padded = text + behind;
  double out = 0;
  return read_plain_decimal(padded.data(), text.size(), out) ? std::optional(out) : std::nullopt;
}

TEST(PlainDecimal, ReadsWhatStandsInPolygons) {
  EXPECT_EQ(read("0"), 0);
  EXPECT_EQ(read("7"), 7);
  EXPECT_EQ(read("456.71"), 456.71);
  EXPECT_EQ(read("0.5"), 0.5);
  EXPECT_EQ(read("0.000001"), 0.000001);
  EXPECT_EQ(read("12345678"), 12345678);
  EXPECT_EQ(read("123456.7"), 123456.7);
  EXPECT_EQ(read("1.234567"), 1.234567);
}

TEST(PlainDecimal, LeavesEverythingElseToTheGeneralParser) {
  for (const char* text : {"",    "05",        "00.5", "5.",   ".5",  ".",   "1.2.3", "-1",     "+1",   "1e5",
                           "1E2", "123456789", "1 ",   "0x10", "1:2", "1/2", "\xff",  "12\x80", "null", "true"}) {
    EXPECT_EQ(read(text), std::nullopt) << text;
  }
}

TEST(PlainDecimal, WhatStandsBehindDoesNotMatter) {
  for (const char* behind : {",9999999", "]]}     ", ".5555555", "99999999", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    EXPECT_EQ(read("3.25", behind), 3.25) << behind;
    EXPECT_EQ(read("12345678", behind), 12345678) << behind;
  }
}

TEST(PlainDecimal, GivesTheNearestDouble) {
  std::mt19937 random(11);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = std::to_string(random() % 100'000'000).substr(0, 1 + random() % 8);
    if (text.size() > 2 && random() % 4 != 0) text[1 + random() % (text.size() - 2)] = '.';
    ASSERT_EQ(read(text), std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(PlainDecimal, AcceptsOnlyJsonNumbers) {
  constexpr std::string_view kCharacters = "0123456789..0-+eE, ]";
  std::mt19937 random(12);
  for (int i = 0; i < 300'000; ++i) {
    std::string text(1 + random() % 9, ' ');
    for (char& c : text) c = kCharacters[random() % kCharacters.size()];
    const auto value = read(text);
    if (!value) continue;
    ASSERT_FALSE(find_json_fault(text)) << text;
    ASSERT_EQ(*value, std::strtod(text.c_str(), nullptr)) << text;
  }
}

}  // namespace
}  // namespace visionops::annotations::test
