#include "operator/cluster/kinds.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"

namespace visionops::cluster {
namespace {

static_assert(kKindOf<api::TrainingJob> == Kind::TrainingJob);
static_assert(std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(Kind::Pod), Object>, Pod>);
static_assert(row_of(Kind::Job).group() == "batch" && row_of(Kind::Pod).group().empty());

TEST(Kinds, WhatTheOperatorDoesWithThemIsInTheirRows) {
  EXPECT_EQ(kind_names(kOurKinds), "Dataset, Pipeline, TrainingJob");
  EXPECT_EQ(kind_names(kKindsWatchedEverywhere), "Dataset, Pipeline, TrainingJob, Job, Pod");
  EXPECT_EQ(kind_plurals(kKindsWatchedWithKueue), "workloads");
}

TEST(Kinds, AreFoundByTheirNameAlone) {
  for (std::size_t place = 0; place < kKindRows.size(); ++place) {
    EXPECT_EQ(kind_named(kKindRows.at(place).name), static_cast<Kind>(place));
  }
  for (const char* other : {"", "dataset", "datasets", "Secret"}) EXPECT_EQ(kind_named(other), std::nullopt) << other;
}

/// The command line and the names of Jobs tell kinds apart by these.
TEST(Kinds, NoTwoHaveAWordInCommon) {
  std::set<std::string_view> words;
  std::size_t given = 0;
  for (const auto& row : kKindRows) {
    for (const auto word : {row.plural, row.short_name}) {
      if (word.empty()) continue;
      words.insert(word);
      ++given;
    }
  }
  EXPECT_EQ(words.size(), given);
}

TEST(Kinds, OursHaveASingularOfTheirPluralAndColumnsWithWords) {
  for_each_row([]<class Row>(const Row& row) {
    if constexpr (api::Resource<typename Row::Type>) {
      std::string singular(row.name);
      for (auto& letter : singular) letter = static_cast<char>(std::tolower(letter));
      EXPECT_EQ(singular + "s", row.plural);
      EXPECT_FALSE(row.short_name.empty());
      for (const auto& column : Row::Type::columns()) {
        EXPECT_TRUE(!column.path.empty() || column.cell != nullptr) << column.name;
        EXPECT_EQ(column.path.empty(), column.description.empty()) << column.name;
      }
    }
  });
}

using Widget = Seen<"Widget">;
constexpr auto kWidget = watched<"Widget">("widgets", "", "example.dev/v1", {"spec.text", "status.place.name"});
static_assert(kWidget.name == "Widget" && kWidget.group() == "example.dev" && is_watched_everywhere(kWidget));
static_assert(std::is_same_v<decltype(kWidget)::Type, Widget>);

TEST(Seen, KeepsTheTextsAtItsPaths) {
  const Json object{{"spec", {{"text", "a"}, {"more", "b"}}}, {"status", {{"place", {{"name", "c"}}}}}};
  const ReadTexts texts = read_texts(object, kWidget.reads);
  EXPECT_EQ(texts, (ReadTexts{{"spec.text", "a"}, {"status.place.name", "c"}}));
  EXPECT_EQ(read_texts(encode_texts(texts), kWidget.reads), texts);
}

TEST(Seen, WhatIsAbsentOrNoTextIsNotThere) {
  for (const char* text : {"null", "7", "{}", "[]", R"({"spec":7})", R"({"spec":{"text":7}})",
                           R"({"spec":[{"text":"a"}]})", R"({"spec":{"text":{}},"status":{"place":[]}})"}) {
    EXPECT_TRUE(read_texts(Json::parse(text), kWidget.reads).empty()) << text;
  }
  EXPECT_EQ(encode_texts({}), Json::object());
}

}  // namespace
}  // namespace visionops::cluster
