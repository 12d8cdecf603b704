#include "operator/commands/columns.h"

#include <algorithm>

namespace visionops::commands {

namespace {

using cluster::Kind;

std::string ready_text(const std::vector<api::Condition>& conditions) {
  const auto* ready = api::find_condition(conditions, api::condition::kReady);
  return ready ? std::string(enum_name(ready->status)) : "Unknown";
}

std::string age(const api::ObjectMeta& meta, TimePoint now) {
  return meta.creation_timestamp == TimePoint{} ? "" : format_age(now - meta.creation_timestamp);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

TableRow row(const api::Dataset& d, TimePoint now, bool wide) {
  const auto& s = d.status;
  TableRow out{d.meta.name,
               std::string(enum_name(d.spec.type)),
               or_dash(d.spec.version),
               std::to_string(s.images),
               std::to_string(s.classes),
               or_dash(s.size),
               ready_text(s.conditions),
               age(d.meta, now)};
  if (wide) {
    out.push_back(std::string(d.spec.format.name()));
    out.push_back(or_dash(s.digest.substr(0, 19)));
    out.push_back(s.message);
  }
  return out;
}

TableRow row(const api::Pipeline& p, TimePoint now, bool wide) {
  const auto& s = p.status;
  const std::string stage = s.stage == api::PipelineStage::None ? "-" : std::string(enum_name(s.stage));
  TableRow out{p.meta.name,
               std::string(enum_name(s.phase)),
               stage,
               or_dash(s.progress),
               std::to_string(s.images_in),
               std::to_string(s.images_out),
               or_dash(s.duration),
               age(p.meta, now)};
  if (wide) {
    out.push_back(s.resolved && s.resolved->output ? s.resolved->output->dataset : "-");
    out.push_back(s.message);
  }
  return out;
}

TableRow row(const api::TrainingJob& t, TimePoint now, bool wide) {
  const auto& s = t.status;
  const std::string epoch = s.epochs ? std::to_string(s.epoch) + "/" + std::to_string(s.epochs) : "-";
  TableRow out{t.meta.name,    std::string(enum_name(s.phase)), epoch,          or_dash(s.progress),
               or_dash(s.eta), or_dash(s.best_summary),         or_dash(s.gpu), age(t.meta, now)};
  if (wide) {
    out.push_back(t.spec.model);
    out.push_back(s.message);
  }
  return out;
}

std::string job_phase(const cluster::Job& j) {
  if (j.status.complete) return "Complete";
  if (j.status.failed_condition) return "Failed";
  return j.spec.suspend ? "Suspended" : "Running";
}

TableRow row(const cluster::Job& j, TimePoint now, bool wide) {
  TableRow out{j.meta.name, job_phase(j), std::to_string(j.status.succeeded) + "/" + std::to_string(j.spec.completions),
               age(j.meta, now)};
  if (wide) out.push_back(j.status.message);
  return out;
}

constexpr std::array<std::string_view, 5> kPodPhases{"Pending", "Running", "Succeeded", "Failed", "Unknown"};

TableRow row(const cluster::Pod& p, TimePoint now, bool wide) {
  TableRow out{p.meta.name, std::string(kPodPhases.at(static_cast<std::size_t>(p.phase))), or_dash(p.reason),
               age(p.meta, now)};
  if (wide) out.push_back(p.message);
  return out;
}

TableRow row(const cluster::Lease& l, TimePoint now, bool) {
  return {l.meta.name, or_dash(l.holder), age(l.meta, now)};
}

TableRow row(const cluster::Workload& w, TimePoint now, bool wide) {
  const auto* reserved = api::find_condition(w.conditions, "QuotaReserved");
  const bool admitted = api::is_true(w.conditions, "Admitted");
  TableRow out{w.meta.name, admitted ? "Admitted" : "Pending", age(w.meta, now)};
  if (wide) out.push_back(reserved ? reserved->message : "");
  return out;
}

TableRow row(const cluster::Service& s, TimePoint now, bool) { return {s.meta.name, age(s.meta, now)}; }

struct KindWords {
  Kind kind;
  std::string name;
  std::vector<std::string> words;
};

const std::vector<KindWords>& kind_words() {
  static const std::vector<KindWords> words{
      {Kind::Dataset, "Dataset", {"dataset", "datasets", "vds"}},
      {Kind::Pipeline, "Pipeline", {"pipeline", "pipelines", "vpl"}},
      {Kind::TrainingJob, "TrainingJob", {"trainingjob", "trainingjobs", "vtj"}},
      {Kind::Job, "Job", {"job", "jobs"}},
      {Kind::Pod, "Pod", {"pod", "pods", "po"}},
      {Kind::Lease, "Lease", {"lease", "leases"}},
      {Kind::Workload, "Workload", {"workload", "workloads", "wl"}},
      {Kind::Service, "Service", {"service", "services", "svc"}},
  };
  return words;
}

}  // namespace

TableRow header_of(Kind kind, bool wide) {
  TableRow out;
  switch (kind) {
    case Kind::Dataset:
      out = {"NAME", "TYPE", "VERSION", "IMAGES", "CLASSES", "SIZE", "READY", "AGE"};
      if (wide) out.insert(out.end(), {"FORMAT", "DIGEST"});
      break;
    case Kind::Pipeline:
      out = {"NAME", "PHASE", "STAGE", "PROGRESS", "IN", "OUT", "DURATION", "AGE"};
      if (wide) out.push_back("OUTPUT");
      break;
    case Kind::TrainingJob:
      out = {"NAME", "PHASE", "EPOCH", "PROGRESS", "ETA", "BEST", "GPU", "AGE"};
      if (wide) out.push_back("MODEL");
      break;
    case Kind::Job:
      out = {"NAME", "STATUS", "COMPLETIONS", "AGE"};
      break;
    case Kind::Pod:
      out = {"NAME", "STATUS", "REASON", "AGE"};
      break;
    case Kind::Lease:
      return {"NAME", "HOLDER", "AGE"};
    case Kind::Service:
      return {"NAME", "AGE"};
    case Kind::Workload:
      out = {"NAME", "STATUS", "AGE"};
      break;
  }
  if (wide) out.push_back("MESSAGE");
  return out;
}

TableRow row_of(const cluster::Object& object, TimePoint now, bool wide) {
  return std::visit([&](const auto& o) { return row(o, now, wide); }, object);
}

std::optional<Kind> parse_kind(const std::string& word) {
  std::string lower = word;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& entry : kind_words()) {
    for (const auto& w : entry.words) {
      if (lower == w || lower == w + ".visionops.dev" || lower == w + ".batch") return entry.kind;
    }
  }
  return std::nullopt;
}

const std::vector<Kind>& user_kinds() {
  static const std::vector<Kind> kinds{Kind::Dataset, Kind::Pipeline, Kind::TrainingJob};
  return kinds;
}

std::string kind_name(Kind kind) {
  for (const auto& entry : kind_words()) {
    if (entry.kind == kind) return entry.name;
  }
  return "Object";
}

}  // namespace visionops::commands
