#include "base/quantity.h"

#include <gtest/gtest.h>

namespace visionops {
namespace {

struct Row {
  const char* text;
  std::int64_t milli;
};

class QuantityTable : public testing::TestWithParam<Row> {};

TEST_P(QuantityTable, IsReadAsKubernetesReadsIt) {
  const auto value = parse_quantity_milli(GetParam().text);
  ASSERT_TRUE(value) << GetParam().text;
  EXPECT_EQ(*value, GetParam().milli) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Texts, QuantityTable,
                         testing::Values(Row{"0", 0}, Row{"4", 4000}, Row{"+4", 4000}, Row{"500m", 500},
                                         Row{"0.5", 500}, Row{".5", 500}, Row{"5.", 5000}, Row{"1.5Gi", 1610612736000},
                                         Row{"1.5Ki", 1536000}, Row{"16Gi", 17179869184000}, Row{"1k", 1000000},
                                         Row{"1.5G", 1500000000000}, Row{"1e3", 1000000}, Row{"1E3", 1000000},
                                         Row{"12e-1", 1200}, Row{"1Pi", 1125899906842624000}));

TEST(Quantity, RoundsUpSoThatNoRequestIsTooSmall) {
  EXPECT_EQ(parse_quantity_milli("1u"), 1);
  EXPECT_EQ(parse_quantity_milli("1.0001"), 1001);
  EXPECT_EQ(parse_quantity("100m"), 1);
  EXPECT_EQ(parse_quantity("1.5"), 2);
  EXPECT_EQ(parse_quantity("2"), 2);
  EXPECT_EQ(parse_quantity("0m"), 0);
}

TEST(Quantity, BeyondSixtyFourBitsIsRefusedAndNotWrapped) {
  EXPECT_EQ(parse_quantity("7Ei"), 8070450532247928832);
  EXPECT_FALSE(parse_quantity("8Ei"));
  EXPECT_FALSE(parse_quantity_milli("1E"));
  EXPECT_FALSE(parse_quantity("9223372036854775808"));
  EXPECT_FALSE(parse_quantity("1e99"));
  EXPECT_FALSE(parse_quantity("1234567890123456789"));
}

class MalformedQuantity : public testing::TestWithParam<const char*> {};

TEST_P(MalformedQuantity, IsRefused) {
  EXPECT_FALSE(parse_quantity(GetParam())) << GetParam();
  EXPECT_FALSE(parse_quantity_milli(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Texts, MalformedQuantity,
                         testing::Values("", "-1", "Gi", "1 Gi", "1GI", "1gi", "1Kib", "1ki", "1.2.3", "0x10", "1e",
                                         "1e1.5", "1e+", "four", "1mi", "1 ", "."));

TEST(Bytes, AreWrittenForPeople) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(1468006), "1.4 MiB");
  EXPECT_EQ(format_bytes(1048575), "1.0 MiB");
  EXPECT_EQ(format_bytes(INT64_MAX), "8.0 EiB");
}

}  // namespace
}  // namespace visionops
