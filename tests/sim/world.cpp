#include "tests/sim/world.h"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_facts.h"

namespace visionops::sim {
namespace {

constexpr int kMaxRounds = 20'000;
/// Nothing in the workload waits longer than this; what is due later (the resync) is rest.
constexpr Duration kHorizon = std::chrono::minutes(20);
constexpr Duration kFreezeUnit = std::chrono::seconds(4);

std::shared_ptr<spdlog::logger> make_log() {
  // VISIONOPS_SIM_LOG=1 shows what the operator says, to understand a failing seed.
  if (std::getenv("VISIONOPS_SIM_LOG") != nullptr) {
    auto log = std::make_shared<spdlog::logger>("sim", std::make_shared<spdlog::sinks::stdout_sink_st>());
    log->set_level(spdlog::level::debug);
    return log;
  }
  return std::make_shared<spdlog::logger>("sim", std::make_shared<spdlog::sinks::null_sink_st>());
}

local::ObjectStoreOptions store_options(int& uids) {
  local::ObjectStoreOptions options;
  options.history = 100'000;
  options.new_uid = [&uids] { return "uid-" + std::to_string(++uids); };
  return options;
}

core::Platform platform() {
  core::Platform p;
  p.telemetry_url = "http://127.0.0.1:8082/telemetry";
  return p;
}

void keep_earliest(std::optional<TimePoint>& due, std::optional<TimePoint> candidate) {
  if (candidate && (!due || *candidate < *due)) due = candidate;
}

struct RecordText {
  std::map<std::string, std::string>& into;
  template <class Resource>
  void put(const char* kind, const Resource& resource, std::int64_t run) const {
    into[kind + (" " + resource.meta.name) + " run " + std::to_string(run)] =
        runtime::phase_of(cluster::Object(resource));
  }
  void operator()(const core::DatasetRecord& r) const {
    put("Dataset", r.dataset, 0);
    if (r.deleted) into["Dataset " + r.dataset.meta.name + " run 0"] = "deleted";
  }
  void operator()(const core::PipelineRecord& r) const { put("Pipeline", r.pipeline, r.pipeline.status.run); }
  void operator()(const core::TrainingRecord& r) const { put("TrainingJob", r.job, r.job.status.run); }
  void operator()(const core::TelemetryRecord&) const {}
  void operator()(const core::NotificationRecord&) const {}
};

}  // namespace

std::map<std::string, std::string> World::lasting_records() const {
  auto lasting = records_;
  std::erase_if(lasting, [](const auto& record) { return leaves_in_the_end(record.first); });
  return lasting;
}

World::World(WorldOptions options)
    : options_(std::move(options)),
      began_(clock_.now()),
      random_(options_.seed),
      store_(clock_, store_options(uids_)),
      api_(store_, random_),
      jobs_(store_),
      node_(
          store_, [this](const contract::RunSpec& run) { return scripted(run, has_done(kSuspendStep)); },
          [this](const contract::TelemetryMessage& m) { board_->fold(m, clock_.now()); }),
      history_(store_),
      users_(options_.users),
      engine_(make_engine()) {
  api_.crash_plan = options_.crash;
  api_.faults = options_.weather.calls;
}

std::unique_ptr<runtime::Engine> World::make_engine() {
  board_ = std::make_unique<runtime::TelemetryBoard>();
  runtime::EngineSettings settings;
  settings.platform = platform();
  settings.make_jitter = [this] { return [this] { return random_.unit(); }; };
  runtime::Outlets outlets;
  outlets.log = make_log();
  outlets.records = [this](const std::vector<core::Record>& records) { record(records); };
  return std::make_unique<runtime::Engine>(api_, clock_, *board_, settings, outlets);
}

void World::record(const std::vector<core::Record>& records) {
  for (const auto& r : records) std::visit(RecordText{records_}, r);
}

void World::restart_operator() {
  engine_.reset();
  api_.restarted();
  engine_ = make_engine();
}

void World::survive_crash() {
  if (!api_.crashed()) return;
  restart_operator();
}

bool World::operator_acts(bool everything) {
  bool acted = false;
  for (auto& reflector : engine_->reflectors()) {
    if (!everything && random_.chance(0.5)) continue;
    const int activity = api_.activity();
    const auto phase = reflector->phase();
    try {
      (void)reflector->step({});
    } catch (const OperatorCrash&) {
      return true;
    }
    acted = acted || api_.activity() != activity || reflector->phase() != phase;
  }
  while (!api_.crashed() && engine_->run_one()) {
    ++passes_;
    acted = true;
    look();
    if (!everything && random_.chance(0.5)) break;
  }
  return acted;
}

void World::job_controller_acts() {
  if (store_.version() == jobs_seen_ && !(jobs_due_ && *jobs_due_ <= clock_.now())) return;
  jobs_seen_ = store_.version();
  jobs_due_ = jobs_.step(clock_.now());
}

bool World::user_acts() {
  if (users_done_ == users_.size() || !users_[users_done_].when(store_)) return false;
  const auto& step = users_[users_done_++];
  if (const auto acted = step.act(store_); !acted) user_error_ = step.name + ": " + acted.error().message;
  return true;
}

bool World::has_done(const std::string& step) const {
  const auto done = users_.begin() + static_cast<std::ptrdiff_t>(users_done_);
  return std::any_of(users_.begin(), done, [&](const UserStep& s) { return s.name == step; });
}

void World::disturb() {
  if (clock_.now() - began_ > options_.weather.calm_after) {
    api_.faults = {};
    return;
  }
  if (!api_.frozen() && random_.chance(options_.weather.freeze)) {
    api_.freeze();
    thaws_at_ = clock_.now() + kFreezeUnit * static_cast<int>(1 + random_.below(5));
  }
  if (random_.chance(options_.weather.compaction)) store_.compact_history();
  if (random_.chance(options_.weather.lost_pod)) node_.lose_a_pod(random_.below(1'000), clock_.now());
  if (random_.chance(options_.weather.restart)) restart_operator();
}

bool World::round(bool everything) {
  const auto version = store_.version();
  bool acted = false;
  std::array<int, 4> order{0, 1, 2, 3};
  if (options_.shuffled) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
  }
  for (const int component : order) {
    if (!everything && random_.chance(0.3)) continue;
    switch (component) {
      case 0:
        acted = user_acts() || acted;
        break;
      case 1:
        acted = operator_acts(everything) || acted;
        break;
      case 2:
        job_controller_acts();
        break;
      default:
        node_.step(clock_.now());
        break;
    }
    look();
    survive_crash();
  }
  return acted || store_.version() != version;
}

// Moves the clock to whatever is due next. false: nothing is.
bool World::rest() {
  std::optional<TimePoint> due = engine_->next_due();
  keep_earliest(due, jobs_due_);
  keep_earliest(due, node_.next_due());
  keep_earliest(due, thaws_at_);
  if (!due || *due - clock_.now() > kHorizon) return false;
  clock_.advance(std::max(Duration{1}, *due - clock_.now()));
  if (thaws_at_ && clock_.now() >= *thaws_at_) {
    api_.thaw();
    thaws_at_.reset();
  }
  return true;
}

std::string World::settle() {
  for (int i = 0; i < kMaxRounds; ++i) {
    disturb();
    if (options_.shuffled && round(false)) continue;
    if (round(true)) continue;
    if (!rest()) return {};
  }
  return "no rest after " + std::to_string(kMaxRounds) + " rounds";
}

// What a person needs to see of a world that is stuck.
std::string World::overview() const {
  std::string text;
  for (const auto kind : runtime::kWatchedKinds) {
    for (const auto& object : store_.view(kind)) {
      text += "\n  " + to_string(cluster::key_of(*object)) + " " + std::string(runtime::phase_of(*object));
      if (cluster::meta_of(*object).deletion_timestamp) text += " (being deleted)";
    }
  }
  return text;
}

std::string World::run() {
  std::string problem = settle();
  if (problem.empty() && !user_error_.empty()) problem = "a user step failed: " + user_error_;
  if (problem.empty() && users_done_ < users_.size()) {
    problem = "stuck before the user step \"" + users_[users_done_].name + "\"" + overview();
  }
  return problem;
}

}  // namespace visionops::sim
