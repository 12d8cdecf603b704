// Manual pages say what --help says.
#include "base/cli/man_page.h"

#include <gtest/gtest.h>

#include <memory>

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
  const auto pages = man_pages(program.app, {"1.0", {{2, "InvalidInput", "The command line is wrong."}}});
  ASSERT_EQ(pages.size(), 2U);
  const auto* main = page_named(pages, "scale.1");
  ASSERT_NE(main, nullptr);
  EXPECT_NE(main->text.find("Weigh one thing"), std::string::npos);
  EXPECT_EQ(main->text.find("tare"), std::string::npos);
  EXPECT_NE(page_named(pages, "scale-weigh.1"), nullptr);
}

TEST(ManPages, EachNamesTheExitCodes) {
  const Program program;
  for (const auto& page : man_pages(program.app, {"1.0", {{2, "InvalidInput", "The command line is wrong."}}}))
    EXPECT_NE(page.text.find(".SH EXIT STATUS\n.TP\n\\fB2\\fR\nInvalidInput: The command line"), std::string::npos)
        << page.text;
}

TEST(ManPages, NoTextIsTakenForARequestAndHyphensCanBeCopied) {
  const Program program;
  const auto pages = man_pages(program.app, {"1.0", {{2, "InvalidInput", "The command line is wrong."}}});
  const auto* page = page_named(pages, "scale-weigh.1");
  ASSERT_NE(page, nullptr);
  EXPECT_NE(page->text.find("\n\\&.dots and 'quotes'"), std::string::npos) << page->text;
  EXPECT_NE(page->text.find("\\fB\\-u\\fR, \\fB\\-\\-unit\\fR \\fIUNIT\\fR\nkg or lb \\- as you like\n"),
            std::string::npos)
      << page->text;
  EXPECT_NE(page->text.find("C:\\ething"), std::string::npos) << page->text;
}

}  // namespace
}  // namespace visionops::cli
