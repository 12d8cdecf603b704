// What a field table knows about one field beside its type, and the checks and texts made from it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/problems.h"
#include "base/fields/text_pattern.h"
#include "base/json_fwd.h"

namespace visionops {

/// A CEL rule of the Kubernetes API server with the message a user reads when it fails, and the same in C++.
struct CelRule {
  std::string rule;
  std::string message;
  /// What `owner` breaks, its paths relative to it; an empty message stands for the rule's own. Null: a transition
  /// rule, which no single value can break.
  Problems (*faults)(const void* owner) = nullptr;
};

struct FieldDoc {
  std::string name;
  std::string doc;
  std::string unit;
  std::string example;
  std::string default_text;
  bool required = false;
  bool always = false;    ///< written even when equal to the struct's default
  bool steering = false;  ///< says how a run is driven, not what it makes
  std::optional<double> minimum, maximum;
  std::optional<std::size_t> min_length, max_length;  ///< characters (code points), as Kubernetes counts
  std::optional<std::size_t> min_items, max_items, max_properties;
  std::optional<std::size_t> item_max_length;  ///< of the strings in a list or the values of a map
  TextPattern pattern;
  std::vector<std::string> one_of;  ///< the texts that are offered; empty: any
  TextPattern item_pattern;
  TextPattern key_pattern;  ///< of the keys of a map
  bool set = false;         ///< list without equal elements
  std::string list_key;     ///< list of mappings with this member unique
  std::vector<CelRule> rules;
};

/// Findings beyond this many are not collected: one document cannot fill the memory with complaints.
inline constexpr std::size_t kMaxProblems = 100;

/// Checks bounds, patterns and uniqueness of an already well-typed value.
void check_bounds(const FieldDoc& doc, const Json& value, const std::string& path, Problems& problems);
/// Adds what `owner` breaks of a rule, unless something is known there already; `path` leads to what the rule stands
/// at.
void add_faults(const CelRule& rule, const void* owner, const std::string& path, Problems& problems);
/// Adds description, bounds, list type and CEL rules to the OpenAPI schema of a field.
void describe_schema(const FieldDoc& doc, Json& schema);
/// The description with unit, default and example in words.
std::string full_description(const FieldDoc& doc);

/// "unknown field; did you mean "sources"?"
std::string unknown_field_message(const std::string& name, const std::vector<std::string>& known);
/// "expected a string, got the number 7: put it in quotes"
std::string type_message(const char* expected, const Json& got);
/// Joins "spec" and "group" to "spec.group"; an empty parent gives the name alone. Names of users
/// are cut to 80 bytes and their control characters escaped.
std::string join_path(const std::string& parent, const std::string& name);

/// The value without the members that `schema` does not know, as the API server prunes them.
Json prune_unknown(const Json& value, const Json& schema);

/// Text of a user inside a message: in quotes, cut to 80 bytes, control characters escaped, so that it
/// can neither forge a line of a log nor move a cursor.
std::string quoted(const std::string& text);

/// The first `bytes` of `text` without a broken UTF-8 sequence at the end; "..." marks the cut.
std::string cut_text(const std::string& text, std::size_t bytes);

}  // namespace visionops
