// The other checks see what these functions see.
#include "tests/contract/cpp_text.h"

#include <gtest/gtest.h>

namespace visionops::contract_tests {
namespace {

TEST(CppText, IsSeenWithoutCommentsAndStrings) {
  const std::string code = without_comments("a(); // getenv\n/* random_device */ b(\"getenv\\\"x\"); c('\"'); d();\n");
  EXPECT_EQ(code.find("getenv"), std::string::npos);
  EXPECT_EQ(code.find("random_device"), std::string::npos);
  EXPECT_NE(code.find("d();"), std::string::npos);
  EXPECT_EQ(without_comments("R\"(a\"b)\"; c"), "R\"     \"; c");
  EXPECT_EQ(without_comments("1'000 + x; // y"), "1'000 + x;     ");
}

std::string word(const Function& f) {
  return f.space + " " + f.name + (f.member ? " member" : "") + (f.hidden ? " hidden" : "") + " " +
         std::to_string(f.line) + "+" + std::to_string(f.lines);
}

TEST(CppText, HasFunctionsWithTheirPlaceAndLength) {
  std::vector<std::string> words;
  for (const Function& function : functions_of(R"(#define OPEN {
namespace a::b {
namespace {
constexpr int kTable[] = {1, 2};
const auto kLambda = [](int x) { return x; };
template <class T = int, bool Big = (sizeof(T) > 4)>
  requires(Big)
std::function<void(T)> make(Options o = {}) {
  if (o) {
    return {};
  }
  return [](T) {};
}
class Machine final : public Base<int(*)()> {
 public:
  explicit Machine(int a)
      : a_{a}, b_(a) {
    start();
  }
  bool operator==(const Machine& other) const = default;
  bool operator<(const Machine& other) const { return a_ < other.a_; }
  int declared() const;

 private:
  int a_{0};
};
}  // namespace
[[nodiscard]] static Result<std::vector<int>> hidden() { return {}; }
enum class Colour { Red };
int Machine::declared() const { return 1; }
}  // namespace a::b
extern "C" {
int plain(void) { return 0; }
}
)")) {
    words.push_back(word(function));
  }
  EXPECT_EQ(words, (std::vector<std::string>{"a::b make hidden 8+6", "a::b::Machine Machine member 16+4",
                                             "a::b::Machine operator< member 21+1", "a::b hidden hidden 28+1",
                                             "a::b declared member 30+1", "C plain 33+1"}));
}

}  // namespace
}  // namespace visionops::contract_tests
