#include "base/fields/field_table.h"
#include "base/json.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace visionops {

namespace {
enum class Colour { Red, Blue };
constexpr auto names_of(Colour) {
  using enum Colour;
  return std::to_array<Named<Colour>>({{Red, "Red"}, {Blue, "Blue"}});
}

struct Wheel {
  std::string name;
  double radius = 1.5;

  static const Table<Wheel>& fields() {
    static const Table<Wheel> table{
        field("name", &Wheel::name, "Name.").required().min_length(1),
        field("radius", &Wheel::radius, "Radius.").unit("cm").range(0.5, 100),
    };
    return table;
  }
};

struct Car {
  std::string plate;
  std::int32_t doors = 4;
  std::int64_t mileage = 0;
  bool electric = false;
  Colour colour = Colour::Red;
  std::optional<double> price;
  std::vector<Wheel> wheels;
  std::vector<std::string> tags;
  std::map<std::string, std::string> labels;
  FreeMap extra;
  TimePoint built{};

  static const Table<Car>& fields();
};

const Table<Car>& Car::fields() {
  static const auto table =
      Table<Car>{
          field("plate", &Car::plate, "Plate.").required().max_length(8).pattern("^[A-Z0-9]+$", "must be capitals"),
          field("doors", &Car::doors, "Doors.").range(2, 5).example("4"),
          field("mileage", &Car::mileage, "Mileage."),
          field("electric", &Car::electric, "Electric."),
          field("colour", &Car::colour, "Colour."),
          field("price", &Car::price, "Price.")
              .default_text("unknown")
              .rule("self >= 0", "costs something", [](const Car& c) { return !c.price || *c.price >= 0; }),
          field("wheels", &Car::wheels, "Wheels.").max_items(3).map_by("name"),
          field("tags", &Car::tags, "Tags.").max_items(4).items(5, "^[a-z]+$").set(),
          field("labels", &Car::labels, "Labels.").max_properties(2).items(3).keys("^[a-z]+$", "must be letters"),
          field("extra", &Car::extra, "Extra."),
          field("built", &Car::built, "Built."),
      }
          .rule("self.doors > 1", "needs doors", [](const Car& c) { return c.doors > 1; });
  return table;
}

struct Fleet {
  std::optional<Car> first;
  std::vector<Car> others;
  std::map<std::string, Car> named;
  std::string none;

  static const Table<Fleet>& fields() {
    static const auto table =
        Table<Fleet>{
            field("first", &Fleet::first, "First."),
            field("others", &Fleet::others, "Others."),
            field("named", &Fleet::named, "Named."),
            field("none", &Fleet::none, "None.").steering(),
        }
            .rule("self.others.all(c, c.plate != 'X')", "no X", [](const Fleet& f) {
              Problems taken;
              for (std::size_t i = 0; i < f.others.size(); ++i) {
                if (f.others[i].plate != "X") continue;
                taken.push_back({"others[" + std::to_string(i) + "].plate", "\"X\" is taken"});
              }
              return taken;
            });
    return table;
  }
};

Problems problems_of(const char* text) {
  Problems problems;
  decode_fields<Car>(Json::parse(text), "spec", problems);
  return problems;
}

std::string only(const char* text) {
  const auto problems = problems_of(text);
  EXPECT_EQ(problems.size(), 1U) << describe(problems, 10);
  return problems.empty() ? "" : problems[0].path + ": " + problems[0].message;
}

TEST(FieldTable, ReadsWhatItWrites) {
  Problems problems;
  const Json json = Json::parse(R"({"plate":"B1","doors":2,"mileage":9007199254740993,"electric":true,"colour":"Blue",
    "price":1.25,"wheels":[{"name":"front"},{"name":"rear","radius":20.5}],"tags":["a","b"],"labels":{"k":"v"},
    "extra":{"x":[1,{"y":null}]},"built":"2026-11-21T02:34:40Z"})");
  const auto car = decode_fields<Car>(json, "spec", problems);
  EXPECT_TRUE(problems.empty()) << describe(problems);
  EXPECT_EQ(car.mileage, 9007199254740993);
  EXPECT_EQ(car.wheels.at(1).radius, 20.5);
  EXPECT_EQ(encode_fields(car), json);
}

TEST(FieldTable, WritesRequiredFieldsAndLeavesDefaultsOut) {
  EXPECT_EQ(encode_fields(Car{}), Json::parse(R"({"plate":""})"));
}

TEST(FieldTable, NullCountsAsAbsent) {
  EXPECT_TRUE(problems_of(R"({"plate":"B1","doors":null,"wheels":null})").empty());
  EXPECT_EQ(only(R"({"plate":null})"), "spec.plate: is required");
}

TEST(FieldTable, NamesThePathOfEveryMistake) {
  EXPECT_EQ(only(R"({"plate":"B1","wheels":[{"name":"a"},{"name":7}]})"),
            "spec.wheels[1].name: expected a string, got the number 7: put it in quotes");
  EXPECT_EQ(only(R"({"plate":true})"),
            "spec.plate: is a boolean: put it in quotes (YAML reads yes, no, on, off, y, n, true and false so)");
  EXPECT_EQ(only(R"({"plate":"B1","doors":"4"})"), "spec.doors: expected an integer, got the string \"4\"");
  EXPECT_EQ(only(R"({"plate":"B1","doors":2.5})"), "spec.doors: expected an integer, got the number 2.5");
  EXPECT_EQ(only(R"({"plate":"B1","electric":"yes"})"),
            "spec.electric: expected true or false, got the string \"yes\"");
  EXPECT_EQ(only(R"({"plate":"B1","wheels":{}})"), "spec.wheels: expected a list, got a mapping");
  EXPECT_EQ(only(R"({"plate":"B1","labels":[]})"), "spec.labels: expected a mapping, got a list");
  EXPECT_EQ(only(R"({"plate":"B1","labels":{"a":1}})"),
            "spec.labels.a: expected a string, got the number 1: put it in quotes");
  EXPECT_EQ(only(R"({"plate":"B1","colour":"Green"})"), "spec.colour: \"Green\" is not one of Red, Blue");
  EXPECT_EQ(only(R"({"plate":"B1","colour":3})"), "spec.colour: expected one of Red, Blue, got the number 3");
  EXPECT_EQ(only(R"({"plate":"B1","built":"yesterday"})"),
            "spec.built: expected an RFC 3339 time, got the string \"yesterday\"");
  EXPECT_EQ(only(R"([1])"), "spec: expected a mapping, got a list");
}

TEST(FieldTable, HintsAtTheFieldThatWasMeant) {
  EXPECT_EQ(only(R"({"plate":"B1","color":"Red"})"), "spec.color: unknown field; did you mean \"colour\"?");
  EXPECT_EQ(only(R"({"plate":"B1","zzzzzz":1})"), "spec.zzzzzz: unknown field");
}

TEST(FieldTable, ChecksBoundsInTheUnitOfKubernetes) {
  EXPECT_EQ(only(R"({"plate":"B1","doors":1})"), "spec.doors: must be at least 2");
  EXPECT_EQ(only(R"({"plate":"B1","doors":6})"), "spec.doors: must be at most 5");
  EXPECT_EQ(only(R"({"plate":"B1","doors":4294967296})"), "spec.doors: 4294967296 is out of range");
  EXPECT_EQ(only(R"({"plate":"B1","wheels":[{"name":"a","radius":0.25}]})"),
            "spec.wheels[0].radius: must be at least 0.5");
  EXPECT_EQ(only(R"({"plate":"ABCDEFGHI"})"), "spec.plate: is longer than 8 characters");
  EXPECT_EQ(only(R"({"plate":"b1"})"), "spec.plate: \"b1\" must be capitals");
  EXPECT_EQ(only(R"({"plate":"B1","wheels":[{"name":""}]})"), "spec.wheels[0].name: must not be empty");
  EXPECT_EQ(only(R"({"plate":"B1","tags":["a","b","c","d","e"]})"), "spec.tags: has 5 items; at most 4 are allowed");
  EXPECT_EQ(only(R"({"plate":"B1","tags":["a","B"]})"), "spec.tags[1]: \"B\" must match ^[a-z]+$");
  EXPECT_EQ(only(R"({"plate":"B1","labels":{"a":"1234"}})"), "spec.labels.a: is longer than 3 characters");
  EXPECT_EQ(only(R"({"plate":"B1","labels":{"A":"1"}})"), "spec.labels: the key \"A\" must be letters");
}

TEST(FieldTable, CountsCharactersAndNotBytes) {
  FieldDoc doc;
  doc.max_length = 3;
  Problems problems;
  check_bounds(doc, Json("한국어"), "x", problems);
  EXPECT_TRUE(problems.empty());
  check_bounds(doc, Json("한국어요"), "x", problems);
  EXPECT_EQ(problems.size(), 1U);
}

TEST(FieldTable, RefusesEqualElementsOfASetAndEqualKeysOfAMapList) {
  EXPECT_EQ(only(R"({"plate":"B1","tags":["a","b","a"]})"), "spec.tags[2]: \"a\" stands in the list twice");
  EXPECT_EQ(only(R"({"plate":"B1","wheels":[{"name":"a"},{"name":"a"}]})"), "spec.wheels[1].name: \"a\" is used twice");
}

TEST(FieldTable, BoundsFreeMapsInDepthAndSize) {
  Json deep = Json::object();
  for (int i = 0; i < 20; ++i) deep = Json{{"x", deep}};
  Problems problems;
  decode_fields<Car>(Json{{"plate", "B1"}, {"extra", deep}}, "spec", problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "is nested deeper than 16 levels");
  problems.clear();
  decode_fields<Car>(Json{{"plate", "B1"}, {"extra", {{"x", std::string(70000, 'a')}}}}, "spec", problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "is larger than 64 KiB");
}

TEST(FieldTable, CollectsABoundedNumberOfProblems) {
  Json json{{"plate", "B1"}};
  for (int i = 0; i < 5000; ++i) json["unknown" + std::to_string(i)] = i;
  Problems problems;
  decode_fields<Car>(json, "spec", problems);
  EXPECT_EQ(problems.size(), kMaxProblems);
}

TEST(FieldTable, TolerantDecodingDropsOnlyWhatItDoesNotUnderstand) {
  const auto car = decode_tolerant<Car>(
      Json::parse(R"({"plate":"B1","doors":"many","newer":1,"wheels":[{"name":"a","newer":2}],"colour":"Green"})"));
  EXPECT_EQ(car.plate, "B1");
  EXPECT_EQ(car.doors, 4);
  EXPECT_EQ(car.colour, Colour::Red);
  ASSERT_EQ(car.wheels.size(), 1U);
  EXPECT_EQ(car.wheels[0].name, "a");
  EXPECT_EQ(decode_tolerant<Car>(Json("text")).doors, 4);
}

TEST(FieldTable, SchemaIsStructuralDescribedAndWithoutDefaults) {
  const Json schema = Car::fields().schema();
  const Json& properties = schema["properties"];
  EXPECT_EQ(schema["required"], Json::parse(R"(["plate"])"));
  EXPECT_EQ(properties["doors"], Json::parse(R"({"type":"integer","format":"int32","minimum":2,"maximum":5,
    "description":"Doors. Default: 4. Example: 4"})"));
  EXPECT_EQ(properties["wheels"]["x-kubernetes-list-type"], "map");
  EXPECT_EQ(properties["wheels"]["x-kubernetes-list-map-keys"], Json::parse(R"(["name"])"));
  EXPECT_EQ(properties["tags"]["x-kubernetes-list-type"], "set");
  EXPECT_EQ(properties["tags"]["items"]["maxLength"], 5);
  EXPECT_EQ(properties["labels"]["additionalProperties"]["maxLength"], 3);
  EXPECT_EQ(properties["colour"]["enum"], Json::parse(R"(["Red","Blue"])"));
  EXPECT_EQ(properties["price"]["description"], "Price. Default: unknown.");
  EXPECT_EQ(properties["wheels"]["items"]["properties"]["radius"]["description"], "Radius. Unit: cm. Default: 1.5.");
  EXPECT_EQ(schema["x-kubernetes-validations"][0]["message"], "needs doors");
  EXPECT_EQ(schema.dump().find("\"default\""), std::string::npos);
}

TEST(FieldTable, RulesLookIntoEveryStructBelow) {
  Problems problems;
  Fleet fleet{.first = Car{}, .others = {Car{}, Car{}}, .named = {{"spare", Car{}}}, .none = {}};
  Fleet::fields().check(fleet, "spec", problems);
  EXPECT_TRUE(problems.empty()) << describe(problems);
  fleet.first->doors = 1;
  fleet.others[1].doors = 0;
  fleet.named["spare"].doors = 1;
  fleet.others[0].price = -1;
  Fleet::fields().check(fleet, "spec", problems);
  EXPECT_EQ(describe(problems, 10),
            "spec.first: needs doors; spec.others[0].price: costs something; spec.others[1]: needs doors; "
            "spec.named.spare: needs doors");
}

TEST(FieldTable, ARuleNamesWhatBreaksIt) {
  Problems problems;
  Fleet fleet{.first = {}, .others = std::vector<Car>(3), .named = {}, .none = {}};
  fleet.others[2].plate = "X";
  Fleet::fields().check(fleet, "", problems);
  EXPECT_EQ(describe(problems), "others[2].plate: \"X\" is taken");
}

TEST(FieldTable, KnowsWhichFieldsSteer) {
  EXPECT_EQ(Fleet::fields().steering(), std::vector<std::string>{"none"});
  EXPECT_TRUE(Car::fields().steering().empty());
}

TEST(FieldTable, DocumentsAreReadFromText) {
  Problems problems;
  EXPECT_EQ(decode_text<Wheel>(R"({"name":"front"})", "w", problems).name, "front");
  EXPECT_EQ(encode_text(Wheel{.name = "a", .radius = 2}), R"({"name":"a","radius":2.0})");
  EXPECT_EQ(decode_newer_text<Wheel>(R"({"name":"front","newer":1})", "w", problems).name, "front");
  EXPECT_TRUE(problems.empty()) << describe(problems);
  decode_text<Wheel>(R"({"name":"front","newer":1})", "w", problems);
  decode_newer_text<Wheel>("{", "x", problems);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].path, "w.newer");
  EXPECT_EQ(problems[1].path, "x");
}

TEST(Problems, AreDescribedWithALimit) {
  const Problems problems{{"a", "x"}, {"b", "y"}, {"c", "z"}};
  EXPECT_EQ(describe(problems, 3), "a: x; b: y; c: z");
  EXPECT_EQ(describe(problems, 1), "a: x; and 2 more");
  EXPECT_EQ(describe({}, 1), "");
}

TEST(Messages, CannotBeForgedByTheTextTheyQuote) {
  EXPECT_EQ(only("{\"plate\":\"b\\n\\u001b[2J\"}"), "spec.plate: \"b\\n\\u001b[2J\" must be capitals");
  EXPECT_EQ(only("{\"plate\":\"B\",\"x\\ny\":1}"), "spec.x\\ny: unknown field");
  EXPECT_EQ(quoted(std::string(500, 'a')).size(), 82U);
}

TEST(CutText, NeverBreaksACharacter) {
  EXPECT_EQ(cut_text("short", 10), "short");
  EXPECT_EQ(cut_text("abcdefghij", 8), "abcde...");
  for (std::size_t bytes = 0; bytes < 14; ++bytes) {
    const auto cut = cut_text("한국어한국어", bytes);
    EXPECT_LE(cut.size(), bytes);
    EXPECT_EQ(parse_json("\"" + cut + "\"").ok(), true) << bytes;
  }
}

}  // namespace
}  // namespace visionops
