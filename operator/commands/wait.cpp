#include "operator/commands/wait.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "operator/assembly/folder_cluster.h"
#include "operator/present/resource_words.h"
#include "operator/present/wait_condition.h"
#include "worker/contract/exit_code.h"

namespace visionops::commands {

namespace {

constexpr auto kWaitGlance = std::chrono::milliseconds(200);

struct WaitOptions {
  DataFolder folder;
  std::vector<std::string> words;
  std::string condition;
  std::string timeout = "30s";
};

/// What the resource says of itself, for who waited in vain.
std::string last_message(cluster::ClusterApi& api, const cluster::ObjectKey& key) {
  const auto object = api.get(key);
  if (!object) return object.error().message;
  return std::visit(
      []<class T>(const T& typed) -> std::string {
        if constexpr (api::Resource<T>) return std::string(enum_name(typed.status.phase)) + ": " + typed.status.message;
        return "";
      },
      *object);
}

int wait(const WaitOptions& options) {
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return report(keys.error());
  const auto condition = WaitCondition::parse(options.condition);
  if (!condition) return report(condition.error());
  const auto patience = parse_duration(options.timeout);
  if (!patience) return report(patience.error().in("--timeout"));
  const auto deadline = std::chrono::steady_clock::now() + *patience;
  std::unique_ptr<FolderCluster> cluster;
  for (const auto& key : *keys) {
    while (true) {
      if (auto there = look_again(options.folder, cluster); !there) return report(there.error());
      const auto object = cluster->api().get(key);
      if (condition->holds(object ? &*object : nullptr)) break;
      if (std::chrono::steady_clock::now() >= deadline) {
        std::cerr << "error: timed out waiting for " << options.condition << " of " << to_string(key) << " ("
                  << last_message(cluster->api(), key) << ")"
                  << (cluster->owner() == 0 ? "; no process works on " + cluster->folder().string() : "") << "\n";
        return static_cast<int>(contract::ExitCode::Unfinished);
      }
      std::this_thread::sleep_for(kWaitGlance);
    }
    std::cout << kind_name(key.kind) << "/" << key.name << " " << condition->done_words() << std::endl;
  }
  return 0;
}

}  // namespace

void add_wait(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("wait", "Wait until resources are as asked");
  auto options = std::make_shared<WaitOptions>();
  command->add_option("RESOURCE", options->words, our_kind_words() + ", then names. Or KIND/NAME...")->required();
  command
      ->add_option("--for", options->condition, "condition=TYPE[=STATUS], delete, create, or jsonpath={PATH}[=VALUE]")
      ->required();
  command->add_option("--timeout", options->timeout, "How long, for example 30s, 5m, 2h; 0 looks once")
      ->capture_default_str();
  add_data_options(*command, options->folder);
  command->footer("Example: visionops wait trainingjob/digits-detector --for condition=Complete --timeout 2h");
  command->callback([options, &exit_code] { exit_code = wait(*options); });
}

}  // namespace visionops::commands
