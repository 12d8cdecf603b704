#include "operator/assembly/session.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>

#include "operator/assembly/declared_stores.h"
#include "operator/assembly/history.h"
#include "operator/assembly/pod_authentication.h"
#include "operator/assembly/quiet_log.h"
#include "operator/assembly/runtime_programs.h"
#include "operator/runtime/operator_process.h"
#include "operator/telemetry/ingest.h"

namespace visionops::commands {

namespace fs = std::filesystem;

namespace {

constexpr Duration kStopGrace = std::chrono::seconds(20);
constexpr Duration kHistoryGrace = std::chrono::seconds(30);

}  // namespace

struct Session::Parts {
  SessionOptions options;
  SystemClock clock;
  std::shared_ptr<spdlog::logger> log;
  DeclaredStores stores;
  std::unique_ptr<local::EmbeddedCluster> cluster;
  std::unique_ptr<runtime::TelemetryBoard> board;
  History history;
  std::unique_ptr<telemetry::Ingest> ingest;
  std::unique_ptr<runtime::OperatorProcess> process;
  std::string note;
  bool stopped = false;

  /// The identity behind a token, with the run that the Pod carries out.
  std::optional<telemetry::PodIdentity> authenticate(const std::string& token) const {
    const auto pod = cluster->identify(token);
    if (!pod) return std::nullopt;
    const auto find = [this](const cluster::ObjectKey& key) -> std::shared_ptr<const cluster::Object> {
      auto object = cluster->api().get(key);
      return object ? std::make_shared<const cluster::Object>(*std::move(object)) : nullptr;
    };
    return identity_of({cluster::Kind::Pod, pod->namespace_, pod->name}, pod->uid, find);
  }

  /// What could not be written waits in the spool, and the note says how much.
  void end_history() {
    const bool broken = !history.broken.empty();
    const bool written = !broken && history.writer->flush(kHistoryGrace);
    const auto state = history.writer->state();
    history.writer->stop();
    if (written) return;
    note = fmt::format("{}: {} history records wait in {} for the next run, {} found no place.",
                       broken ? "No history was written: " + history.broken + "\nMeanwhile" : "The database is away",
                       state.waiting, (fs::absolute(options.data_folder) / "records.spool").lexically_normal().string(),
                       state.dropped);
  }

  /// Whether the owner is there was asked with the token, which is known here for one message only.
  telemetry::Taken take(const contract::TelemetryMessage& message) {
    const auto taken = verdict(board->fold(message, clock.now()));
    if (taken == telemetry::Taken::Yes && history.writer) history.writer->push(core::TelemetryRecord{message});
    return taken;
  }
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Session::~Session() { stop(); }

Result<std::unique_ptr<Session>> Session::open(SessionOptions options) {
  auto parts = std::make_unique<Parts>();
  parts->log = quiet_log(options.log_level);
  std::error_code error;
  fs::create_directories(options.data_folder, error);
  if (error) return invalid_error(options.data_folder + ": " + error.message());
  if (auto made = make_first_stores(fs::path(options.data_folder) / "stores"); !made) return made.error();
  local::EmbeddedClusterOptions cluster_options;
  cluster_options.data_folder = options.data_folder;
  cluster_options.log = [log = parts->log](const std::string& line) { log->warn("{}", line); };
  cluster_options.telemetry_url = [p = parts.get()] { return p->ingest ? p->ingest->url() : std::string(); };
  cluster_options.programs_of = programs_of_image;
  auto cluster = local::EmbeddedCluster::open(std::move(cluster_options), parts->clock);
  if (!cluster) return cluster.error();
  parts->cluster = std::move(*cluster);
  auto stores = declare_stores(fs::path(options.data_folder) / "stores", options.stores);
  if (!stores) return stores.error();
  parts->stores = std::move(*stores);
  parts->options = std::move(options);
  return std::unique_ptr<Session>(new Session(std::move(parts)));
}

std::set<cluster::ObjectKey> Session::asked_from_outside() const { return parts_->cluster->asked_from_outside(); }

cluster::ClusterApi& Session::api() { return parts_->cluster->api(); }

bool Session::has_unwritten_history() const {
  return fs::exists(fs::path(parts_->options.data_folder) / "records.spool");
}

std::string Session::history_note() const { return parts_->note; }

Status Session::start() {
  Parts& p = *parts_;
  if (p.process) return {};
  if (p.options.history) {
    auto history = open_history(p.options.data_folder, p.options.database, p.log);
    if (!history) return history.error();
    p.history = std::move(*history);
    if (!p.history.writer) p.note = "No history was kept: PostgreSQL is not installed (apt-get install postgresql).";
  }

  runtime::TelemetryLimits limits;
  limits.notify_interval = std::chrono::seconds(1);
  p.board = std::make_unique<runtime::TelemetryBoard>(limits);
  telemetry::IngestOptions ingest_options;
  ingest_options.log = p.log;
  auto ingest = telemetry::Ingest::start(
      std::move(ingest_options), [&p](const std::string& token) { return p.authenticate(token); },
      [&p](contract::TelemetryMessage message) { return p.take(message); });
  if (!ingest) return ingest.error();
  p.ingest = std::move(*ingest);

  if (auto started = p.cluster->start(); !started) return started;
  runtime::OperatorSettings settings;
  settings.engine.platform.stores = p.stores.names;
  settings.engine.platform.s3_stores = p.stores.buckets;
  settings.engine.platform.one_machine = true;
  settings.engine.platform.telemetry_url = p.ingest->url();
  settings.engine.platform.retry_backoff = std::chrono::seconds(2);
  runtime::Outlets outlets;
  outlets.log = p.log;
  if (p.history.writer)
    outlets.records = [&p](std::vector<core::Record> records) { p.history.writer->push(std::move(records)); };
  p.process = std::make_unique<runtime::OperatorProcess>(p.cluster->api(), p.clock, *p.board, std::move(settings),
                                                         std::move(outlets));
  p.process->start();
  return {};
}

void Session::stop() {
  Parts& p = *parts_;
  if (p.stopped) return;
  p.stopped = true;
  // No decision may be taken on Pods that end because we stop: the operator goes first.
  if (p.process) p.process->stop(kStopGrace);
  p.process.reset();
  p.cluster->shutdown(kStopGrace);
  p.ingest.reset();
  if (p.history.writer) p.end_history();
  p.history.writer.reset();
  if (p.history.server) p.history.server->stop();
}

}  // namespace visionops::commands
