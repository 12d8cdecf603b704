// Manual pages and completion say what --help says.
#include "base/cli/man_page.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/cli/completion.h"

namespace visionops::cli {
namespace {

struct Program {
  CLI::App app{"Weighs things", "scale"};
  std::string unit;
  int exit_code = 0;

  Program() {
    auto* weigh = app.add_subcommand("weigh", "Weigh one thing");
    weigh->add_option("-u,--unit", unit, "kg or lb - as you like")->type_name("UNIT");
    weigh->footer(".dots and 'quotes' begin a line\nscale weigh --unit kg C:\\thing");
    app.add_subcommand("tare", "Not for users")->group("");
  }
};

const ManPage* page_named(const std::vector<ManPage>& pages, const std::string& file) {
  for (const auto& page : pages) {
    if (page.file == file) return &page;
  }
  return nullptr;
}

TEST(ManPages, ThereIsOneForTheProgramAndEachSubcommandThatHelpShows) {
  const Program program;
  const auto pages = man_pages(program.app, "scale 1.0");
  ASSERT_EQ(pages.size(), 2U);
  const auto* main = page_named(pages, "scale.1");
  ASSERT_NE(main, nullptr);
  EXPECT_NE(main->text.find("Weigh one thing"), std::string::npos);
  EXPECT_EQ(main->text.find("tare"), std::string::npos);
  EXPECT_NE(page_named(pages, "scale-weigh.1"), nullptr);
}

TEST(ManPages, NoTextIsTakenForARequestAndHyphensCanBeCopied) {
  const Program program;
  const auto pages = man_pages(program.app, "scale 1.0");
  const auto* page = page_named(pages, "scale-weigh.1");
  ASSERT_NE(page, nullptr);
  EXPECT_NE(page->text.find("\n\\&.dots and 'quotes'"), std::string::npos) << page->text;
  EXPECT_NE(page->text.find("\\fB\\-u\\fR, \\fB\\-\\-unit\\fR \\fIUNIT\\fR\nkg or lb \\- as you like\n"),
            std::string::npos)
      << page->text;
  EXPECT_NE(page->text.find("C:\\ething"), std::string::npos) << page->text;
}

TEST(Completion, OffersSubcommandsOptionsAndObjectsInBash) {
  const Program program;
  const std::string script = completion_script(program.app, "bash", "kilos pounds");
  EXPECT_NE(script.find("weigh) words=\"--help -h --unit -u \""), std::string::npos) << script;
  EXPECT_NE(script.find("words+=\" kilos pounds\""), std::string::npos) << script;
  EXPECT_EQ(script.find("tare"), std::string::npos) << script;
  EXPECT_EQ(completion_script(program.app, "tcsh", ""), "");
}

}  // namespace
}  // namespace visionops::cli
