#include <gtest/gtest.h>

#include <cmath>

#include "worker/framework/lines/line_stream.h"
#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {
namespace {

std::string plain(std::string_view line) {
  std::string room;
  return std::string(without_ansi(line, room));
}

TEST(PlainLine, LosesItsTerminalSequences) {
  EXPECT_EQ(plain("\x1b[K  3/20 0G"), "  3/20 0G");
  EXPECT_EQ(plain("\x1b[34m\x1b[1mtrain: \x1b[0mScanning"), "train: Scanning");
  EXPECT_EQ(plain("\x1b]0;title\aEpoch 1"), "Epoch 1");
  EXPECT_EQ(plain("cut off \x1b[1"), "cut off ");
  EXPECT_EQ(plain("a\tb\x07"), "a\tb");
}

TEST(PlainLine, TellsItsRank) {
  EXPECT_EQ(without_rank("[rank1]: Traceback").rank, 1);
  EXPECT_EQ(without_rank("[rank1]: Traceback").text, "Traceback");
  EXPECT_EQ(without_rank("[rank1]:[E926 03:17:46").text, "[E926 03:17:46");
  EXPECT_EQ(without_rank("[default0]:Epoch 3").text, "Epoch 3");
  EXPECT_EQ(without_rank("[1,3]<stderr>:loss").rank, 3);
  EXPECT_EQ(without_rank("(RayTrainWorker pid=77, ip=10.0.0.1) loss").text, "loss");
  EXPECT_EQ(without_rank("(not a process) loss").text, "(not a process) loss");
  EXPECT_EQ(without_rank("[1, 2] of").rank, -1);
}

TEST(Numbers, AreThoseThatPythonWrites) {
  EXPECT_EQ(number_of("-7.53e-05"), -7.53e-05);
  EXPECT_EQ(number_of(".98"), 0.98);
  EXPECT_TRUE(std::isnan(*number_of("nan")));
  EXPECT_TRUE(std::isinf(*number_of("-Infinity")));
  EXPECT_EQ(number_of("0:00:01"), std::nullopt);
  EXPECT_EQ(number_of("12G"), std::nullopt);
  EXPECT_EQ(number_of(""), std::nullopt);
  EXPECT_EQ(number_of("nano"), std::nullopt);
}

TEST(Numbers, InPairsAreNoTimesAndNoRates) {
  std::string names;
  for (const auto& pair :
       pairs_in("eta: 2:01:17  lr: 1e-3  img/s: 12.5  it: 3.1it/s  max mem: 433M  loss: nan (nan)", ':')) {
    names += std::string(pair.name) + " ";
  }
  EXPECT_EQ(names, "lr img/s loss ");
}

struct Lines {
  explicit Lines(std::vector<std::string> words) {
    for (const auto& word : words) filter.add(word, 1);
    filter.compile();
  }
  void feed(std::string_view bytes) {
    stream.feed(
        bytes, filter, [&](std::string_view line) { seen.emplace_back(line); }, [&] { return all; });
  }
  LiteralFilter filter;
  LineStream stream;
  std::vector<std::string> seen;
  bool all = false;
};

TEST(LineStream, ShowsLinesWithAWordHoweverTheyAreCut) {
  const std::string text = "one\nLoss: 3\r\nquiet\n\rThe LOSS: 4\nend loss: 5";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Lines lines({"loss:"});
    for (std::size_t at = 0; at < text.size(); at += piece) lines.feed(std::string_view(text).substr(at, piece));
    lines.stream.end([&](std::string_view line) { lines.seen.emplace_back(line); });
    EXPECT_EQ(lines.seen, (std::vector<std::string>{"Loss: 3", "The LOSS: 4", "end loss: 5"})) << piece;
  }
}

TEST(LineStream, ShowsEveryLineWhileAReaderWantsThem) {
  Lines lines({"x"});
  lines.all = true;
  lines.feed("one\n\ntwo\nthr");
  EXPECT_EQ(lines.seen, (std::vector<std::string>{"one", "two"}));
}

TEST(LineStream, CutsALineWithoutAnEndAndKeepsLittleOfIt) {
  Lines lines({"word"});
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 64; ++i) lines.feed(piece);
  lines.feed("\nword\n");
  EXPECT_EQ(lines.seen, (std::vector<std::string>{"word"}));
  lines.feed("word" + piece);
  lines.feed("\n");
  ASSERT_EQ(lines.seen.size(), 2U);
  EXPECT_EQ(lines.seen[1].size(), kMaxLogLine);
}

TEST(LiteralFilter, FindsEveryWordAtEveryPlace) {
  LiteralFilter filter;
  const std::vector<std::string> words{"a", "{'", "%|", "Traceback", "tracer", "\u2501", "Xid", "GPU_mem"};
  for (std::size_t i = 0; i < words.size(); ++i) filter.add(words[i], Interest{1} << i);
  filter.compile();
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::size_t before = 0; before < 9; ++before) {
      const std::string text = std::string(before, '.') + words[i] + std::string(before % 5, '.');
      EXPECT_NE(filter.interest(text) & (Interest{1} << i), 0U) << text;
    }
  }
  EXPECT_EQ(filter.find("quiet text {", 0).who, 0U);
}

}  // namespace
}  // namespace visionops::framework
