#include "operator/core/dataset/quality_gate.h"

#include <algorithm>
#include <vector>

#include "base/enum_names.h"

namespace visionops::core {

namespace {

using Bound = std::optional<std::int64_t>;

class Findings {
 public:
  void at_most(const char* name, std::int64_t value, const Bound& bound) {
    if (!bound) return;
    ++checked_;
    if (value > *bound)
      failed_.push_back(std::string(name) + " is " + std::to_string(*bound) + ", found " + std::to_string(value));
  }
  void at_least(const char* name, std::int64_t value, const Bound& bound, const std::string& of = {}) {
    if (!bound) return;
    ++checked_;
    if (value < *bound)
      failed_.push_back(std::string(name) + " is " + std::to_string(*bound) + ", found " + std::to_string(value) + of);
  }
  void fail(std::string text) { failed_.push_back(std::move(text)); }

  [[nodiscard]] GateResult result() const {
    if (failed_.empty()) {
      return {true, checked_ == 0 ? "no bounds are set"
                                  : std::to_string(checked_) + (checked_ == 1 ? " bound holds" : " bounds hold")};
    }
    std::string text;
    for (const auto& f : failed_) text += (text.empty() ? "" : "; ") + f;
    return {false, std::move(text)};
  }

 private:
  int checked_ = 0;
  std::vector<std::string> failed_;
};

/// A result holds at most 4 KiB, so the counts of very many classes do not all fit; the fewest is told by itself, but
/// not by the worker of an older image. A bound that cannot be checked has not been met.
void check_classes(const contract::DatasetFacts& facts, const Bound& bound, Findings& findings) {
  if (!bound) return;
  const auto fewest = facts.fewest_images ? facts.fewest_images : contract::fewest_images_of(facts.class_counts);
  if (fewest) findings.at_least("minImagesPerClass", fewest->images, bound, " for class " + fewest->name);
  const auto known = static_cast<std::int64_t>(facts.class_counts.size());
  if (!facts.fewest_images && known < facts.classes && (!fewest || fewest->images >= *bound)) {
    findings.fail("minImagesPerClass cannot be checked: only " + std::to_string(known) + " of " +
                  std::to_string(facts.classes) + " class counts fit into the result of this worker");
  }
}

/// What nobody allowed to be left out.
void check_losses(const contract::DatasetFacts& facts, const std::vector<LossKind>& allowed, Findings& findings) {
  std::string lost, kinds;
  for (const auto& [kind, count] : facts.losses) {
    const auto known = parse_enum<LossKind>(kind);
    const bool may =
        known && std::ranges::any_of(allowed, [&](LossKind a) { return a == *known || a == LossKind::All; });
    if (may) continue;
    lost += (lost.empty() ? "" : ", ") + kind + " " + std::to_string(count);
    kinds += (kinds.empty() ? "" : ", ") + kind;
  }
  if (!lost.empty())
    findings.fail("elements of the files cannot be read (" + lost +
                  "; see status.health): mend them, or accept it with spec.allowLoss: [" + kinds + "]");
}

}  // namespace

GateResult check_quality_gate(const std::optional<api::QualityGate>& gate, const contract::DatasetFacts& facts,
                              const std::vector<LossKind>& allow_loss) {
  Findings findings;
  check_losses(facts, allow_loss, findings);
  if (gate) {
    findings.at_most("maxMissingImages", facts.missing_images, gate->max_missing_images);
    findings.at_most("maxDamagedImages", facts.damaged_images, gate->max_damaged_images);
    findings.at_most("maxProblems", facts.problems, gate->max_problems);
    findings.at_least("minImages", facts.images, gate->min_images);
    check_classes(facts, gate->min_images_per_class, findings);
  }
  return findings.result();
}

}  // namespace visionops::core
