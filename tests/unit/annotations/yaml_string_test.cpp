// Class names in data.yaml: any YAML reader finds the very string.
#include <gtest/gtest.h>

#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/yaml_string.h"

namespace visionops::dataset_folder {
namespace {

std::string yaml_of(std::string_view text) {
  std::string out;
  append_yaml_string(out, text);
  return out;
}

TEST(YamlString, WhatYamlDoesNotCallPrintableIsEscaped) {
  EXPECT_EQ(yaml_of("yes"), "\"yes\"");
  EXPECT_EQ(yaml_of("a: b # \"c\" \\d"), R"("a: b # \"c\" \\d")");
  EXPECT_EQ(yaml_of(std::string("\0\t\n\x1b\x7f", 5)), R"("\x00\x09\x0A\x1B\x7F")");
  EXPECT_EQ(yaml_of("\xC2\x85\xC2\xA0\xE2\x80\xA8\xEF\xBB\xBF"), "\"\\x85\xC2\xA0\\u2028\\uFEFF\"");
  EXPECT_EQ(yaml_of("\xE5\x9B\xBE\xF0\x9F\x98\x80"), "\"\xE5\x9B\xBE\xF0\x9F\x98\x80\"");
  EXPECT_EQ(yaml_of("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

TEST(YamlString, NamesComeBackFromTheWrittenFile) {
  const std::vector<std::string> names{"",
                                       "yes",
                                       "0x1",
                                       "null",
                                       "~",
                                       "1.0",
                                       "12:30",
                                       "2024-01-01",
                                       "- a",
                                       "{x}",
                                       " pad ",
                                       "a: b",
                                       "#",
                                       "it's",
                                       "\"",
                                       "\\",
                                       "a\tb",
                                       "a\nb",
                                       "\xC2\x85",
                                       "\xE2\x80\xA9",
                                       "\x7f",
                                       "\xEF\xBB\xBF",
                                       "\xF0\x9F\x98\x80",
                                       "&a",
                                       "*a",
                                       "!t",
                                       "%",
                                       "@",
                                       "`"};
  const auto yaml = read_data_yaml(write_data_yaml(names, Split::None, annotations::YoloRows::Boxes));
  ASSERT_TRUE(yaml.ok()) << yaml.error().message;
  EXPECT_EQ(yaml->names, names);
}

TEST(YamlString, NothingIsNoName) {
  for (const char* text : {"names: [car, ]\nnc: 2\n", "names:\n  0:\n", "names: [~]\n", "names: [[a]]\n"}) {
    EXPECT_FALSE(read_data_yaml(text).ok()) << text;
  }
  EXPECT_EQ(read_data_yaml("names: [\"\", '']\n")->names, (std::vector<std::string>{"", ""}));
}

TEST(DataYamlEncoding, Utf16IsReadAndWhatIsNeitherIsRefused) {
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string_view("names: [car]\n")) utf16 += std::string{c, '\0'};
  const auto yaml = read_data_yaml(utf16);
  ASSERT_TRUE(yaml.ok()) << yaml.error().message;
  EXPECT_EQ(yaml->names, std::vector<std::string>{"car"});
  EXPECT_NE(read_data_yaml("names: [\xc6\xfb\xb3\xb5]\n").error().message.find("save it as UTF-8"), std::string::npos);
  EXPECT_EQ(read_data_yaml("\xef\xbb\xbfnames: [car]\n")->names, std::vector<std::string>{"car"});
}

}  // namespace
}  // namespace visionops::dataset_folder
