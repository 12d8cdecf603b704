// Finds who may look at whom without looking at everybody: the predicates of references.h as an index.
// What it finds is a superset; the predicates decide.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// Not thread-safe. Names that were added must stay where they are until they are removed.
class ReferenceIndex {
 public:
  using Name = std::pair<std::string, std::string>;  ///< namespace, name
  struct Entry {
    cluster::Kind kind = cluster::Kind::Dataset;
    const Name* name = nullptr;
    auto operator<=>(const Entry&) const = default;
  };
  /// Hashes of what an object asks for and of what it can be asked for by.
  struct Terms {
    std::vector<std::uint64_t> wanted;
    std::vector<std::uint64_t> offered;
    bool operator==(const Terms&) const = default;
  };

  static Terms terms_of(const cluster::Object& object);
  void add(const Terms& terms, Entry entry);
  void remove(const Terms& terms, Entry entry);

  /// Who may be concerned by `target`.
  [[nodiscard]] std::set<Entry> referrers(const cluster::Object& target) const;
  /// What may concern `referrer`. Not among them: Datasets that concern a Pipeline by the beginning of
  /// their name alone, which the order of names finds.
  [[nodiscard]] std::set<Entry> targets(const api::Pipeline& referrer) const;
  [[nodiscard]] std::set<Entry> targets(const api::TrainingJob& referrer) const;

 private:
  using Map = std::unordered_multimap<std::uint64_t, Entry>;
  Map wanted_;
  Map offered_;
};

}  // namespace visionops::runtime
