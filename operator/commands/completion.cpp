#include "operator/commands/completion.h"

#include <fmt/format.h>

#include <iostream>

#include "operator/cluster/kinds.h"

namespace visionops::commands {

namespace {

std::string option_words(const CLI::App& app) {
  std::string words;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words += "--" + name + " ";
    for (const auto& name : option->get_snames()) words += "-" + name + " ";
  }
  return words;
}

std::string command_words(const CLI::App& app) {
  std::string words;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) words += sub->get_name() + " ";
  return words;
}

std::string bash_script(const CLI::App& app) {
  const std::string objects = cluster::kind_plurals(cluster::kKindsWatchedEverywhere, " ");
  std::string cases;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    cases += fmt::format("    {}) words=\"{}\"; [[ $COMP_CWORD -eq 2 ]] && words+=\" {}\" ;;\n", sub->get_name(),
                         option_words(*sub), objects);
  }
  return fmt::format(
      "_{0}() {{\n  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n"
      "  if [[ $COMP_CWORD -eq 1 ]]; then words=\"{1}{2}\"; else case \"${{COMP_WORDS[1]}}\" in\n{3}  esac; fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}}\n"
      "complete -o default -F _{0} {0}\n",
      app.get_name(), command_words(app), option_words(app), cases);
}

std::string fish_script(const CLI::App& app) {
  std::string out;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    out += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d '{}'\n", app.get_name(), sub->get_name(),
                       sub->get_description());
    for (const auto* option : sub->get_options()) {
      for (const auto& name : option->get_lnames()) {
        out += fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}' -l {}\n", app.get_name(),
                           sub->get_name(), name);
      }
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash_script(app);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(app);
  if (shell == "fish") return fish_script(app);
  return "";
}

void add_completion(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("completion", "Print a completion script for bash, zsh or fish");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example: source <(visionops completion bash)");
  command->callback([&app, shell, &exit_code] {
    std::cout << completion_script(app, *shell);
    exit_code = 0;
  });
}

}  // namespace visionops::commands
