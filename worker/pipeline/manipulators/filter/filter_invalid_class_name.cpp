// Removes the images that have an object whose class name is wrong by pattern or by list.
#include <algorithm>
#include <regex>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::string pattern;
  std::vector<std::string> blacklist;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field("pattern", &Params::pattern,
              "ECMAScript regular expression without back-references; a class name is invalid when any part of it "
              "matches (use ^ and $ for the whole name).")
            .max_length(256)
            .example("^(tmp|test)_"),
        class_list("blacklist", &Params::blacklist, "Class names that are invalid as they stand.")
            .example("[unknown, \"\"]"),
    };
    return table;
  }
};

/// The breadth-first matcher of libstdc++: its time is polynomial in pattern and name (and it refuses
/// back-references), so that a pattern of a user cannot stall a Pod.
constexpr auto kSyntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
/// Longer class names are judged by their first bytes.
constexpr std::size_t kMaxJudgedName = 1024;

std::optional<std::regex> compile(const std::string& pattern, std::string& why) {
  try {
    return std::regex(pattern, kSyntax);
  } catch (const std::regex_error& e) {
    why = e.what();
    return std::nullopt;
  }
}

void check(const Params& params, const std::string& path, Problems& problems) {
  if (params.pattern.empty() && params.blacklist.empty()) {
    problems.push_back({path, "needs a pattern or a blacklist"});
  }
  std::string why;
  if (!params.pattern.empty() && !compile(params.pattern, why)) {
    problems.push_back({path + ".pattern", "is not a usable regular expression: " + why});
  }
}

Result<Collection> remove(Collection c, const Params& params, StepContext& context) {
  std::vector<std::string> unknown;  // a blacklist names what should not be there: no note when it is not
  auto invalid = categories_named(c.annotations, params.blacklist, unknown);
  if (!params.pattern.empty()) {
    std::string why;
    const auto regex = compile(params.pattern, why);
    if (!regex) return invalid_error("pattern: " + why);
    try {
      for (std::size_t i = 0; i < invalid.size(); ++i) {
        invalid[i] =
            invalid[i] || std::regex_search(c.annotations.categories[i].name.substr(0, kMaxJudgedName), *regex);
      }
    } catch (const std::regex_error& e) {
      return invalid_error(std::string("pattern: ") + e.what());
    }
  }
  for (std::size_t i = 0; i < invalid.size(); ++i) {
    if (invalid[i]) context.notes.push_back("invalid class name \"" + c.annotations.categories[i].name + "\"");
  }
  auto keep = images_with(c.annotations, invalid);
  keep.flip();
  retain_images(c, keep);
  remove_categories(c, invalid);
  return c;
}

}  // namespace

extern const Manipulator filter_invalid_class_name = define<Params>(
    {.name = "filter_invalid_class_name",
     .doc = "Removes the images that have an object whose class name matches the pattern or stands in the blacklist, "
            "and these classes.",
     .category = contract::ManipulatorCategory::Filter,
     .scopes = kBothScopes,
     .example = R"({"pattern":"^(tmp|test)_"})"},
    remove, nullptr, check);

}  // namespace visionops::pipeline
