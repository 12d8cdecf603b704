#include "operator/core/dataset/in_use.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "operator/core/run/steps.h"

namespace visionops::core {

namespace {

constexpr std::size_t kNamed = 3;

/// A run that has failed and looks again by itself is not over.
bool is_over(const api::RunStatus& status) { return is_finished(status) && !status.retry_at; }

bool is(const std::optional<api::PinnedDataset>& pinned, const api::Dataset& dataset) {
  return pinned && pinned->uid == dataset.meta.uid;
}

template <class Resource>
void add_users(const std::vector<Resource>& resources, const api::Dataset& dataset, std::vector<std::string>& out) {
  for (const auto& r : resources) {
    if (is_over(r.status) || !pins(r, dataset)) continue;
    out.push_back(std::string(Resource::kKind.name) + " " + r.meta.name + " (" +
                  std::string(enum_name(r.status.phase)) + ")");
  }
}

}  // namespace

bool pins(const api::TrainingJob& user, const api::Dataset& dataset) {
  const auto& resolved = user.status.resolved;
  if (!resolved) return false;
  return is(resolved->train, dataset) || is(resolved->val, dataset) || is(resolved->test, dataset);
}

bool pins(const api::Pipeline& user, const api::Dataset& dataset) {
  const auto& resolved = user.status.resolved;
  return resolved && std::ranges::any_of(resolved->sources, [&](const auto& s) { return s.uid == dataset.meta.uid; });
}

std::string users_of(const DatasetObserved& o) {
  std::vector<std::string> users;
  add_users(o.training_jobs, o.dataset, users);
  add_users(o.pipelines, o.dataset, users);
  if (users.size() <= kNamed) return join(users);
  const std::string more = std::to_string(users.size() - kNamed);
  users.resize(kNamed);
  return join(users) + " and " + more + " more";
}

}  // namespace visionops::core
