// What is lost, as a report, and which of it stops a conversion: docs/decisions/0003-reported-losses.md.
#include <algorithm>

#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::annotations {

namespace {

bool only_reported(LossKind kind) { return kind == LossKind::UnknownKeys || kind == LossKind::Precision; }

std::string text_of(const Finding& finding) {
  return std::string(finding.kind) + " " + finding.file + (finding.position.empty() ? "" : " " + finding.position) +
         ": " + finding.message;
}

}  // namespace

void LossReport::add(const Entry& more) {
  const auto place = std::ranges::lower_bound(entries, more.kind, {}, &Entry::kind);
  if (place == entries.end() || place->kind != more.kind) {
    entries.insert(place, more);
    return;
  }
  place->count += more.count;
  for (const auto& example : more.examples) {
    if (place->examples.size() < kLossExamples) place->examples.push_back(example);
  }
}

void LossReport::add(const LossReport& more) {
  for (const auto& entry : more.entries) add(entry);
}

LossReport loss_of_reading(const Findings& findings) {
  LossReport loss;
  for (const auto& [kind, count] : findings.counts()) {
    if (kind.left_out()) loss.add({*kind.left_out(), count, {}});
  }
  for (const auto& finding : findings.first()) {
    if (finding.kind.left_out()) loss.add({*finding.kind.left_out(), 0, {text_of(finding)}});
  }
  return loss;
}

void count_unknown_keys(const Annotations& a, LossCounter& loss) {
  const auto kept_nowhere = [&loss](const std::string& where, const std::string& extra) {
    loss.add_example(LossKind::UnknownKeys, [&] { return where + ": " + extra.substr(0, 120); });
  };
  if (!a.extra.empty()) kept_nowhere("top level", a.extra);
  for (const Category& c : a.categories) {
    if (!c.extra.empty()) kept_nowhere("category " + c.name, c.extra);
    if (!c.supercategory.empty()) kept_nowhere("category " + c.name, "supercategory " + c.supercategory);
  }
  for (const Image& image : a.images) {
    if (!image.extra.empty()) kept_nowhere(image.file_name, image.extra);
  }
}

std::vector<LossReport::Entry> not_allowed(const LossReport& report, const std::vector<LossKind>& allowed) {
  std::vector<LossReport::Entry> out;
  const auto names = [&allowed](LossKind kind) {
    return std::find(allowed.begin(), allowed.end(), kind) != allowed.end();
  };
  if (names(LossKind::All)) return out;
  for (const auto& entry : report.entries) {
    if (!only_reported(entry.kind) && !names(entry.kind)) out.push_back(entry);
  }
  return out;
}

}  // namespace visionops::annotations
