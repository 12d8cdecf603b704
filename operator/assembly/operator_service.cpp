#include "operator/assembly/operator_service.h"

#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>

#include "base/mutex.h"
#include "operator/assembly/pod_authentication.h"
#include "operator/health/http_server.h"
#include "operator/health/runtime_metrics.h"
#include "operator/kube/kube_cluster.h"
#include "operator/record/postgres_store.h"
#include "operator/record/record_writer.h"
#include "operator/runtime/leadership/fenced_cluster.h"
#include "operator/runtime/leadership/leader_election.h"
#include "operator/runtime/operator_process.h"
#include "operator/telemetry/ingest.h"

namespace visionops::commands {

namespace {

constexpr const char* kAudience = "visionops.dev/telemetry";
constexpr const char* kComponent = "visionops-operator";
/// Reconciling stops at once; what is under way has this long to end.
constexpr Duration kStopGrace = std::chrono::seconds(10);
/// Cancelling a call takes milliseconds; what is this far beyond its deadline will never end.
constexpr Duration kStuckCall = std::chrono::seconds(30);
constexpr Duration kHistoryGrace = std::chrono::seconds(5);

Result<std::string> read_text(const std::string& file, const char* field) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return invalid_error(std::string(field) + ": " + file + " cannot be read");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<std::unique_ptr<kube::KubeCluster>> connect(const kube::Endpoint& endpoint, const Clock& clock,
                                                   const std::string& identity) {
  auto transport = kube::HttpTransport::connect(endpoint);
  if (!transport) return transport.error();
  kube::KubeLimits limits;
  limits.container_specs = false;  // no decision reads them
  return std::make_unique<kube::KubeCluster>(std::move(*transport), clock, kComponent, identity, limits);
}

Result<std::unique_ptr<record::RecordWriter>> open_writer(const std::string& connection_file,
                                                          const std::shared_ptr<spdlog::logger>& log) {
  auto connection = read_text(connection_file, "database.connectionFile");
  if (!connection) return connection.error();
  while (!connection->empty() && connection->back() == '\n') connection->pop_back();
  auto store = record::PostgresStore::open(*connection);
  if (!store) return store.error().in("database.connectionFile");
  record::WriterOptions options;
  options.log = log;
  return std::make_unique<record::RecordWriter>(std::move(*store), std::move(options));
}

core::S3Store bucket_of(const api::S3StoreConfig& config) {
  core::S3Store out;
  out.location.endpoint = config.endpoint;
  out.location.region = config.region;
  out.location.bucket = config.bucket;
  out.location.prefix = config.prefix;
  out.location.path_style = config.path_style;
  out.secret = config.secret_name;
  out.ca_config_map = config.ca_config_map;
  return out;
}

runtime::LeaseTiming timing_of(const api::LeaderElectionConfig& config) {
  using std::chrono::seconds;
  return {seconds(config.lease_duration_seconds), seconds(config.renew_deadline_seconds),
          seconds(config.retry_period_seconds)};
}

void wait_for(const std::stop_token& stop) {
  Mutex mutex;
  MutexLock lock(mutex);
  std::condition_variable_any never;
  never.wait(lock, stop, [] { return false; });
}

}  // namespace

struct OperatorService::Parts {
  api::OperatorConfig config;
  OperatorPlace place;
  std::shared_ptr<spdlog::logger> log;
  SystemClock clock;
  prometheus::Registry registry;
  serve::Metrics metrics{registry};
  std::unique_ptr<kube::KubeCluster> cluster;
  std::unique_ptr<runtime::LeaderElection> election;
  std::unique_ptr<runtime::FencedCluster> fenced;
  std::unique_ptr<record::RecordWriter> writer;
  std::unique_ptr<PodAuthentication> authentication;
  /// One operator a namespace, "" for the whole cluster: no reference crosses namespaces.
  std::map<std::string, runtime::TelemetryBoard> boards;
  std::vector<std::unique_ptr<runtime::OperatorProcess>> processes;
  std::map<std::string, runtime::OperatorProcess*> process_by_namespace;
  std::unique_ptr<serve::HttpServer> http;
  std::unique_ptr<telemetry::Ingest> ingest;
  std::uint64_t dropped_told = 0;  // of the thread that renews the pages

  [[nodiscard]] bool may_write() const { return !config.leader_election.enabled || election->may_write(); }
  [[nodiscard]] serve::Health ready() const;
  [[nodiscard]] serve::Health alive() const;
  runtime::OperatorProcess* process_of(const std::string& namespace_) const;
  std::shared_ptr<const cluster::Object> find(const cluster::ObjectKey& key) const;
  telemetry::Taken take(const contract::TelemetryMessage& message);
  void push(std::vector<core::Record> records);
  Result<core::Platform> platform() const;
  void tell_history_state();
  Status open();
  Status open_http();
  Status open_ingest();
  void add_processes(const core::Platform& platform);
  void lead();
  void stop_reconciling();
};

serve::Health OperatorService::Parts::ready() const {
  const bool synced = std::all_of(processes.begin(), processes.end(), [](const auto& p) { return p->ready(); });
  if (!synced) return {false, "the caches are not filled yet"};
  if (config.leader_election.enabled && !election->informed()) return {false, "no answer about the Lease"};
  return {};
}

serve::Health OperatorService::Parts::alive() const {
  if (cluster->longest_overdue() < kStuckCall) return {};
  return {false, "a call to the API server does not end although its deadline is long over"};
}

runtime::OperatorProcess* OperatorService::Parts::process_of(const std::string& namespace_) const {
  auto found = process_by_namespace.find(namespace_);
  if (found == process_by_namespace.end()) found = process_by_namespace.find("");
  return found == process_by_namespace.end() ? nullptr : found->second;
}

std::shared_ptr<const cluster::Object> OperatorService::Parts::find(const cluster::ObjectKey& key) const {
  const auto* process = process_of(key.namespace_);
  return process == nullptr ? nullptr : process->find(key);
}

telemetry::Taken OperatorService::Parts::take(const contract::TelemetryMessage& message) {
  auto* process = process_of(message.owner.namespace_);
  const auto taken = process == nullptr ? telemetry::Taken::UnknownOwner : verdict(process->take(message));
  if (taken == telemetry::Taken::Yes) push({core::TelemetryRecord{message}});
  return taken;
}

/// Only the leader writes history: a standby would repeat each record.
void OperatorService::Parts::push(std::vector<core::Record> records) {
  if (writer && may_write()) writer->push(std::move(records));
}

Result<core::Platform> OperatorService::Parts::platform() const {
  core::Platform out;
  out.worker_image = config.images.worker;
  out.worker_cuda_image = config.images.worker_cuda;
  out.runtime_images = config.images.runtimes;
  out.allowed_images = config.images.allowed;
  for (const auto& store : config.stores) {
    out.stores.push_back(store.name);
    if (store.kind == api::StoreKind::S3) out.s3_stores[store.name] = bucket_of(store.s3);
  }
  out.gpu_runtime_class = config.gpu.runtime_class_name;
  out.pods = config.pods;
  out.profiles = config.profiles;
  out.secrets = config.secrets;
  out.kueue = config.kueue;
  out.telemetry_url = config.telemetry.url;
  if (!config.telemetry.url.empty() && !config.telemetry.ca_file.empty()) {
    auto authority = read_text(config.telemetry.ca_file, "telemetry.caFile");
    if (!authority) return authority.error();
    out.telemetry_ca = std::move(*authority);
  }
  return out;
}

Status OperatorService::Parts::open() {
  auto connected = connect(place.endpoint, clock, place.identity);
  if (!connected) return connected.error();
  cluster = std::move(*connected);
  election = std::make_unique<runtime::LeaderElection>(
      *cluster, clock, cluster::ObjectKey{cluster::Kind::Lease, place.namespace_, config.leader_election.lease_name},
      place.identity, timing_of(config.leader_election));
  fenced = std::make_unique<runtime::FencedCluster>(*cluster, [this] { return may_write(); });
  if (!config.database.connection_file.empty()) {
    auto opened = open_writer(config.database.connection_file, log);
    if (!opened) return opened.error();
    writer = std::move(*opened);
  }
  auto pods = platform();
  if (!pods) return pods.error();
  add_processes(*pods);
  if (auto opened = open_http(); !opened) return opened;
  return config.telemetry.url.empty() ? Status() : open_ingest();
}

void OperatorService::Parts::add_processes(const core::Platform& platform) {
  std::vector<std::string> watched = config.namespaces;
  if (watched.empty()) watched.emplace_back();
  for (const auto& name : watched) {
    runtime::OperatorSettings settings;
    settings.engine.namespace_ = name;
    settings.engine.platform = platform;
    settings.workers = config.workers;
    runtime::Outlets outlets;
    outlets.log = log;
    outlets.observers = serve::observe(metrics);
    for (const auto kind : cluster::kOurKinds) metrics.max_workers(cluster::kind_name(kind), config.workers);
    if (writer) outlets.records = [this](std::vector<core::Record> records) { push(std::move(records)); };
    auto& board = boards.try_emplace(name).first->second;
    processes.push_back(
        std::make_unique<runtime::OperatorProcess>(*fenced, clock, board, std::move(settings), std::move(outlets)));
    process_by_namespace.emplace(name, processes.back().get());
  }
}

/// On the thread that renews the pages.
void OperatorService::Parts::tell_history_state() {
  if (!writer) return;
  const auto state = writer->state();
  metrics.record_queue_depth(state.waiting);
  metrics.records_dropped(state.dropped + state.rejected - dropped_told);
  dropped_told = state.dropped + state.rejected;
}

Status OperatorService::Parts::open_http() {
  serve::PageSources sources;
  sources.metrics = [this] {
    tell_history_state();
    metrics.leads(may_write());
    return serve::prometheus_text(registry);
  };
  sources.ready = [this] { return ready(); };
  sources.alive = [this] { return alive(); };
  serve::HttpServerOptions options;
  options.host = config.http.host;
  options.port = static_cast<std::uint16_t>(config.http.port);
  auto server = serve::HttpServer::start(options, std::move(sources));
  if (!server) return server.error().in("http");
  http = std::move(*server);
  return {};
}

Status OperatorService::Parts::open_ingest() {
  auto transport = kube::HttpTransport::connect(place.endpoint);
  if (!transport) return transport.error();
  authentication = std::make_unique<PodAuthentication>(
      std::make_unique<kube::TokenReviewer>(std::move(*transport), kAudience),
      [this](const cluster::ObjectKey& key) { return find(key); }, log);
  telemetry::IngestOptions options;
  options.host = config.telemetry.host;
  options.port = static_cast<std::uint16_t>(config.telemetry.port);
  options.tls = http::TlsFiles{config.telemetry.certificate_file, config.telemetry.key_file};
  options.log = log;
  options.leading = [this] { return may_write(); };
  options.count = [this](std::string_view result) { metrics.telemetry_message(result); };
  auto started = telemetry::Ingest::start(
      std::move(options), [this](const std::string& token) { return authentication->identify(token); },
      [this](contract::TelemetryMessage message) { return take(message); });
  if (!started) return started.error();
  ingest = std::move(*started);
  return {};
}

void OperatorService::Parts::lead() {
  log->info("{} leads", place.identity);
  for (const auto& process : processes) {
    process->tell_history();
    process->work();
  }
}

void OperatorService::Parts::stop_reconciling() {
  for (const auto& process : processes) {
    if (!process->stop(kStopGrace)) log->warn("a pass did not end within its time; its writes are refused");
  }
}

OperatorService::OperatorService(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

OperatorService::~OperatorService() {
  parts_->ingest.reset();
  parts_->http.reset();
  parts_->processes.clear();
}

Result<std::unique_ptr<OperatorService>> OperatorService::open(api::OperatorConfig config, OperatorPlace place,
                                                               std::shared_ptr<spdlog::logger> log) {
  auto parts = std::make_unique<Parts>();
  parts->config = std::move(config);
  parts->place = std::move(place);
  parts->log = std::move(log);
  if (auto opened = parts->open(); !opened) return opened.error();
  return std::unique_ptr<OperatorService>(new OperatorService(std::move(parts)));
}

Status OperatorService::run(std::stop_token stop) {
  Parts& p = *parts_;
  for (const auto& process : p.processes) process->watch();
  if (p.config.leader_election.enabled) {
    p.election->run(
        stop, [&p] { p.lead(); }, [&p] { p.stop_reconciling(); });
  } else {
    p.lead();
    wait_for(stop);
  }
  p.stop_reconciling();
  p.ingest.reset();
  if (p.writer) {
    if (!p.writer->flush(kHistoryGrace)) {
      p.log->warn("{} history records could not be written; the next leader tells the state of each resource again",
                  p.writer->state().waiting);
    }
    p.writer->stop();
  }
  if (stop.stop_requested()) return {};
  return conflict_error("the Lease could not be renewed in time: another replica leads");
}

std::string OperatorService::http_url() const { return parts_->http->url(); }

std::string OperatorService::telemetry_url() const { return parts_->ingest ? parts_->ingest->url() : std::string(); }

}  // namespace visionops::commands
