#include "operator/commands/explain.h"

#include <iostream>
#include <memory>

#include "operator/assembly/data_folder.h"
#include "operator/present/field_words.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct ExplainOptions {
  std::string field;
  bool recursive = false;
};

int explain(const ExplainOptions& options) {
  const auto text = explain_field(options.field, options.recursive);
  if (!text) return report(text.error());
  std::cout << *text;
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("explain", "Say what the fields of a resource mean");
  auto options = std::make_shared<ExplainOptions>();
  command->add_option("FIELD", options->field, our_kind_words() + ", then fields: trainingjob.spec.resources")
      ->required();
  command->add_flag("--recursive", options->recursive, "All fields below as a tree");
  command->callback([options, &exit_code] { exit_code = explain(*options); });
}

}  // namespace visionops::commands
