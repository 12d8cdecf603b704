#include "operator/settings/operator_config.h"

#include <set>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/api/patterns.h"

namespace visionops::api {

namespace {
constexpr double kMaxPort = 65535;
}  // namespace

const Table<OperatorImages>& OperatorImages::fields() {
  static const Table<OperatorImages> table{
      field("worker", &OperatorImages::worker, "Image of the worker and of the sidecar, for Pods without a GPU.")
          .always()
          .min_length(1)
          .max_length(512),
      field("workerCuda", &OperatorImages::worker_cuda, "Image of the worker for Pods with GPUs.")
          .always()
          .min_length(1)
          .max_length(512),
      field("runtimes", &OperatorImages::runtimes, "Images of the frameworks; {name} stands for the runtime's name.")
          .default_text("visionops-runtime-{name} beside the worker's image, with its tag")
          .max_length(512)
          .example("registry.example.org/visionops-runtime-{name}:1.0.0"),
      field("allowed", &OperatorImages::allowed,
            "Images that spec.image of a TrainingJob may name; a * at the end stands for any rest.")
          .default_text("none")
          .max_items(256)
          .items(512),
  };
  return table;
}

const Table<GpuConfig>& GpuConfig::fields() {
  static const Table<GpuConfig> table{
      field("runtimeClassName", &GpuConfig::runtime_class_name, "RuntimeClass of Pods with GPUs.")
          .default_text("the cluster's default")
          .max_length(253)
          .example("nvidia, as K3s calls it"),
  };
  return table;
}

const Table<LeaderElectionConfig>& LeaderElectionConfig::fields() {
  static const Table<LeaderElectionConfig> table{
      field("enabled", &LeaderElectionConfig::enabled, "Without it only one replica may ever run.").always(),
      field("leaseName", &LeaderElectionConfig::lease_name, "Name of the Lease in the operator's own namespace.")
          .always()
          .min_length(1)
          .max_length(253),
      field("leaseDurationSeconds", &LeaderElectionConfig::lease_duration_seconds,
            "How long a Lease that is not renewed keeps the others away: what a takeover takes after a leader died.")
          .unit("seconds")
          .always()
          .range(3, 600),
      field("renewDeadlineSeconds", &LeaderElectionConfig::renew_deadline_seconds,
            "A leader that could not renew for this long stops all writes and ends.")
          .unit("seconds")
          .always()
          .range(2, 600),
      field("retryPeriodSeconds", &LeaderElectionConfig::retry_period_seconds, "Between two looks at the Lease.")
          .unit("seconds")
          .always()
          .range(1, 60),
  };
  return table;
}

const Table<HttpConfig>& HttpConfig::fields() {
  static const Table<HttpConfig> table{
      field("host", &HttpConfig::host, "IP address that /metrics, /healthz and /readyz listen on.").always(),
      field("port", &HttpConfig::port, "Their port; 0 takes a free one.").always().range(0, kMaxPort),
  };
  return table;
}

const Table<TelemetryConfig>& TelemetryConfig::fields() {
  static const Table<TelemetryConfig> table{
      field("host", &TelemetryConfig::host, "IP address that the endpoint for sidecars listens on.").always(),
      field("port", &TelemetryConfig::port, "Its port; 0 takes a free one.").always().range(0, kMaxPort),
      field("url", &TelemetryConfig::url, "Where sidecars send to, https. Absent: no telemetry.")
          .default_text("none")
          .max_length(1024)
          .pattern("^https://[^ ]+$", "an https URL")
          .example("https://visionops-telemetry.visionops-system.svc:8443/telemetry"),
      field("certificateFile", &TelemetryConfig::certificate_file, "PEM certificate chain of the endpoint.")
          .default_text("none"),
      field("keyFile", &TelemetryConfig::key_file, "PEM key of the certificate.").default_text("none"),
      field("caFile", &TelemetryConfig::ca_file, "PEM authority that sidecars verify the endpoint with.")
          .default_text("none"),
  };
  return table;
}

const Table<DatabaseConfig>& DatabaseConfig::fields() {
  static const Table<DatabaseConfig> table{
      field("connectionFile", &DatabaseConfig::connection_file,
            "File with the libpq connection string of the PostgreSQL that keeps the history, usually of a Secret.")
          .default_text("no history"),
  };
  return table;
}

const Table<LogConfig>& LogConfig::fields() {
  static const Table<LogConfig> table{
      field("level", &LogConfig::level, "Least severe line that is written.").always(),
      field("format", &LogConfig::format, "One JSON object a line, or text.").always(),
  };
  return table;
}

const Table<OperatorConfig>& OperatorConfig::fields() {
  static const Table<OperatorConfig> table{
      field("namespaces", &OperatorConfig::namespaces, "Namespaces that are watched.")
          .default_text("the whole cluster")
          .max_items(100)
          .items(63, kLabelPattern, kLabelWords)
          .set(),
      field("stores", &OperatorConfig::stores,
            "Stores that resources may use. An item that is a string is a name: the PersistentVolumeClaim "
            "visionops-store-NAME in the namespace of the resource.")
          .default_text("any name, each a claim")
          .max_items(100)
          .map_by("name"),
      field("images", &OperatorConfig::images, "Images of the Pods."),
      field("gpu", &OperatorConfig::gpu, "Pods with GPUs."),
      field("pods", &OperatorConfig::pods, "Pods of every run: of Datasets, Pipelines and TrainingJobs."),
      field("profiles", &OperatorConfig::profiles,
            "What users choose by name with spec.profile. It comes on top of pods and wins where both say something; "
            "tolerations add up.")
          .default_text("none")
          .max_items(64)
          .map_by("name"),
      field("secrets", &OperatorConfig::secrets,
            "Secrets, each of the namespace of the resource, that a TrainingJob may take as environment with "
            "spec.secrets. The operator never reads them.")
          .default_text("none")
          .max_items(64)
          .items(253, kNamePattern, kNameWords)
          .set()
          .example("[hf, wandb]"),
      field("kueue", &OperatorConfig::kueue, "Kueue admits the Jobs of resources with spec.queue.").always(),
      field("workers", &OperatorConfig::workers, "Resources that are reconciled at the same time.")
          .always()
          .range(1, 64),
      field("leaderElection", &OperatorConfig::leader_election, "One replica leads, the others stand by."),
      field("http", &OperatorConfig::http, "Metrics and health."),
      field("telemetry", &OperatorConfig::telemetry, "Endpoint for the sidecars."),
      field("database", &OperatorConfig::database, "History."),
      field("log", &OperatorConfig::log, "Log of the operator, on stderr."),
  };
  return table;
}

namespace {

void check_lease(const LeaderElectionConfig& lease, Problems& problems) {
  if (lease.renew_deadline_seconds >= lease.lease_duration_seconds) {
    problems.push_back({"leaderElection.renewDeadlineSeconds",
                        "must be shorter than leaseDurationSeconds: two replicas would write at a time"});
  }
  if (lease.retry_period_seconds >= lease.renew_deadline_seconds) {
    problems.push_back({"leaderElection.retryPeriodSeconds", "must be shorter than renewDeadlineSeconds"});
  }
}

void check_telemetry(const TelemetryConfig& telemetry, Problems& problems) {
  if (telemetry.url.empty()) return;
  if (telemetry.certificate_file.empty()) problems.push_back({"telemetry.certificateFile", "is required with url"});
  if (telemetry.key_file.empty()) problems.push_back({"telemetry.keyFile", "is required with url"});
}

void check_stores(const std::vector<StoreConfig>& stores, Problems& problems) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const std::string path = "stores[" + std::to_string(i) + "]";
    if (!names.insert(stores[i].name).second) problems.push_back({path, quoted(stores[i].name) + " is used twice"});
    check_store(stores[i], path, problems);
  }
}

}  // namespace

OperatorConfig decode_operator_config(const Json& json, Problems& problems) {
  OperatorConfig out;
  OperatorConfig::fields().decode(json, out, "", problems);
  if (problems.empty()) OperatorConfig::fields().check(out, "", problems);
  if (!problems.empty()) return out;
  check_lease(out.leader_election, problems);
  check_telemetry(out.telemetry, problems);
  check_stores(out.stores, problems);
  check_pod_settings(out.pods, "pods", problems);
  check_profiles(out.profiles, "profiles", problems);
  return out;
}

}  // namespace visionops::api
