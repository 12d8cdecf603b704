// Counting what a writer loses, with the first examples: for the `loss` of a format (format_writer.h). PURE.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Not thread-safe. `a` must outlive it.
class LossCounter {
 public:
  explicit LossCounter(const Annotations& a) : a_(a) {}

  /// `text` is only called while examples are wanted.
  template <class Text>
  void add(LossKind kind, std::size_t object, const Text& text) {
    add_example(kind, [&] {
      const Object& o = a_.objects[object];
      return "annotation " + a_.id_text(o.id) + " of " + a_.images[o.image].file_name + ": " + text();
    });
  }
  template <class Text>
  void add_example(LossKind kind, const Text& text) {
    LossReport::Entry& entry = entries_[static_cast<std::size_t>(kind)];
    ++entry.count;
    if (entry.examples.size() < kLossExamples) entry.examples.push_back(text());
  }

  LossReport report() {
    LossReport out;
    for (std::size_t kind = 0; kind < entries_.size(); ++kind) {
      entries_[kind].kind = static_cast<LossKind>(kind);
      if (entries_[kind].count > 0) out.entries.push_back(std::move(entries_[kind]));
    }
    return out;
  }

 private:
  const Annotations& a_;
  std::array<LossReport::Entry, enum_names<LossKind>.size()> entries_;
};

/// Counts every unknown key and supercategory of `a`, but those of its objects, as lost.
void count_unknown_keys(const Annotations& a, LossCounter& loss);

}  // namespace visionops::annotations
