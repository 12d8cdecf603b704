#include "operator/core/run/pass.h"

#include <utility>

#include "operator/core/run/summary.h"

namespace visionops::core {

namespace {

void end_run(const Pass& p) {
  if (p.status.attempt == 0) return;  // never started: decided anew in each pass
  // A run that waits to be tried again and is refused has ended when its last attempt did.
  const bool same_attempt = p.before.run == p.status.run && p.before.attempt == p.status.attempt;
  p.status.finished_at = same_attempt && p.before.finished_at ? p.before.finished_at : p.seen.now;
  if (p.status.started_at) p.status.duration = format_age(*p.status.finished_at - *p.status.started_at);
}

void enter(const Pass& p, api::Phase phase, Standing standing, std::string_view reason, const std::string& message) {
  p.status.phase = phase;
  summarize(p.status, {standing, std::string(reason), message}, p.seen.now);
}

}  // namespace

void progress(const Pass& p, api::Phase phase, std::string_view reason, const std::string& message) {
  enter(p, phase, phase == api::Phase::Suspended ? Standing::Suspended : Standing::Progressing, reason, message);
}

void fail(const Pass& p, std::string_view reason, const std::string& message) {
  const bool news = p.before.phase != api::Phase::Failed || p.before.run != p.status.run || p.before.message != message;
  enter(p, api::Phase::Failed, Standing::Failed, reason, message);
  end_run(p);
  if (news) emit(p.out, cluster::EventType::Warning, reason, message);
}

void succeed(const Pass& p, std::string_view reason, const std::string& message) {
  enter(p, api::Phase::Succeeded, Standing::Done, reason, message);
  end_run(p);
  emit(p.out, cluster::EventType::Normal, reason, message);
}

void tell(const Pass& p, std::string_view type, api::ConditionStatus status, std::string_view reason,
          std::string message) {
  set(p.status.conditions, type, status, reason, std::move(message), p.seen.now);
}

}  // namespace visionops::core
