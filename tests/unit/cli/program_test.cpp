// How programs answer what was typed.
#include "base/cli/program.h"

#include <gtest/gtest.h>

#include <memory>

namespace visionops::cli {
namespace {

/// What one call printed, and how it ended.
struct Ended {
  int code;
  std::string out;
  std::string err;
};

Ended call(std::vector<std::string> words, const ObjectNames& objects = {}) {
  CLI::App app{"Weighs things", "scale"};
  app.require_subcommand(1);
  int exit_code = 0;
  std::string unit;
  std::string thing;
  auto* weigh = app.add_subcommand("weigh", "Weigh one thing");
  weigh->add_option("THING", thing, "What")->required();
  add_word_option(*weigh, "-u,--unit", unit, "Of the answer", {"Kilogram", "Pound"});
  weigh->callback([&] {
    std::cout << thing << " " << unit << "\n";
    exit_code = 7;
  });
  app.add_subcommand("tare", "Not for users")->group("");
  words.insert(words.begin(), "scale");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_program(app, static_cast<int>(argv.size()), argv.data(),
                               {"1.0", {{0, "Done", ""}, {2, "InvalidInput", ""}}, objects}, exit_code);
  std::string out = testing::internal::GetCapturedStdout();
  return {code, std::move(out), testing::internal::GetCapturedStderr()};
}

TEST(Program, EndsAsItsCommandDid) {
  const auto ended = call({"weigh", "apple", "-u", "pound"});
  EXPECT_EQ(ended.code, 7);
  EXPECT_EQ(ended.out, "apple Pound\n");
}

TEST(Program, PrintsItsHelpWhenNothingIsAsked) {
  for (const auto& words : std::vector<std::vector<std::string>>{{}, {"help"}, {"--help"}}) {
    const auto ended = call(words);
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.out.find("Weigh one thing"), std::string::npos);
    EXPECT_NE(ended.out.find("manual page):\n  0 Done, 2 InvalidInput\n"), std::string::npos) << ended.out;
  }
  EXPECT_NE(call({"help", "weigh"}).out.find("--unit"), std::string::npos);
}

TEST(Program, TellsItsVersionInOneSpelling) {
  EXPECT_EQ(call({"--version"}).out, "scale 1.0\n");
  EXPECT_EQ(call({"version"}).out, "scale 1.0\n");
}

TEST(Program, EndsEveryMistakeOfTheCommandLineWithTheSameCode) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"weihg"},
                                                                 {"weigh"},
                                                                 {"weigh", "a", "b"},
                                                                 {"weigh", "a", "--unti", "x"},
                                                                 {"weigh", "a", "--unit"},
                                                                 {"weigh", "a", "--unit", "ton"},
                                                                 {"--verbose"}}) {
    const auto ended = call(words);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.starts_with("error: ")) << ended.err;
    EXPECT_NE(ended.err.find("--help"), std::string::npos) << ended.err;
  }
}

TEST(Program, SuggestsWhatWasMeant) {
  EXPECT_NE(call({"weihg"}).err.find("unknown command \"weihg\"; did you mean \"weigh\"?"), std::string::npos);
  EXPECT_NE(call({"weigh", "a", "--unti", "Pound"}).err.find("did you mean \"--unit\"?"), std::string::npos);
  EXPECT_NE(call({"weigh", "a", "-u", "Pond"}).err.find("none of Kilogram, Pound; did you mean \"Pound\"?"),
            std::string::npos);
  EXPECT_EQ(call({"tar"}).err.find("tare"), std::string::npos) << "hidden";
  EXPECT_EQ(call({"completely"}).err.find("did you mean"), std::string::npos);
}

TEST(Program, SaysTheWordsOfAnOptionAndNothingElse) {
  const auto help = call({"weigh", "--help"}).out;
  EXPECT_NE(help.find("Kilogram|Pound"), std::string::npos) << help;
  EXPECT_EQ(help.find("->"), std::string::npos) << help;
  EXPECT_EQ(help.find("{"), std::string::npos) << help;
}

TEST(Completion, OffersCommandsOptionsWordsAndWhatExists) {
  const auto objects = [](const std::vector<std::string>& words) {
    return words.size() == 2 ? std::vector<std::string>{"apple", "pear"} : std::vector<std::string>{};
  };
  EXPECT_EQ(call({"__complete", ""}, objects).out, "weigh\n");
  EXPECT_EQ(call({"__complete", "weigh", "--u"}, objects).out, "--unit\n");
  EXPECT_EQ(call({"__complete", "weigh", "--unit", "P"}, objects).out, "Pound\n");
  EXPECT_EQ(call({"__complete", "weigh", "a"}, objects).out, "apple\n");
  EXPECT_EQ(call({"__complete", "nothing", ""}, objects).out, "");
}

TEST(Completion, AsksTheProgramInEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"})
    EXPECT_NE(completion_script("visionops-worker", shell).find("visionops-worker __complete"), std::string::npos);
  EXPECT_EQ(completion_script("visionops-worker", "tcsh"), "");
}

}  // namespace
}  // namespace visionops::cli
