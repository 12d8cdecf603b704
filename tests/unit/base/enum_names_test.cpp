#include "base/enum_names.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace visionops {
namespace {

enum class Whole { First, Second };
constexpr auto names_of(Whole) {
  using enum Whole;
  return std::to_array<Named<Whole>>({{First, "FIRST"}, {Second, "SECOND"}});
}

enum class Longer { First, Second, Forgotten };
enum class Jumping { First, Far = 9 };
enum class Small : std::uint8_t { Only };

// What checked_names() demands of each list: with a forgotten enumerator no name of the enum compiles.
static_assert(names_all(names_of(Whole{})));
static_assert(!names_all(std::to_array<Named<Longer>>({{Longer::First, "First"}, {Longer::Second, "Second"}})));
static_assert(!names_all(std::to_array<Named<Longer>>({{Longer::First, "First"}, {Longer::Forgotten, "Forgotten"}})));
static_assert(!names_all(std::to_array<Named<Longer>>(
    {{Longer::Second, "Second"}, {Longer::First, "First"}, {Longer::Forgotten, "Forgotten"}})));
static_assert(names_all(std::to_array<Named<Longer>>(
    {{Longer::First, "First"}, {Longer::Second, "Second"}, {Longer::Forgotten, "Forgotten"}})));
static_assert(!names_all(std::to_array<Named<Jumping>>({{Jumping::First, "First"}})));
static_assert(names_all(std::to_array<Named<Small>>({{Small::Only, "Only"}})));
static_assert(!HasNames<Longer>, "the tests above are about a list, not about an enum that has one");

TEST(EnumNames, GoBothWays) {
  EXPECT_EQ(enum_name(Whole::Second), "SECOND");
  EXPECT_EQ(parse_enum<Whole>("FIRST"), Whole::First);
  EXPECT_EQ(parse_enum<Whole>("first"), std::nullopt);
}

TEST(EnumNames, ANumberThatIsNoEnumeratorHasNoName) {
  EXPECT_EQ(enum_name(static_cast<Whole>(2)), "Unknown");
  EXPECT_EQ(enum_name(static_cast<Whole>(-1)), "Unknown");
}

}  // namespace
}  // namespace visionops
