#include "operator/runtime/pass/owed_reports.h"

#include <utility>

#include "operator/runtime/pass/intent.h"

namespace visionops::runtime {

void OwedReports::owe(const cluster::ObjectKey& key, Report report) {
  owed_.with([&](auto& owed) { owed.insert_or_assign(key, std::move(report)); });
}

std::optional<Report> OwedReports::settle(const cluster::Object& seen) {
  auto report = owed_.with([&](auto& owed) -> std::optional<Report> {
    auto entry = owed.extract(cluster::key_of(seen));
    return entry.empty() ? std::nullopt : std::optional(std::move(entry.mapped()));
  });
  if (!report || cluster::meta_of(report->resource).uid != cluster::meta_of(seen).uid) return std::nullopt;
  return same_status(report->resource, seen) ? std::move(report) : std::nullopt;
}

void OwedReports::forget(const cluster::ObjectKey& key) {
  owed_.with([&](auto& owed) { owed.erase(key); });
}

}  // namespace visionops::runtime
