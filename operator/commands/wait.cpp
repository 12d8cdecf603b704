#include "operator/commands/wait.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "operator/assembly/folder_cluster.h"
#include "operator/commands/standstill_of.h"
#include "operator/present/resource_words.h"
#include "operator/present/wait_condition.h"
#include "worker/contract/exit_code.h"

namespace visionops::commands {

namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kWaitGlance = std::chrono::milliseconds(200);
/// A process that takes the place of another one has listened again by then.
constexpr auto kHandOver = std::chrono::seconds(2);

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

/// What ends the patience: nothing while there is hope.
class Hope {
 public:
  explicit Hope(Duration patience) : deadline_(Steady::now() + patience) {}
  std::optional<std::string> why_none(bool somebody_works) {
    const auto now = Steady::now();
    if (somebody_works) worked_at_ = now;
    if (now >= deadline_) return "timed out waiting";
    if (now - worked_at_ >= kHandOver) return "gave up waiting";
    return std::nullopt;
  }

 private:
  const Steady::time_point deadline_;
  Steady::time_point worked_at_ = Steady::now();
};

int give_up(const std::string& why, const WaitOptions& options, const cluster::ObjectKey& key, FolderCluster& cluster) {
  std::cerr << "error: " << why << " for " << options.condition << " of " << to_string(key) << " ("
            << last_message(cluster.api(), key) << ")\n";
  if (const auto standstill = standstill_of(cluster, options.folder)) {
    std::cerr << "error: the embedded cluster in " << standstill->folder << " "
              << standstill_words(*standstill, SystemClock().now()) << "; it goes on with: " << standstill->go_on
              << "\n";
  }
  return static_cast<int>(contract::ExitCode::Unfinished);
}

int wait(const WaitOptions& options) {
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return report(keys.error());
  const auto condition = WaitCondition::parse(options.condition);
  if (!condition) return report(condition.error());
  const auto patience = parse_duration(options.timeout);
  if (!patience) return report(patience.error().in("--timeout"));
  Hope hope(*patience);
  std::unique_ptr<FolderCluster> cluster;
  for (const auto& key : *keys) {
    while (true) {
      if (auto there = look_again(options.folder, cluster); !there) return report(there.error());
      const auto object = cluster->api().get(key);
      if (condition->holds(object ? &*object : nullptr)) break;
      if (const auto why = hope.why_none(cluster->owner() != 0 || cluster->silent_holder()))
        return give_up(*why, options, key, *cluster);
      std::this_thread::sleep_for(kWaitGlance);
    }
    std::cout << kind_name(key.kind) << "/" << key.name << " " << condition->done_words() << std::endl;
  }
  return 0;
}

}  // namespace

void add_wait(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("wait", "Wait until resources are as asked, or nobody works on them any more");
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
