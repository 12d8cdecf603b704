#include "worker/dataset/text/canonical_text.h"

#include <gtest/gtest.h>

namespace visionops::annotations {
namespace {

TEST(CanonicalText, CharactersAreTakenApartToTheEnd) {
  EXPECT_EQ(decomposed("stra\xc3\x9f"
                       "e_\xc3\xbc.jpg"),
            "stra\xc3\x9f"
            "e_u\xcc\x88.jpg");
  EXPECT_EQ(decomposed("\xe1\xbb\x87"), "e\xcc\xa3\xcc\x82") << "Vietnamese: two marks";
  EXPECT_EQ(decomposed("\xed\x95\x9c\xea\xb8\x80"),
            "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xb3\xe1\x86\xaf");
  EXPECT_EQ(decomposed("\xea\xb0\x80"), "\xe1\x84\x80\xe1\x85\xa1") << "Hangul without a last consonant";
  EXPECT_EQ(decomposed("\xe3\x81\x8c"), "\xe3\x81\x8b\xe3\x82\x99");
  EXPECT_EQ(decomposed("\xe5\x9b\xbe\xf0\x9f\x98\x80.jpg"), "\xe5\x9b\xbe\xf0\x9f\x98\x80.jpg");
}

TEST(CanonicalText, WhatIsTakenApartStays) {
  for (const char* text : {"", "a.jpg", "u\xcc\x88", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"}) {
    EXPECT_EQ(decomposed(text), text);
  }
}

TEST(CanonicalText, BytesThatAreNoTextStay) {
  for (const std::string& text : {std::string("\xff\xfe"), std::string("\xc3"), std::string("\xe1\xbb"),
                                  std::string("\0\xc3\xa9x", 4).substr(0, 1), std::string("\x80\xbf"),
                                  std::string("\xc0\x80"), std::string("\xed\xa0\x80")}) {
    EXPECT_EQ(decomposed(text), text);
  }
}

TEST(CanonicalText, LatinGreekAndCyrillicLettersHaveNoCase) {
  EXPECT_EQ(without_case("A.JPG"), "a.jpg");
  EXPECT_EQ(without_case(decomposed("\xc3\x84")), without_case(decomposed("\xc3\xa4")));
  EXPECT_EQ(without_case("\xce\xa3\xd0\x96\xd0\x81"), without_case("\xcf\x83\xd0\xb6\xd1\x91"));
  EXPECT_NE(without_case("a"), without_case("b"));
}

}  // namespace
}  // namespace visionops::annotations
