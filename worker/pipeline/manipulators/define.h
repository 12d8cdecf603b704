// How a manipulator's file makes its entry out of typed functions. Included by manipulators/NAME.cpp only.
#pragma once

#include <string>
#include <utility>

#include "base/fields/field_table.h"
#include "worker/pipeline/collection/convert_format.h"
#include "worker/pipeline/manipulators/manipulator.h"

namespace visionops::pipeline {

/// The parameters of a manipulator that has none.
struct NoParams {
  static const Table<NoParams>& fields() {
    static const Table<NoParams> table{};
    return table;
  }
};

template <class Params>
using ApplyToOne = Result<Collection> (*)(Collection, const Params&, StepContext&);
template <class Params>
using ApplyToAll = Result<Collection> (*)(std::vector<Collection>, const Params&, StepContext&);
/// The operations for the pixels of one image.
template <class Params>
using OperationsOf = ImageOperations (*)(const ImageView&, const Params&);
/// What the field table cannot say.
template <class Params>
using CheckParams = void (*)(const Params&, const std::string& path, Problems&);

template <class Params>
std::optional<Params> decode_params(const FreeMap& params, CheckParams<Params> check, const std::string& path,
                                    Problems& problems) {
  const auto before = problems.size();
  Params decoded = decode_text<Params>(params.json.empty() ? "{}" : params.json, path, problems);
  if (check && problems.size() == before) check(decoded, path, problems);
  if (problems.size() != before) return std::nullopt;
  return decoded;
}

template <class Params, class Step, class Apply>
Manipulator define_with(ManipulatorDoc about, Apply apply, OperationsOf<Params> operations, CheckParams<Params> check) {
  Manipulator m;
  m.about = std::move(about);
  m.params_schema = [] { return Params::fields().schema_text(); };
  m.bind = [apply, operations, check](const FreeMap& text, const std::string& path,
                                      Problems& problems) -> std::optional<BoundManipulator> {
    auto params = decode_params<Params>(text, check, path, problems);
    if (!params) return std::nullopt;
    BoundManipulator bound;
    bound.annotations =
        Step([apply, p = *params](auto input, StepContext& context) { return apply(std::move(input), p, context); });
    if (operations) {
      bound.operations = [operations, p = *params](const ImageView& view) { return operations(view, p); };
    }
    return bound;
  };
  return m;
}

/// A step on each collection by itself.
template <class Params>
Manipulator define(ManipulatorDoc about, ApplyToOne<Params> apply, OperationsOf<Params> operations = nullptr,
                   CheckParams<Params> check = nullptr) {
  return define_with<Params, StepOnOne>(std::move(about), apply, operations, check);
}

/// A step that makes one collection out of all.
template <class Params>
Manipulator define_merge(ManipulatorDoc about, ApplyToAll<Params> apply) {
  return define_with<Params, StepOnAll>(std::move(about), apply, nullptr, nullptr);
}

/// The limits of a list of class names, shared by every manipulator that takes one.
template <class Params>
Field<Params> class_list(const char* name, std::vector<std::string> Params::*member, const char* doc) {
  return field(name, member, doc).min_items(1).max_items(10000).items(256).example("[car, bus]");
}

/// `c` in the terms of a format, for the category format_convert.
inline Result<Collection> convert_to(Format format, Collection c, StepContext& context) {
  const auto* writer = context.writer_of != nullptr ? context.writer_of(format) : nullptr;
  if (auto done = adopt_format(c, writer, context.tasks, {context.findings, context.loss}); !done) return done.error();
  return c;
}

/// One note for all names that no category has.
inline void note_unknown_classes(const std::vector<std::string>& unknown, StepContext& context) {
  if (unknown.empty()) return;
  std::string names;
  for (const auto& name : unknown) names += (names.empty() ? "\"" : ", \"") + name + "\"";
  context.notes.push_back("no class is called " + names);
}

/// The categories that have one of the names; names that none has are noted.
inline std::vector<bool> categories_or_note(const Collection& c, const std::vector<std::string>& names,
                                            StepContext& context) {
  std::vector<std::string> unknown;
  auto found = categories_named(c.annotations, names, unknown);
  note_unknown_classes(unknown, context);
  return found;
}

}  // namespace visionops::pipeline
