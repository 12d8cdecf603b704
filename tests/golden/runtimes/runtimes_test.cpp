#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/text.h"
#include "operator/api/training_job.h"
#include "operator/runtimes/framework_run_of.h"
#include "operator/runtimes/runtime_file.h"
#include "worker/contract/framework_words.h"
#include "worker/framework/run_reader.h"

namespace visionops::runtimes {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path(VISIONOPS_SOURCE_DIR) / "tests/golden/runtimes";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Json models_of(const Runtime& runtime) {
  if (runtime.models.empty()) return "those of the trainer's tasks";
  Json models = Json::object();
  for (const auto& model : runtime.models) {
    Json tasks = Json::array();
    for (const auto task : model.tasks) tasks.push_back(std::string(enum_name(task)));
    models[model.name] = {{"tasks", tasks},
                          {"best", std::string(enum_name(model.best_mode)) + " " + model.best_metric}};
  }
  return models;
}

Json offer_of(const Runtime& runtime) {
  Json out{{"maxNodes", runtime.max_nodes}, {"models", models_of(runtime)}};
  if (!runtime.is_framework()) {
    out["command"] = runtime.command;
    return out;
  }
  out["data"] = Json::object();
  for (const auto& [task, how] : runtime.tasks) out["data"][task] = how.layout;
  out["image"] = image_of(runtime);
  out["python"] = runtime.python;
  return out;
}

FrameworkWish wish_of(const Json& json) {
  FrameworkWish wish;
  wish.model = json.at("model");
  wish.task = parse_enum<Task>(json.at("task").get<std::string>()).value();
  wish.hyperparameters = json.value("hyperparameters", std::map<std::string, std::string>{});
  wish.extra = json.value("extra", std::map<std::string, std::string>{});
  wish.gpus = json.value("gpus", 0);
  wish.command = json.value("command", std::vector<std::string>{});
  return wish;
}

/// The words that the Pod starts, when its folders are /data and /job.
std::vector<std::string> words_of(const contract::FrameworkRun& run, const std::vector<std::string>& texts,
                                  const std::string& checkpoint) {
  auto values = run.values;
  values.insert({{"data", "/data"}, {"job", "/job"}, {"classes", "3"}});
  if (!checkpoint.empty()) values["checkpoint"] = checkpoint;
  return contract::fill_words(texts, values);
}

void expect_runs(const Runtime& runtime, const Json& runs) {
  for (const auto& expected : runs) {
    const auto run = framework_run_of(runtime, wish_of(expected.at("wish")));
    EXPECT_EQ(join(words_of(run, run.command, ""), " "), expected.at("start")) << runtime.name;
    if (!expected.contains("resume")) continue;
    EXPECT_EQ(join(words_of(run, run.resume_command, "/old"), " "), expected.at("resume")) << runtime.name;
  }
}

/// What a whole run of the runtime's own script wrote, on both streams and into its file of metrics.
void expect_understood(const Runtime& runtime, const Json& said) {
  const auto folder = kFolder / "cases" / runtime.name;
  const std::int32_t epochs = said.at("epochs");
  auto reader = framework::RunReader::make(runtime.reading, epochs, 0);
  ASSERT_TRUE(reader) << runtime.name << ": " << reader.error().message;
  reader->take_log(text_of(folder / "said.log"), {});
  reader->end_log({});
  for (const auto& [path, file] : said.at("files").items()) {
    EXPECT_TRUE(reader->is_metric_file(path)) << path;
    reader->take_file(path, text_of(folder / file.get<std::string>()), {});
  }
  const auto verdict = reader->verdict({});
  EXPECT_TRUE(verdict.finished) << runtime.name << ": " << verdict.evidence;
  EXPECT_EQ(reader->epochs_of_finished_run(), epochs) << runtime.name;
  for (const auto& [metric, value] : said.at("latest").items()) {
    ASSERT_TRUE(reader->latest().contains(metric)) << runtime.name << " " << metric;
    EXPECT_DOUBLE_EQ(reader->latest().at(metric), value.get<double>()) << runtime.name << " " << metric;
  }
}

TEST(Runtimes, OfferWhatTheirCasesSay) {
  std::set<std::string> cases;
  for (const auto& entry : fs::directory_iterator(kFolder / "cases")) cases.insert(entry.path().filename());
  for (const auto& file : runtime_files()) {
    const auto runtime = parse_runtime(file);
    ASSERT_TRUE(runtime) << runtime.error().message;
    ASSERT_EQ(cases.erase(runtime->name), 1U) << runtime->name << " has no folder in " << kFolder / "cases";
    auto expected = Json::parse(text_of(kFolder / "cases" / runtime->name / "expect.json"));
    expect_runs(*runtime, expected.value("runs", Json::array()));
    if (expected.contains("said")) expect_understood(*runtime, expected.at("said"));
    expected.erase("runs");
    expected.erase("said");
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

TEST(Runtimes, HaveRulesThatTheReaderOfTheirWordsTakes) {
  for (const auto& runtime : all()) {
    const auto reader = framework::RunReader::make(runtime.reading, 1, 0);
    EXPECT_TRUE(reader) << runtime.name << ": " << reader.error().message;
  }
}

TEST(Runtimes, ThatTrainByThemselvesKnowTheNumberOfTheirEpochs) {
  for (const auto& runtime : all()) {
    if (!runtime.run.empty()) {
      EXPECT_TRUE(runtime.defaults.contains("epochs")) << runtime.name;
      EXPECT_FALSE(runtime.resume.empty()) << runtime.name;
    }
  }
}

TEST(Runtimes, TurnOffWhatTheirFrameworkWouldAskANetworkFor) {
  EXPECT_EQ(find("ultralytics")->environment.at("YOLO_OFFLINE"), "true");
  EXPECT_EQ(find("ultralytics")->environment.at("YOLO_AUTOINSTALL"), "false");
  EXPECT_EQ(find("timm")->environment.at("HF_HUB_OFFLINE"), "1");
  EXPECT_EQ(find("huggingface")->environment.at("HF_HUB_OFFLINE"), "1");
}

TEST(Runtimes, AFamilyAnswersToItsExamplesAndToNothingElse) {
  EXPECT_NE(find_model("ultralytics", "yolo11n"), nullptr);
  EXPECT_EQ(find_model("ultralytics", "yolo11n-seg")->tasks, std::vector{Task::Segmentation});
  EXPECT_NE(find_model("ultralytics", "yolo11n.yaml"), nullptr);
  EXPECT_EQ(find_model("ultralytics", "yolo11n.pt"), nullptr);
  EXPECT_EQ(find_model("ultralytics", "../yolo11n"), nullptr);
  EXPECT_EQ(find_model(*find("ultralytics"), "yolo11n-seg", Task::Detection), nullptr);
  EXPECT_EQ(find_model("torchvision", "resnet18")->best_metric, "Acc@1");
  EXPECT_EQ(find_model("torchvision", "fcos_resnet50_fpn")->best_metric, "mAP@50");
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
  EXPECT_GE(files, 13U);
}

}  // namespace
}  // namespace visionops::runtimes
