#include "tests/cluster/conformance.h"

#include "base/json.h"

namespace visionops::test {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(10);

cluster::PodTemplate worker_template() {
  cluster::Container worker;
  worker.name = std::string(cluster::kWorkerContainer);
  worker.image = "registry.invalid/visionops-worker:none";
  worker.command = {"visionops-worker", "inspect"};
  worker.requests = {{"cpu", "100m"}, {"memory", "64Mi"}};
  worker.limits = {{"memory", "64Mi"}};
  cluster::PodTemplate pod;
  pod.containers = {worker};
  return pod;
}

const char* word(cluster::ChangeType type) {
  switch (type) {
    case cluster::ChangeType::Added:
      return "Added ";
    case cluster::ChangeType::Modified:
      return "Modified ";
    case cluster::ChangeType::Deleted:
      return "Deleted ";
    case cluster::ChangeType::Bookmark:
      break;
  }
  return "Bookmark ";
}

}  // namespace

void ClusterApiConformance::SetUp() {
  cluster_ = GetParam().make();
  ASSERT_NE(cluster_, nullptr);
  namespace_ = cluster_->new_namespace();
}

api::Dataset ClusterApiConformance::dataset(const std::string& name) const {
  api::Dataset out;
  out.meta.name = name;
  out.meta.namespace_ = namespace_;
  out.spec.group = "street";
  out.spec.type = DatasetType::Raw;
  out.spec.split = Split::Train;
  out.spec.version = "v1.0.0";
  out.spec.format = Format("COCO");
  out.spec.tasks = {Task::Detection};
  out.spec.store = "datasets";
  return out;
}

api::Pipeline ClusterApiConformance::pipeline(const std::string& name) const {
  api::Pipeline out;
  out.meta.name = name;
  out.meta.namespace_ = namespace_;
  api::PipelineSource source;
  source.dataset.name = "street-train-v1.0.0";
  out.spec.sources = {source};
  out.spec.output.group = "street-night";
  out.spec.output.type = DatasetType::Processed;
  out.spec.output.split = Split::Train;
  out.spec.output.format = Format("COCO");
  out.spec.output.store = "datasets";
  return out;
}

cluster::Job ClusterApiConformance::job(const std::string& name) const {
  cluster::Job out;
  out.meta.name = name;
  out.meta.namespace_ = namespace_;
  out.spec.suspend = true;
  out.spec.pod = worker_template();
  return out;
}

cluster::Pod ClusterApiConformance::pod(const std::string& name) const {
  cluster::Pod out;
  out.meta.name = name;
  out.meta.namespace_ = namespace_;
  out.spec = worker_template();
  return out;
}

cluster::Lease ClusterApiConformance::lease(const std::string& name) const {
  cluster::Lease out;
  out.meta.name = name;
  out.meta.namespace_ = namespace_;
  out.holder = "one";
  return out;
}

bool ClusterApiConformance::eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + cluster_->patience();
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

std::string ClusterApiConformance::version_now(cluster::Kind kind) {
  auto list = api().list(kind, {namespace_, {}});
  if (!list) throw std::runtime_error(list.error().message);
  return list->resource_version;
}

WatchLog::WatchLog(cluster::ClusterApi& api, cluster::Kind kind, cluster::ListOptions options, std::string version)
    : thread_([this, &api, kind, options = std::move(options), version = std::move(version)] {
        run(api, kind, options, version);
      }) {}

WatchLog::~WatchLog() {
  if (thread_.joinable()) (void)stop().ok();
}

void WatchLog::run(cluster::ClusterApi& api, cluster::Kind kind, const cluster::ListOptions& options,
                   const std::string& version) {
  auto result = api.watch(
      kind, options, version,
      [this](cluster::Change change) {
        if (change.type == cluster::ChangeType::Bookmark) return;
        const std::lock_guard lock(mutex_);
        seen_.push_back(word(change.type) + meta_of(change.object).name);
        changed_.notify_all();
      },
      stop_.get_token());
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
}

std::vector<std::string> WatchLog::first(std::size_t count, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return seen_.size() >= count; });
  return seen_;
}

Status WatchLog::stop() {
  stop_.request_stop();
  thread_.join();
  return result_;
}

api::OwnerReference controlled_by(const cluster::Object& owner) {
  const Json json = cluster::encode(owner);
  const auto& meta = meta_of(owner);
  return {json["apiVersion"].get<std::string>(), json["kind"].get<std::string>(), meta.name, meta.uid, true, true};
}

}  // namespace visionops::test
