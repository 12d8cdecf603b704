#include "base/cli/program.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include "base/cli/safe_streams.h"
#include "base/names.h"
#include "base/text.h"

namespace visionops::cli {
namespace {

std::string lower(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool has_command(const CLI::App& app, const std::string& name) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  return std::ranges::any_of(all, [&](const auto* sub) { return sub->get_name() == name; });
}

/// The subcommand that was being read when a mistake was found.
const CLI::App& innermost(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.front();
}

std::string full_name(const CLI::App& root, const CLI::App& app) {
  return &root == &app ? root.get_name() : root.get_name() + " " + app.get_name();
}

std::string words_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto extras = app.remaining(true);
  if (extras.empty()) return error.what();
  const std::string word = extras.front().substr(0, extras.front().find('='));
  if (word.starts_with("-")) return "unknown option " + word + suggestion(word, options_of(innermost(app)));
  return "nothing is known to do with \"" + word + "\" here";
}

int usage_error(const CLI::App& root, const CLI::App& app, const std::string& words, const ProgramFacts& facts) {
  std::cerr << "error: " << words << "\n"
            << "See: " << full_name(root, app) << " --help\n";
  return facts.usage_error;
}

/// Broken at 78 columns.
std::string exit_codes_line(const ProgramFacts& facts) {
  constexpr std::size_t kWidth = 78;
  std::string out = "Exit codes (docs/reference/exit-codes.md, or the manual page):\n ";
  std::size_t used = 1;
  for (const auto& status : facts.exit_statuses) {
    const std::string word = " " + std::to_string(status.code) + " " + status.name + ",";
    if (used + word.size() > kWidth) out += "\n ";
    used = used + word.size() > kWidth ? 1 + word.size() : used + word.size();
    out += word;
  }
  out.pop_back();
  return out;
}

std::string help_about(const CLI::App& app, const std::string& command) {
  return has_command(app, command) ? app.get_subcommand(command)->help(app.get_name()) : app.help();
}

class HelpWithExitCodes : public CLI::Formatter {
 public:
  explicit HelpWithExitCodes(std::string line) : line_(std::move(line)) {}
  std::string make_footer(const CLI::App* app) const override { return CLI::Formatter::make_footer(app) + line_; }

 private:
  std::string line_;
};

int print_completions(const CLI::App& app, const std::vector<std::string>& words, const ProgramFacts& facts) {
  for (const auto& word : completions(app, words, facts.objects)) std::cout << word << "\n";
  return 0;
}

void complete_help(CLI::App& app, const ProgramFacts& facts) {
  app.set_version_flag("--version", release_of(app, facts));
  if (facts.exit_statuses.empty()) return;
  const auto formatter = std::make_shared<HelpWithExitCodes>("\n" + exit_codes_line(facts) + "\n");
  app.formatter(formatter);
  for (auto* sub : app.get_subcommands([](CLI::App*) { return true; })) sub->formatter(formatter);
}

}  // namespace

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string given = lower(word);
  const auto distance = [&](const std::string& name) { return edit_distance(given, lower(name)); };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  if (nearest == known.end()) return "";
  const bool near = distance(*nearest) <= std::max<std::size_t>(1, (nearest->size() + 1) / 3);
  return near ? "; did you mean \"" + *nearest + "\"?" : "";
}

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& value) -> std::string {
        const auto is_it = [&](const std::string& word) { return lower(word) == lower(value); };
        const auto found = std::ranges::find_if(words, is_it);
        if (found == words.end()) return "\"" + value + "\" is none of " + join(words) + suggestion(value, words);
        value = *found;
        return "";
      },
      "");
}

std::string type_name_of(const std::vector<std::string>& words) { return join(words, "|"); }

std::string release_of(const CLI::App& app, const ProgramFacts& facts) { return app.get_name() + " " + facts.version; }

int run_program(CLI::App& app, int argc, char** argv, const ProgramFacts& facts, const int& exit_code) {
  const SafeStreams safe;
  complete_help(app, facts);
  if (argc > 1 && std::string_view(argv[1]) == kCompleteCommand)
    return print_completions(app, {argv + 2, argv + argc}, facts);
  const auto commands = command_names(app);
  const std::string first = argc > 1 ? argv[1] : "";
  if (!commands.empty() && (first.empty() || first == "help" || first == "version")) {
    std::cout << (first == "version" ? release_of(app, facts) + "\n" : help_about(app, argc > 2 ? argv[2] : ""));
    return 0;
  }
  if (!commands.empty() && !first.starts_with("-") && !has_command(app, first))
    return usage_error(app, app, "unknown command \"" + first + "\"" + suggestion(first, commands), facts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return usage_error(app, innermost(app), words_of(app, error), facts);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return facts.internal_error;
  }
  return exit_code;
}

}  // namespace visionops::cli
