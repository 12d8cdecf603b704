#include "operator/commands/get.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <thread>

#include "base/cli/program.h"
#include "base/json.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/commands/object_output.h"
#include "operator/commands/standstill_of.h"
#include "operator/present/label_selector.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

constexpr auto kGetGlance = std::chrono::milliseconds(300);

struct GetOptions {
  DataFolder folder;
  std::vector<std::string> words;
  std::string output;
  std::string selector;
  bool all_namespaces = false;
  bool watch = false;
  bool no_headers = false;
};

/// What was asked for, understood once.
struct Question {
  ResourceWords words;
  LabelSelector selector;
  std::string namespace_;  ///< empty: all
  ObjectOutput output;
};

Result<Question> understand(const GetOptions& options) {
  auto words = parse_resource_words(options.words);
  if (!words) return words.error();
  auto selector = LabelSelector::parse(options.selector);
  if (!selector) return selector.error();
  if (options.all_namespaces && !words->names.empty())
    return invalid_error("a resource cannot be named across all namespaces: say -n NAMESPACE instead of -A");
  auto output = ObjectOutput::of(options.output);
  if (!output) return output.error();
  output->with_namespace = options.all_namespaces;
  output->headers = !options.no_headers;
  output->single = words->names.size() == 1;
  return Question{*std::move(words), *std::move(selector), options.all_namespaces ? "" : options.folder.namespace_,
                  *std::move(output)};
}

Result<std::vector<cluster::Object>> named(cluster::ClusterApi& api, const Question& question) {
  std::vector<cluster::Object> objects;
  for (std::size_t i = 0; i < question.words.names.size(); ++i) {
    auto object = api.get({question.words.kinds[i], question.namespace_, question.words.names[i]});
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  return objects;
}

Result<std::vector<cluster::Object>> listed(cluster::ClusterApi& api, const Question& question) {
  std::vector<cluster::Object> objects;
  const std::vector<cluster::Kind> ours(cluster::kOurKinds.begin(), cluster::kOurKinds.end());
  for (const auto kind : question.words.kinds.empty() ? ours : question.words.kinds) {
    auto found = api.list(kind, {question.namespace_, {}});
    if (!found) return found.error();
    std::ranges::move(found->items, std::back_inserter(objects));
  }
  std::erase_if(objects, [&](const auto& o) { return !question.selector.matches(cluster::meta_of(o).labels); });
  return objects;
}

Result<std::vector<cluster::Object>> answer(cluster::ClusterApi& api, const Question& question) {
  return question.words.names.empty() ? listed(api, question) : named(api, question);
}

/// Prints what changes until somebody ends it, as kubectl does.
int watch(const GetOptions& options, Question question, std::unique_ptr<FolderCluster> cluster,
          const std::vector<cluster::Object>& first) {
  std::map<cluster::ObjectKey, std::string> seen;
  for (const auto& object : first) seen[cluster::key_of(object)] = cluster::meta_of(object).resource_version;
  question.output.headers = question.output.headers && first.empty();
  while (true) {
    std::this_thread::sleep_for(kGetGlance);
    if (!look_again(options.folder, cluster)) continue;
    const auto objects = listed(cluster->api(), question);
    if (!objects) continue;
    const bool worked = !question.output.standstill;
    question.output.standstill = standstill_of(*cluster, options.folder);
    if (worked) tell_standstill(question.output.standstill, *objects);
    std::vector<cluster::Object> news;
    for (const auto& object : *objects) {
      const auto& names = question.words.names;
      const auto key = cluster::key_of(object);
      if (!names.empty() && std::ranges::find(names, key.name) == names.end()) continue;
      auto& version = seen[key];
      if (version != cluster::meta_of(object).resource_version) news.push_back(object);
      version = cluster::meta_of(object).resource_version;
    }
    if (news.empty()) continue;
    question.output.print(news, SystemClock().now());
    question.output.headers = false;
    std::cout.flush();
  }
}

int get(const GetOptions& options) {
  auto question = understand(options);
  if (!question) return report(question.error());
  auto cluster = FolderCluster::open(options.folder, Access::Read);
  if (!cluster) return report(cluster.error());
  const auto objects = answer((*cluster)->api(), *question);
  if (!objects) return report(objects.error());
  question->output.standstill = standstill_of(**cluster, options.folder);
  if (objects->empty() && question->output.is_table()) {
    std::cerr << "No resources found" << (options.all_namespaces ? "" : " in namespace " + options.folder.namespace_)
              << ".\n";
  } else {
    question->output.print(*objects, SystemClock().now());
  }
  std::cout.flush();
  tell_standstill(question->output.standstill, *objects);
  return options.watch ? watch(options, *std::move(question), *std::move(cluster), *objects) : 0;
}

}  // namespace

void add_get(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("get", "Show resources of the embedded cluster");
  auto options = std::make_shared<GetOptions>();
  command->add_option("RESOURCE", options->words,
                      known_kind_words() + "; when absent all of " + cluster::kind_plurals(cluster::kOurKinds) +
                          "; then names. Or KIND/NAME...");
  command->add_option("-o,--output", options->output, "How to print them")
      ->type_name(cli::type_name_of(ObjectOutput::words()));
  command->add_option("-l,--selector", options->selector, "Only those with these labels: team=a,stage!=test");
  command->add_flag("-A,--all-namespaces", options->all_namespaces, "Of all namespaces");
  command->add_flag("-w,--watch", options->watch, "Go on printing what changes, until interrupted");
  command->add_flag("--no-headers", options->no_headers, "Tables without heads");
  add_data_options(*command, options->folder);
  command->footer(
      "Examples:\n  visionops get\n  visionops get datasets,pipelines -o wide\n  visionops get "
      "dataset digits-train-v1.0.0 -o yaml\n  visionops get pipeline/digits-fusion trainingjob/digits-detector\n"
      "  visionops get trainingjob digits-detector -o jsonpath='{.status.phase}'");
  command->callback([options, &exit_code] { exit_code = get(*options); });
}

}  // namespace visionops::commands
