#include "operator/runtime/cache/reference_index.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace visionops::runtime {
namespace {

using cluster::Object;
using Terms = std::vector<std::uint64_t>;

/// What a term is about: the same text may be a name and a group.
enum class Topic : char { Name = 'n', Group = 'g', Prefix = 'p', Maker = 'm', Output = 'o', Training = 't' };

/// Collects terms of one namespace; equal ones once, in one order.
class TermList {
 public:
  explicit TermList(std::string in) : namespace_(std::move(in)) {}
  void add(Topic topic, std::string_view text) {
    if (text.empty()) return;
    std::string key;
    key.reserve(namespace_.size() + text.size() + 2);
    key.append(1, static_cast<char>(topic)).append(namespace_).append(1, '/').append(text);
    terms_.push_back(std::hash<std::string>{}(key));
  }
  Terms take() {
    std::ranges::sort(terms_);
    terms_.erase(std::unique(terms_.begin(), terms_.end()), terms_.end());
    return std::move(terms_);
  }

 private:
  std::string namespace_;
  Terms terms_;
};

std::string output_of(const api::Pipeline& pipeline) {
  return pipeline.spec.output.group + "/" + std::string(enum_name(pipeline.spec.output.split));
}

void add_reference(TermList& terms, const api::DatasetReference& reference) {
  terms.add(Topic::Name, reference.name);
  terms.add(Topic::Group, reference.group);
}

template <class T>
void add_reference(TermList& terms, const std::optional<T>& reference);

void add_reference(TermList& terms, const api::PinnedDataset& pinned) { terms.add(Topic::Name, pinned.name); }

template <class T>
void add_reference(TermList& terms, const std::optional<T>& reference) {
  if (reference) add_reference(terms, *reference);
}

struct Wanted {
  Terms operator()(const api::Pipeline& pipeline) const {
    TermList terms(pipeline.meta.namespace_);
    for (const auto& source : pipeline.spec.sources) add_reference(terms, source.dataset);
    terms.add(Topic::Group, pipeline.spec.output.group);
    terms.add(Topic::Prefix, pipeline.spec.output.group);
    terms.add(Topic::Maker, pipeline.meta.name);
    terms.add(Topic::Output, output_of(pipeline));
    if (const auto& resolved = pipeline.status.resolved) {
      for (const auto& source : resolved->sources) add_reference(terms, source);
      if (resolved->output) terms.add(Topic::Name, resolved->output->dataset);
    }
    return terms.take();
  }
  Terms operator()(const api::TrainingJob& job) const {
    TermList terms(job.meta.namespace_);
    add_reference(terms, job.spec.datasets.train);
    add_reference(terms, job.spec.datasets.val);
    add_reference(terms, job.spec.datasets.test);
    if (job.spec.resume_from) terms.add(Topic::Training, job.spec.resume_from->training_job);
    if (const auto& resolved = job.status.resolved) {
      add_reference(terms, resolved->train);
      add_reference(terms, resolved->val);
      add_reference(terms, resolved->test);
    }
    return terms.take();
  }
  Terms operator()(const auto&) const { return {}; }
};

struct Offered {
  bool prefixes = false;  ///< of names: asked with, never stored

  Terms operator()(const api::Dataset& dataset) const {
    TermList terms(dataset.meta.namespace_);
    const std::string_view name = dataset.meta.name;
    terms.add(Topic::Name, name);
    terms.add(Topic::Group, dataset.spec.group);
    if (dataset.status.lineage) terms.add(Topic::Maker, dataset.status.lineage->pipeline);
    for (std::size_t size = 1; prefixes && size <= name.size(); ++size) terms.add(Topic::Prefix, name.substr(0, size));
    return terms.take();
  }
  Terms operator()(const api::Pipeline& pipeline) const {
    TermList terms(pipeline.meta.namespace_);
    terms.add(Topic::Output, output_of(pipeline));
    return terms.take();
  }
  Terms operator()(const api::TrainingJob& job) const {
    TermList terms(job.meta.namespace_);
    terms.add(Topic::Training, job.meta.name);
    return terms.take();
  }
  Terms operator()(const auto&) const { return {}; }
};

template <class Map>
std::set<ReferenceIndex::Entry> find(const Map& map, const Terms& terms) {
  std::set<ReferenceIndex::Entry> found;
  for (const auto term : terms) {
    const auto [begin, end] = map.equal_range(term);
    for (auto it = begin; it != end; ++it) found.insert(it->second);
  }
  return found;
}

template <class Map>
void erase(Map& map, const Terms& terms, const ReferenceIndex::Entry& entry) {
  for (const auto term : terms) {
    auto [it, end] = map.equal_range(term);
    it = std::find_if(it, end, [&](const auto& known) { return known.second == entry; });
    if (it != end) map.erase(it);
  }
}

}  // namespace

ReferenceIndex::Terms ReferenceIndex::terms_of(const Object& object) {
  return {std::visit(Wanted{}, object), std::visit(Offered{}, object)};
}

void ReferenceIndex::add(const Terms& terms, Entry entry) {
  for (const auto term : terms.wanted) wanted_.emplace(term, entry);
  for (const auto term : terms.offered) offered_.emplace(term, entry);
}

void ReferenceIndex::remove(const Terms& terms, Entry entry) {
  erase(wanted_, terms.wanted, entry);
  erase(offered_, terms.offered, entry);
}

std::set<ReferenceIndex::Entry> ReferenceIndex::referrers(const Object& target) const {
  return find(wanted_, std::visit(Offered{true}, target));
}

std::set<ReferenceIndex::Entry> ReferenceIndex::targets(const api::Pipeline& referrer) const {
  return find(offered_, Wanted{}(referrer));
}

std::set<ReferenceIndex::Entry> ReferenceIndex::targets(const api::TrainingJob& referrer) const {
  return find(offered_, Wanted{}(referrer));
}

}  // namespace visionops::runtime
