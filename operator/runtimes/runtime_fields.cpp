#include "base/fields/field_table.h"
#include "operator/runtimes/runtime.h"

namespace visionops::runtimes {
namespace {

constexpr const char* kNamePattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
constexpr const char* kNameWords = "must be lower case letters, digits and '-'";
constexpr std::size_t kName = 63;
constexpr std::size_t kSentence = 200;
constexpr std::size_t kWords = 256;
constexpr std::size_t kText = 4096;
constexpr std::size_t kScript = 65536;

}  // namespace

const Table<Model>& Model::fields() {
  static const Table<Model> table{
      field("name", &Model::name, "As spec.model names it; with a pattern the name of the family.")
          .required()
          .max_length(128),
      field("tasks", &Model::tasks, "What it learns.").required().min_items(1).set(),
      field("bestMetric", &Model::best_metric, "Decides on the best checkpoint when nothing else is asked for.")
          .default_text("that of its first task")
          .max_length(64),
      field("bestMode", &Model::best_mode, "Whether smaller (Min) or larger (Max) is better."),
      field("about", &Model::about, "What it is.").max_length(kSentence),
      field("licence", &Model::licence, "Its licence.").default_text("that of the runtime").max_length(kSentence),
      field("pattern", &Model::pattern, "Any model whose name matches is one of this family.").max_length(1024),
      field("examples", &Model::examples, "Some names that the pattern matches.").max_items(64),
      field("imageSize", &Model::image_size, "Default of hyperparameters.imageSize.").range(0, 65536),
  };
  return table;
}

const Table<RuntimeTask>& RuntimeTask::fields() {
  static const Table<RuntimeTask> table{
      field("word", &RuntimeTask::word, "What {task} stands for.").max_length(kName),
      field("layout", &RuntimeTask::layout, "How the Datasets lie below {data}; absent: not at all.")
          .one_of({"", "YOLO", "COCO", "ClassFolders"}),
      field("bestMetric", &RuntimeTask::best_metric, "Best metric of models that name none.").max_length(64),
      field("bestMode", &RuntimeTask::best_mode, "Whether smaller (Min) or larger (Max) is better."),
  };
  return table;
}

const Table<Runtime>& Runtime::fields() {
  static const Table<Runtime> table{
      field("name", &Runtime::name, "As spec.runtime names it; the name of the file.")
          .required()
          .max_length(kName)
          .pattern(kNamePattern, kNameWords),
      field("about", &Runtime::about, "What it is, for the reference.").required().max_length(kSentence),
      field("licence", &Runtime::licence, "Licence of the framework.").max_length(kSentence),
      field("command", &Runtime::command, "Subcommand of visionops-worker that trains.")
          .max_length(kName)
          .pattern(kNamePattern, kNameWords),
      field("ownCommand", &Runtime::own_command, "Image and command are those of the TrainingJob."),
      field("maxNodes", &Runtime::max_nodes, "The most nodes that it trains on.").range(1, 256),
      field("maxGpus", &Runtime::max_gpus, "The most GPUs of a node that it trains on.").range(0, 64),
      field("tasks", &Runtime::tasks, "By the name of a task: what the runtime does for it.").max_properties(16),
      field("models", &Runtime::models, "Its models.")
          .default_text("those of the platform's trainer")
          .max_items(1024)
          .map_by("name"),
      field("image", &Runtime::image, "Image of its container, without a tag.")
          .default_text("visionops-runtime-NAME")
          .max_length(512)
          .pattern("^[a-z0-9][a-z0-9._/:-]*$", "must be the name of an image without tag and digest"),
      field("python", &Runtime::python, "Its Python environment: a lock of operator/runtimes/locks.")
          .max_length(kName)
          .pattern(kNamePattern, kNameWords),
      field("programs", &Runtime::programs, "Programs that the command needs in PATH.").max_items(16).items(kName),
      field("run", &Runtime::run,
            "The command: texts of words with {NAME}; one with a {NAME} without value is left out.")
          .max_items(kWords)
          .items(kText),
      field("resume", &Runtime::resume, "The command that goes on from {checkpoint}.").max_items(kWords).items(kText),
      field("extra", &Runtime::extra, "How a setting of hyperparameters.extra is written, with {name} and {value}.")
          .max_length(kName),
      field("extraDefaults", &Runtime::extra_defaults, "Such settings, where a TrainingJob has none of the name.")
          .max_properties(64)
          .items(kText),
      field("environment", &Runtime::environment, "Variables of the command, with {NAME}.")
          .max_properties(64)
          .items(kText)
          .keys("^[A-Za-z_][A-Za-z0-9_]*$", "must be a name of a variable"),
      field("files", &Runtime::files, "Files that are written into the job's folder before the start.")
          .max_properties(16)
          .items(kScript)
          .keys("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "must be a name of a file without folders"),
      field("defaults", &Runtime::defaults, "Default hyperparameters; what is not here the framework chooses.")
          .max_properties(16),
      field("sharedMemory", &Runtime::shared_memory, "Default of spec.resources.sharedMemory.")
          .max_length(32)
          .pattern("^[0-9]+(Ki|Mi|Gi)$", "must be a number with Ki, Mi or Gi"),
      field("reading", &Runtime::reading, "How its words and files are read."),
  };
  return table;
}

}  // namespace visionops::runtimes
