#include "operator/runtime/cache/refused_creates.h"

namespace visionops::runtime {
namespace {

/// Words that differ each time (a request's number in a webhook's answer) are taken so often at most: each change of
/// the status wakes its own resource.
constexpr Duration kSameWords = std::chrono::seconds(30);
/// What may pass by itself is told when it did not.
constexpr int kNoHiccup = 3;

}  // namespace

void RefusedCreates::refused(const cluster::ObjectKey& owner, const std::string& uid, const Error& error,
                             TimePoint now) {
  refusals_.with([&](auto& refusals) {
    Refusal& last = refusals[owner];
    if (last.uid != uid) last = {.uid = uid, .words = error.message, .at = now};
    if (now - last.at >= kSameWords) {
      last.words = error.message;
      last.at = now;
    }
    ++last.times;
    last.namespace_ends = error.cls == ErrorClass::Gone;
    last.certain = last.certain || last.namespace_ends || error.cls == ErrorClass::Invalid;
  });
}

std::string RefusedCreates::told(const cluster::ObjectKey& owner, const std::string& uid) const {
  return refusals_.with([&](const auto& refusals) {
    const auto found = refusals.find(owner);
    const bool is_told = found != refusals.end() && found->second.uid == uid &&
                         (found->second.certain || found->second.times >= kNoHiccup);
    return is_told ? found->second.words : std::string();
  });
}

bool RefusedCreates::namespace_ends(const cluster::ObjectKey& owner, const std::string& uid) const {
  return refusals_.with([&](const auto& refusals) {
    const auto found = refusals.find(owner);
    return found != refusals.end() && found->second.uid == uid && found->second.namespace_ends;
  });
}

void RefusedCreates::forget(const cluster::ObjectKey& owner) {
  refusals_.with([&](auto& refusals) { refusals.erase(owner); });
}

}  // namespace visionops::runtime
