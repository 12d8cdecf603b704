#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/api/training_job.h"
#include "operator/runtimes/runtime_file.h"

namespace visionops::runtimes {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path(VISIONOPS_SOURCE_DIR) / "tests/golden/runtimes";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Json offer_of(const Runtime& runtime) {
  Json models = Json::object();
  for (const auto& model : runtime.models) {
    Json tasks = Json::array();
    for (const auto task : model.tasks) tasks.push_back(std::string(enum_name(task)));
    models[model.name] = {{"tasks", tasks},
                          {"best", std::string(enum_name(model.best_mode)) + " " + model.best_metric}};
  }
  Json out{{"command", runtime.command}, {"maxNodes", runtime.max_nodes}};
  out["models"] = runtime.models.empty() ? Json("those of the trainer's tasks") : models;
  return out;
}

TEST(Runtimes, OfferWhatTheirCasesSay) {
  std::set<std::string> cases;
  for (const auto& entry : fs::directory_iterator(kFolder / "cases")) cases.insert(entry.path().filename());
  for (const auto& file : runtime_files()) {
    const auto runtime = parse_runtime(file);
    ASSERT_TRUE(runtime) << runtime.error().message;
    ASSERT_EQ(cases.erase(runtime->name), 1U) << runtime->name << " has no folder in " << kFolder / "cases";
    const auto expected = Json::parse(text_of(kFolder / "cases" / runtime->name / "expect.json"));
    EXPECT_EQ(offer_of(*runtime), expected) << runtime->name;
  }
  EXPECT_TRUE(cases.empty()) << "no file operator/runtimes/" << *cases.begin() << ".yaml";
}

TEST(Runtimes, WithoutModelsOfTheirOwnHaveThoseOfTheTrainersTasks) {
  const auto* model = find_model("builtin", "centernet_nano");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->tasks, std::vector{Task::Detection});
  EXPECT_EQ(model->best_metric, "map50_95");
  EXPECT_EQ(model->best_mode, MetricMode::Max);
}

TEST(Runtimes, AreWhatTheSchemaOffers) {
  const auto schema = api::TrainingJobSpec::fields().schema();
  EXPECT_EQ(schema.at("properties").at("runtime").at("enum"), Json(names()));
  EXPECT_EQ(schema.at("properties").at("task").at("enum"), Json(task_names()));
}

TEST(Runtimes, AFileWithAMistakeIsRefusedWithItsPlace) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kFolder / "refused")) {
    const auto text = text_of(entry.path());
    const auto name = entry.path().filename().string();
    const auto runtime = parse_runtime({name, text});
    ASSERT_FALSE(runtime) << name;
    EXPECT_EQ("# " + runtime.error().message, text.substr(0, text.find('\n'))) << name;
    ++files;
  }
  EXPECT_GE(files, 6U);
}

}  // namespace
}  // namespace visionops::runtimes
