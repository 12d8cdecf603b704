#include "base/cli/man_page.h"

#include <fstream>
#include <iostream>
#include <memory>

namespace visionops::cli {
namespace {

/// Text of a page: a hyphen stays a hyphen that can be copied, and no line is taken for a request.
std::string troff(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool line_begins = i == 0 || text[i - 1] == '\n';
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(const std::string& text) { return "\\fB" + troff(text) + "\\fR"; }

std::string option_heading(const CLI::Option& option) {
  std::string out;
  for (const auto& name : option.get_snames()) out += (out.empty() ? "" : ", ") + bold("-" + name);
  for (const auto& name : option.get_lnames()) out += (out.empty() ? "" : ", ") + bold("--" + name);
  if (out.empty()) out = "\\fI" + troff(option.get_name()) + "\\fR";
  const bool bare = option.get_type_size() == 0 || option.get_type_name().empty();
  return bare ? out : out + " \\fI" + troff(option.get_type_name()) + "\\fR";
}

bool is_shown(const CLI::App& app) { return !app.get_group().empty(); }

std::string options_section(const CLI::App& app) {
  std::string out;
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    out += ".TP\n" + option_heading(*option) + "\n" + troff(option->get_description()) + "\n";
  }
  return out.empty() ? "" : ".SH OPTIONS\n" + out;
}

std::string commands_section(const CLI::App& app, const std::string& name) {
  std::string out;
  for (const auto* sub : app.get_subcommands([](const CLI::App* s) { return is_shown(*s); })) {
    out += ".TP\n" + bold(sub->get_name()) + "\n" + troff(sub->get_description()) + "; see " +
           bold(name + "-" + sub->get_name()) + "(1)\n";
  }
  return out.empty() ? "" : ".SH COMMANDS\n" + out;
}

std::string exit_section(const ProgramFacts& facts) {
  std::string out;
  for (const auto& status : facts.exit_statuses)
    out += ".TP\n" + bold(std::to_string(status.code)) + "\n" + troff(status.name + ": " + status.meaning) + "\n";
  return out.empty() ? "" : ".SH EXIT STATUS\n" + out;
}

ManPage page_of(const CLI::App& app, const std::string& name, const std::string& called, const std::string& release,
                const ProgramFacts& facts) {
  std::string text = ".TH " + troff(name) + " 1 \"\" \"" + troff(release) + "\" \"\"\n";
  text += ".SH NAME\n" + troff(name) + " \\- " + troff(app.get_description()) + "\n";
  const bool has_commands = !app.get_subcommands([](const CLI::App* s) { return is_shown(*s); }).empty();
  text += ".SH SYNOPSIS\n" + bold(called) + (has_commands ? " \\fICOMMAND\\fR" : "") + " [\\fIOPTIONS\\fR]\n";
  text += commands_section(app, name) + options_section(app);
  text += exit_section(facts);
  if (!app.get_footer().empty()) text += ".SH NOTES\n.nf\n" + troff(app.get_footer()) + "\n.fi\n";
  return {name + ".1", text};
}

int write_pages(const std::vector<ManPage>& pages, const std::string& folder) {
  for (const auto& page : pages) {
    const std::string path = folder + "/" + page.file;
    std::ofstream file(path, std::ios::binary);
    file << page.text;
    if (!file.flush()) {
      std::cerr << "error: " << path << " cannot be written\n";
      return 1;
    }
  }
  return 0;
}

}  // namespace

std::vector<ManPage> man_pages(const CLI::App& app, const ProgramFacts& facts) {
  const std::string release = release_of(app, facts);
  std::vector<ManPage> out{page_of(app, app.get_name(), app.get_name(), release, facts)};
  for (const auto* sub : app.get_subcommands([](const CLI::App* s) { return is_shown(*s); })) {
    out.push_back(
        page_of(*sub, app.get_name() + "-" + sub->get_name(), app.get_name() + " " + sub->get_name(), release, facts));
  }
  return out;
}

void add_man(CLI::App& app, const ProgramFacts& facts, int& exit_code) {
  auto* command = app.add_subcommand("man", "Write the manual pages into a folder")->group("");
  auto folder = std::make_shared<std::string>();
  command->add_option("FOLDER", *folder, "A folder that exists")->required()->check(CLI::ExistingDirectory);
  command->callback([&app, folder, facts, &exit_code] { exit_code = write_pages(man_pages(app, facts), *folder); });
}

}  // namespace visionops::cli
