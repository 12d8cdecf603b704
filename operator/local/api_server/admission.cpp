#include "operator/local/api_server/admission.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/names.h"
#include "base/quantity.h"
#include "operator/local/api_server/transition_rules.h"

namespace visionops::local {
namespace {

using cluster::Object;

Error refusal(const Object& object, const Problems& problems) {
  return invalid_error(to_string(cluster::key_of(object)) + " is refused: " + describe(problems, 8));
}

void check_quantities(const std::map<std::string, std::string>& amounts, const std::string& path, Problems& problems) {
  for (const auto& [name, amount] : amounts) {
    if (!parse_quantity_milli(amount)) problems.push_back({path + "." + name, "\"" + amount + "\" is not a quantity"});
  }
}

/// Container names become file names of logs, and the worker is found by its name.
void check_pod_template(const cluster::PodTemplate& pod, const std::string& path, Problems& problems) {
  std::set<std::string> names;
  std::size_t workers = 0;
  for (const auto& container : pod.containers) {
    if (!is_dns_label(container.name))
      problems.push_back({path + ".containers", "\"" + container.name + "\" is not a container name"});
    if (!names.insert(container.name).second)
      problems.push_back({path + ".containers", "\"" + container.name + "\" stands there twice"});
    if (!container.sidecar && !container.init) ++workers;
    check_quantities(container.requests, path + ".containers.resources.requests", problems);
    check_quantities(container.limits, path + ".containers.resources.limits", problems);
  }
  if (workers != 1)
    problems.push_back(
        {path + ".containers", "needs exactly one container that is neither a sidecar nor an init container"});
}

struct ShapeCheck {
  Problems& problems;
  void operator()(const cluster::Job& job) const {
    check_pod_template(job.spec.pod, "spec.template.spec", problems);
    if (job.spec.completions < 1) problems.push_back({"spec.completions", "must be at least 1"});
    const std::string last_host = job.meta.name + "-" + std::to_string(std::max(job.spec.completions, 1) - 1);
    if (job.spec.indexed && !is_dns_label(last_host)) {
      problems.push_back(
          {"metadata.name", "its last Pod would have the host name \"" + last_host + "\", no DNS label"});
    }
    if (job.spec.parallelism < 0) problems.push_back({"spec.parallelism", "must not be negative"});
  }
  void operator()(const cluster::Pod& pod) const { check_pod_template(pod.spec, "spec", problems); }
  template <class Other>
  void operator()(const Other& object) const {
    if constexpr (api::Resource<Other>) {
      problems.insert(problems.end(), object.problems.begin(), object.problems.end());
    }
  }
};

void check_meta(const Object& object, Problems& problems) {
  const auto& meta = meta_of(object);
  if (!is_dns_subdomain(meta.name)) problems.push_back({"metadata.name", "\"" + meta.name + "\" is not a DNS name"});
  if (!is_dns_label(meta.namespace_))
    problems.push_back({"metadata.namespace", "\"" + meta.namespace_ + "\" is not a DNS label"});
}

Status check_size(const Object& object, const Json& json) {
  const std::size_t size = json.dump(-1, ' ', false, Json::error_handler_t::replace).size();
  if (size <= kMaxObjectBytes) return {};
  return invalid_error(to_string(cluster::key_of(object)) + " has " + std::to_string(size) + " bytes; at most " +
                       std::to_string(kMaxObjectBytes) + " are kept");
}

/// What may not change beside the transition rules of our own kinds.
struct FixedFields {
  const Object& before;
  Problems& problems;
  void operator()(const cluster::Job& job) const {
    const Json now = cluster::encode(job)["spec"];
    const Json old = cluster::encode(before)["spec"];
    for (const char* field : {"template", "completions", "completionMode", "backoffLimit"}) {
      if (now.value(field, Json()) != old.value(field, Json()))
        problems.push_back({std::string("spec.") + field, "field is immutable"});
    }
  }
  template <class Other>
  void operator()(const Other&) const {}
};

Problems check_change(const Object& before, const Object& after) {
  Problems problems = check_transition(before, after);
  std::visit(FixedFields{before, problems}, after);
  if (std::holds_alternative<cluster::Pod>(after) && spec_differs(before, after)) {
    problems.push_back({"spec", "the spec of a Pod is immutable"});
  }
  const auto& old_meta = meta_of(before);
  if (!old_meta.deletion_timestamp) return problems;
  for (const auto& finalizer : meta_of(after).finalizers) {
    const auto& known = old_meta.finalizers;
    if (std::find(known.begin(), known.end(), finalizer) == known.end()) {
      problems.push_back(
          {"metadata.finalizers", "\"" + finalizer + "\" cannot be added while the object is being deleted"});
    }
  }
  return problems;
}

template <class T>
void take_spec(T& into, const T& from) {
  if constexpr (!requires { into.spec; }) {  // the whole body is spec
    auto meta = std::move(into.meta);
    into = from;
    into.meta = std::move(meta);
  } else {
    into.spec = from.spec;
    if constexpr (requires { into.problems; }) into.problems = from.problems;
  }
}

template <class T>
void take_status(T& into, const T& from) {
  if constexpr (std::is_same_v<T, cluster::Pod>) {
    cluster::Pod merged = from;
    merged.meta = into.meta;
    merged.spec = into.spec;
    merged.completion_index = into.completion_index;
    into = std::move(merged);
  } else if constexpr (requires { into.status; }) {
    into.status = from.status;
  }
}

void take_meta(api::ObjectMeta& into, const api::ObjectMeta& from) {
  into.labels = from.labels;
  into.annotations = from.annotations;
  into.finalizers = from.finalizers;
  into.owner_references = from.owner_references;
}

Json content(const Object& object) {
  Json json = cluster::encode(object);
  json["metadata"].erase("resourceVersion");
  return json;
}

}  // namespace

Result<Object> through_the_wire(const Object& object) {
  const Json json = cluster::encode(object);
  if (auto small = check_size(object, json); !small) return small.error();
  return cluster::decode_object(json);
}

Result<Object> admit_create(const Object& object) {
  Object fresh = std::visit(
      [](const auto& from) -> Object {
        std::decay_t<decltype(from)> into{};
        into.meta.name = from.meta.name;
        into.meta.namespace_ = from.meta.namespace_;
        take_meta(into.meta, from.meta);
        take_spec(into, from);
        if constexpr (requires { into.completion_index; }) into.completion_index = from.completion_index;
        return into;
      },
      object);
  Problems problems;
  check_meta(fresh, problems);
  std::visit(ShapeCheck{problems}, fresh);  // before the wire: it drops what it cannot carry
  if (!problems.empty()) return refusal(fresh, problems);
  auto wired = through_the_wire(fresh);
  if (!wired) return wired.error();
  if (!problems_of(*wired).empty()) return refusal(*wired, problems_of(*wired));
  return wired;
}

Result<Object> admit_update(const Object& stored, const Object& incoming) {
  Object merged = stored;
  std::visit(
      [&](auto& into) {
        const auto& from = std::get<std::decay_t<decltype(into)>>(incoming);
        take_meta(into.meta, from.meta);
        if (spec_differs(stored, incoming)) take_spec(into, from);
        if constexpr (requires { into.completion_index; }) into.spec.labels = from.meta.labels;
      },
      merged);
  const bool new_spec = spec_differs(stored, merged);
  Problems problems = check_change(stored, merged);
  if (new_spec) std::visit(ShapeCheck{problems}, merged);
  if (!problems.empty()) return refusal(merged, problems);
  auto wired = through_the_wire(merged);
  if (!wired || !new_spec) return wired ? Result<Object>(std::move(merged)) : wired;
  if (!problems_of(*wired).empty()) return refusal(*wired, problems_of(*wired));
  return wired;
}

Result<Object> admit_status(const Object& stored, const Object& incoming) {
  if (std::holds_alternative<cluster::Lease>(stored)) return not_found_error("a Lease has no status");
  Object merged = stored;
  std::visit([&](auto& into) { take_status(into, std::get<std::decay_t<decltype(into)>>(incoming)); }, merged);
  auto wired = through_the_wire(merged);
  if (!wired) return wired;
  // Only the status: the spec may hold what decoding alone would not give back.
  std::visit([&](auto& into) { take_status(into, std::get<std::decay_t<decltype(into)>>(*wired)); }, merged);
  return merged;
}

bool same_content(const Object& a, const Object& b) { return content(a) == content(b); }

bool spec_differs(const Object& a, const Object& b) {
  return cluster::encode(a).value("spec", Json()) != cluster::encode(b).value("spec", Json());
}

const Problems& problems_of(const Object& object) {
  static const Problems none;
  return std::visit(
      [](const auto& typed) -> const Problems& {
        if constexpr (requires { typed.problems; }) {
          return typed.problems;
        } else {
          return none;
        }
      },
      object);
}

}  // namespace visionops::local
