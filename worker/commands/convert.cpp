// visionops-worker convert: a dataset folder into another format, by hand. It is a pipeline of one source without
// manipulators: the same plan, the same writing, the same manifest, the same resumption.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/cli/safe_streams.h"
#include "base/json.h"
#include "worker/commands/choice_options.h"
#include "worker/commands/commands.h"
#include "worker/commands/format_option.h"
#include "worker/commands/progress_bar.h"
#include "worker/commands/stop_signal.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/select.h"
#include "worker/pipeline/publish/result_of_run.h"
#include "worker/pipeline/publish/run_pipeline.h"

namespace visionops::commands {

namespace {

namespace fs = std::filesystem;
using contract::ExitCode;

struct Options {
  std::string source;
  std::string output;
  Format from = Format::None;
  dataset_folder::Choice choice;
  Format to = Format::None;
  Task task = Task::Detection;
  std::vector<LossKind> allow_loss;
  ImageMode images = ImageMode::Copy;
  std::string report;
  unsigned threads = 0;
  bool sync = false;
  bool json = false;
};

/// The two folders by their real paths; links in them are the caller's own.
struct Folders {
  fs::path source;
  fs::path output;
};

bool is_within(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<Folders> resolve_folders(const Options& options) {
  std::error_code error;
  const fs::path source = fs::canonical(options.source, error);
  if (error) return not_found_error(options.source + ": " + error.message());
  fs::path output = fs::weakly_canonical(fs::absolute(options.output), error);
  if (error) return invalid_error(options.output + ": " + error.message());
  if (!output.has_filename()) output = output.parent_path();  // "dst/"
  if (is_within(source, output) || is_within(output, source)) {
    return invalid_error("--output " + options.output + " overlaps with " + options.source +
                         "; sources are never written");
  }
  return Folders{source, output};
}

Result<contract::PipelineRun> run_of(const Options& options, const Folders& folders, storage::StorageClient& source) {
  const auto selected = dataset_folder::select_dataset(source, "", options.from, options.choice);
  if (!selected) return selected.error().in(options.source);
  contract::PipelineRun run;
  run.sources.emplace_back();
  auto& dataset = run.sources.front().dataset;
  dataset.name = options.source;
  dataset.store = "source";
  dataset.format = selected->format;
  dataset.split = options.choice.split;
  dataset.annotations = options.choice.annotations;
  dataset.image_root = options.choice.image_root;
  // stands for the content of the source without reading it
  dataset.digest = dataset_folder::listing_fingerprint(dataset_folder::data_files(selected->listing, selected->format));
  run.output.store = "output";
  run.output.path = folders.output.filename().string();
  run.output.format = options.to;
  run.output.split = options.choice.split;
  run.tasks = {options.task};
  run.allow_loss = options.allow_loss;
  run.images = options.images;
  return run;
}

/// The output's parent is made when the store is opened: a run that is refused never gets there.
Result<std::shared_ptr<storage::StorageClient>> open_output(const fs::path& output, bool sync) {
  std::error_code error;
  fs::create_directories(output.parent_path(), error);
  if (error) return retry_error(output.parent_path().string() + ": " + error.message());
  return storage::open_local_store(output.parent_path().string(),
                                   sync ? storage::Durability::Synced : storage::Durability::Cached);
}

Json loss_json(const annotations::LossReport& loss) {
  Json out = Json::array();
  for (const auto& entry : loss.entries) {
    out.push_back({{"kind", std::string(enum_name(entry.kind))}, {"count", entry.count}, {"examples", entry.examples}});
  }
  return out;
}

Json report_json(const pipeline::RunOutcome& outcome) {
  Json findings = Json::object();
  for (const auto& [kind, count] : outcome.findings.counts()) findings[kind] = count;
  Json first = Json::array();
  for (const auto& f : outcome.findings.first()) {
    first.push_back({{"kind", f.kind}, {"file", f.file}, {"position", f.position}, {"message", f.message}});
  }
  Json report{{"exitCode", static_cast<int>(outcome.code)},
              {"loss", loss_json(outcome.loss)},
              {"problems", {{"byKind", findings}, {"first", first}}}};
  if (outcome.result.error) report["error"] = outcome.result.error->message;
  if (outcome.result.dataset) {
    const auto& dataset = *outcome.result.dataset;
    report["dataset"] = {{"digest", dataset.digest},
                         {"images", dataset.images},
                         {"annotations", dataset.annotations},
                         {"classes", dataset.classes},
                         {"sizeBytes", dataset.size_bytes}};
    report["reused"] = outcome.result.pipeline && outcome.result.pipeline->reused;
  }
  return report;
}

void print_losses(const annotations::LossReport& loss) {
  for (const auto& entry : loss.entries) {
    std::cerr << "loss: " << enum_name(entry.kind) << " " << entry.count << "\n";
    for (const auto& example : entry.examples) std::cerr << "  " << example << "\n";
  }
}

/// What was found and kept; what was left out stands among the losses.
void print_problems(const annotations::Findings& findings) {
  for (const auto& [kind, count] : findings.counts()) {
    if (kind.left_out()) continue;
    std::cerr << "problem: " << kind.name() << " " << count << "\n";
    std::size_t listed = 0;
    for (const auto& f : findings.first()) {
      if (f.kind != kind || listed++ == annotations::kLossExamples) continue;
      std::cerr << "  " << f.file << (f.position.empty() ? "" : " " + f.position) << ": " << f.message << "\n";
    }
  }
}

/// The same as in a Pipeline's allowLoss, in the words of the command line.
std::string allow_loss_option(const pipeline::RunOutcome& outcome) {
  std::string kinds;
  for (const auto& entry : annotations::not_allowed(outcome.loss, {})) {
    kinds += (kinds.empty() ? "" : ",") + std::string(enum_name(entry.kind));
  }
  return "--allow-loss " + kinds;
}

void print_text(const Options& options, const pipeline::RunOutcome& outcome) {
  print_losses(outcome.loss);
  print_problems(outcome.findings);
  if (outcome.result.error) {
    std::cerr << "error: " << outcome.result.error->message << "\n";
    if (outcome.code == contract::ExitCode::LossNotAllowed) std::cerr << "hint: " << allow_loss_option(outcome) << "\n";
    return;
  }
  const auto& facts = *outcome.result.pipeline;
  if (facts.reused) {
    std::cout << options.output << " is up to date\n";
    return;
  }
  std::cout << options.output << ": " << facts.images_out << " images (" << facts.renamed_images << " renamed, "
            << facts.skipped_images << " skipped), " << outcome.result.dataset->annotations << " objects, "
            << outcome.result.dataset->classes << " classes, " << outcome.result.dataset->digest << "\n";
}

bool write_report(const std::string& path, const Json& report) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << report.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  file.close();
  if (!file) std::cerr << "error: --report " << path << ": cannot be written\n";
  return static_cast<bool>(file);
}

Result<pipeline::RunOutcome> convert(const Options& options) {
  const StopSignal signal;
  const auto folders = resolve_folders(options);
  if (!folders) return folders.error();
  const auto source = storage::open_local_store(folders->source.string());
  if (!source) return source.error();
  const auto run = run_of(options, *folders, **source);
  if (!run) return run.error();
  ProgressBar bar;
  pipeline::RunEnvironment environment;
  environment.threads = options.threads;
  environment.stop = signal.token();
  environment.open_store = [&](const std::string& store) {
    return store == "source" ? source : open_output(folders->output, options.sync);
  };
  environment.progress = [&bar](const contract::Progress& p) { bar.show(p.stage, p.done, p.total); };
  return pipeline::run_pipeline(*run, environment);
}

int run(const Options& options) {
  const auto outcome = convert(options);
  if (!outcome) {
    const int code = static_cast<int>(pipeline::exit_code_of(outcome.error().cls));
    if (options.json)
      cli::machine_output() << dump_json({{"exitCode", code}, {"error", outcome.error().message}}) << "\n";
    std::cerr << "error: " << outcome.error().message << "\n";
    return code;
  }
  const Json report = report_json(*outcome);
  const bool reported = write_report(options.report, report);
  if (options.json) {
    cli::machine_output() << dump_json(report) << "\n";
  } else {
    print_text(options, *outcome);
  }
  return static_cast<int>(outcome->code == ExitCode::Done && !reported ? ExitCode::StorageFailure : outcome->code);
}

}  // namespace

void add_convert(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("convert", "Convert a dataset folder into another format");
  auto options = std::make_shared<Options>();
  command->add_option("SRC", options->source, "Dataset folder to read")->required();
  add_format_option(*command, "--to", options->to, "Format to write", &contract::FormatInfo::writes)->required();
  command->add_option("--output", options->output, "Dataset folder to write; it must not exist yet")
      ->required()
      ->type_name("DST");
  add_format_option(*command, "--from", options->from, "Format of SRC (default: as its layout says)",
                    &contract::FormatInfo::reads);
  add_choice_options(*command, options->choice);
  add_enum_option<Task>(*command, "--task", options->task, "Rows to write for YOLO: boxes or polygons",
                        {Task::Detection, Task::Segmentation});
  add_enums_option(*command, "--allow-loss", options->allow_loss, "What may be lost");
  add_enum_option<ImageMode>(*command, "--images", options->images, "Copy the images, or make hard links to them",
                             {ImageMode::Copy, ImageMode::Link});
  command->add_option("--report", options->report, "Write losses and problems to this JSON file")->type_name("FILE");
  command->add_option("--threads", options->threads, "Threads (default: all cores)")->type_name("N");
  command->add_flag("--sync", options->sync, "Return when everything is on the disk, not only in the page cache");
  command->add_flag("--json", options->json, "Print the result as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
