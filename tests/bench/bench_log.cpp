// visionops-bench-log: what reading a framework's output costs where it says nothing that is looked for, beside RE2
// over the same rules, line by line, in turns. Lines are words of training logs, none of which is a rule's.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <random>

#include "worker/framework/failures/general_rules.h"
#include "worker/framework/lines/expressions.h"
#include "worker/framework/run_reader.h"

namespace {

using namespace visionops;
using namespace visionops::framework;

constexpr std::size_t kPiece = 64 * 1024;  // what a pipe holds

std::string quiet_lines(std::size_t bytes) {
  static constexpr std::array<std::string_view, 16> kWords{
      "loading", "picture", "batch", "of",     "the",       "model", "12.0345", "layers",
      "with",    "tensor",  "shape", "0.8125", "optimizer", "group", "weight",  "decay"};
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) {
    const std::size_t words = 8 + random() % 12;
    for (std::size_t i = 0; i < words; ++i) {
      text += kWords[random() % kWords.size()];
      text += i + 1 == words ? '\n' : ' ';
    }
  }
  return text;
}

RunReader reader_of_all() {
  contract::FrameworkReading reading;
  reading.log_formats = {"ultralytics", "transformers", "timm",   "torchvision",
                         "lightning",   "mmengine",     "mmdet2", "detectron2"};
  auto reader = RunReader::make(reading, 3, 0);
  if (!reader) throw std::runtime_error(reader.error().message);
  return std::move(*reader);
}

Expressions rules() {
  std::vector<std::string> all;
  for (const auto& rule : general_rules()) {
    if (rule.place == Place::Anywhere) all.emplace_back(rule.match);
  }
  for (const auto& rule : warning_rules()) all.emplace_back(rule);
  auto made = Expressions::make(all);
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

template <class Work>
double gigabytes_per_second(std::size_t bytes, Work work) {
  const std::clock_t begin = std::clock();  // of this process: others may be at work
  work();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return static_cast<double>(bytes) / 1e9 / seconds;
}

double by_reader(const std::string& text) {
  auto reader = reader_of_all();
  return gigabytes_per_second(text.size(), [&] {
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
      reader.take_log(std::string_view(text).substr(at, kPiece), TimePoint{});
    }
    if (!reader.take_lines().empty()) throw std::runtime_error("a quiet line told something");
  });
}

double by_re2(const std::string& text, const Expressions& expressions) {
  std::size_t hits = 0;
  const double speed = gigabytes_per_second(text.size(), [&] {
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      hits += expressions.matches(std::string_view(text).substr(at, end - at)).size();
      at = end + 1;
    }
  });
  if (hits != 0) throw std::runtime_error("a quiet line matched a rule");
  return speed;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t megabytes = 64;
  std::size_t rounds = 5;
  CLI::App app("Reading quiet lines beside RE2");
  app.add_option("--megabytes", megabytes);
  app.add_option("--rounds", rounds);
  CLI11_PARSE(app, argc, argv);
  const auto text = quiet_lines(megabytes * 1'000'000);
  const auto expressions = rules();
  std::vector<double> reader;
  std::vector<double> re2;
  for (std::size_t i = 0; i < std::max<std::size_t>(rounds, 1); ++i) {
    reader.push_back(by_reader(text));
    re2.push_back(by_re2(text, expressions));
  }
  std::cout << std::fixed << std::setprecision(2) << "reader " << median(reader) << " GB/s, RE2 over the same rules "
            << median(re2) << " GB/s, " << median(reader) / median(re2) << " times\n";
  return 0;
}
