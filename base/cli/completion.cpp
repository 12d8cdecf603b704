#include "base/cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "base/cli/program.h"

namespace visionops::cli {

namespace {

std::vector<std::string> option_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    for (const auto& name : option->get_snames()) words.push_back("-" + name);
  }
  return words;
}

std::vector<std::string> command_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const auto* sub : app.get_subcommands([](const CLI::App* s) { return !s->get_group().empty(); }))
    words.push_back(sub->get_name());
  return words;
}

const CLI::App* command_named(const CLI::App& app, const std::string& name) {
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

/// Nothing for a flag, and for a word that is no option.
const CLI::Option* option_with_value(const CLI::App& app, const std::string& word) {
  for (const auto* option : app.get_options()) {
    const bool takes = option->get_type_size() != 0 && !option->get_positional();
    if (takes && word.starts_with("-") && option->check_name(word)) return option;
  }
  return nullptr;
}

/// "wide|name|json" of add_word_option.
std::vector<std::string> words_of_type(const CLI::Option& option) {
  std::vector<std::string> words;
  std::istringstream in(option.get_type_name());
  for (std::string word; std::getline(in, word, '|');) words.push_back(word.substr(0, word.find("TEMPLATE")));
  return words.size() > 1 ? words : std::vector<std::string>{};
}

const CLI::Option* first_positional(const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) return option;
  }
  return nullptr;
}

std::vector<std::string> all_candidates(const CLI::App& app, const std::vector<std::string>& words,
                                        const ObjectNames& objects) {
  const std::string& current = words.back();
  const auto* command = words.size() > 1 ? command_named(app, words.front()) : &app;
  if (command == nullptr) return {};
  if (current.starts_with("-")) return option_words(*command);
  if (command == &app) return command_words(app);
  if (const auto* option = option_with_value(*command, words[words.size() - 2])) return words_of_type(*option);
  const auto* positional = first_positional(*command);
  if (positional == nullptr) return {};
  const auto fixed = words_of_type(*positional);
  return fixed.empty() && objects ? objects(words) : fixed;
}

constexpr const char* kBash = R"(_{0}() {{
  COMPREPLY=()
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <({1} {2} "${{COMP_WORDS[@]:1:COMP_CWORD}}" 2>/dev/null)
}}
complete -o default -F _{0} {1}
)";

constexpr const char* kZsh = R"(#compdef {1}
_{0}() {{
  local -a found
  found=("${{(@f)$({1} {2} "${{(@)words[2,CURRENT]}}" 2>/dev/null)}}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}}
compdef _{0} {1}
if [[ "$funcstack[1]" = "_{1}" ]]; then _{0}; fi
)";

constexpr const char* kFish =
    "complete -c {1} -a '({1} {2} (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'\n";

}  // namespace

std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words,
                                     const ObjectNames& objects) {
  if (words.empty()) return command_words(app);
  auto found = all_candidates(app, words, objects);
  std::erase_if(found, [&](const std::string& word) { return !word.starts_with(words.back()); });
  return found;
}

std::string completion_script(const std::string& program, const std::string& shell) {
  std::string function = program;
  std::ranges::replace(function, '-', '_');
  if (shell == "bash") return fmt::format(kBash, function, program, kCompleteCommand);
  if (shell == "zsh") return fmt::format(kZsh, function, program, kCompleteCommand);
  return shell == "fish" ? fmt::format(kFish, function, program, kCompleteCommand) : "";
}

void add_completion(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  add_word_option(*command, "SHELL", *shell, "The shell", {"bash", "zsh", "fish"})->required();
  command->footer("Example: source <(" + app.get_name() + " completion bash)");
  command->callback([&app, shell, &exit_code] {
    std::cout << completion_script(app.get_name(), *shell);
    exit_code = 0;
  });
}

}  // namespace visionops::cli
