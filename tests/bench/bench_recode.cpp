// visionops-bench-recode SET: a half turn and a lower quality, the engine beside OpenCV on the same pictures in turns.
// Every core has its own pictures, as in a worker; both read and write memory. Both results are decoded and compared.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "worker/pipeline/materialise/recode.h"
#include "worker/pipeline/pixels/operations/reencode.h"
#include "worker/pipeline/pixels/operations/rotate_180.h"

namespace {

using namespace visionops;
namespace fs = std::filesystem;
using Pictures = std::vector<std::string>;
using Recode = std::function<std::string(const std::string&)>;

constexpr int kQuality = 60;
constexpr double kMostDifference = 2.0;  // grey levels, mean over a picture: colours are resampled by one of the two

Pictures read_pictures(const fs::path& set, std::size_t most) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(set)) {
    if (entry.path().extension() == ".jpg") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  files.resize(std::min(files.size(), most));
  Pictures pictures;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    pictures.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return pictures;
}

std::string by_engine(const std::string& bytes) {
  auto result = pipeline::recode(bytes, {pipeline::Rotate180{}, pipeline::Reencode{kQuality}}, {});
  auto* recoded = std::get_if<pipeline::Recoded>(&result);
  return recoded != nullptr ? std::move(recoded->bytes) : std::string();
}

cv::Mat decoded(const std::string& bytes) {
  return cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data())),
                      cv::IMREAD_COLOR);
}

std::string by_opencv(const std::string& bytes) {
  cv::Mat picture = decoded(bytes);
  cv::rotate(picture, picture, cv::ROTATE_180);
  std::vector<std::uint8_t> out;
  cv::imencode(".jpg", picture, out, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  return {out.begin(), out.end()};
}

/// Wall seconds for all pictures with `threads` threads.
double seconds_of(const Recode& recode, const Pictures& pictures, Pictures& out, unsigned threads) {
  std::atomic<std::size_t> next{0};
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (unsigned t = 0; t < threads; ++t) {
      workers.emplace_back([&] {
        for (std::size_t i = next++; i < pictures.size(); i = next++) out[i] = recode(pictures[i]);
      });
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The largest mean difference of a picture, in grey levels; -1 when one lacks or has another size.
double largest_difference(const Pictures& a, const Pictures& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].empty() || b[i].empty()) return -1;
    const cv::Mat x = decoded(a[i]);
    const cv::Mat y = decoded(b[i]);
    if (x.size() != y.size() || x.empty()) return -1;
    largest = std::max(largest, cv::norm(x, y, cv::NORM_L1) / static_cast<double>(x.total() * 3));
  }
  return largest;
}

int measure(const fs::path& set, int rounds) {
  const Pictures pictures = read_pictures(set, 2000);
  double megapixels = 0;
  for (const auto& picture : pictures) megapixels += static_cast<double>(decoded(picture).total()) / 1e6;
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  Pictures ours(pictures.size()), theirs(pictures.size());
  seconds_of(by_engine, pictures, ours, threads);  // libraries and pages are there from now on
  seconds_of(by_opencv, pictures, theirs, threads);
  std::vector<double> engine, opencv;
  for (int round = 0; round < rounds; ++round) {
    engine.push_back(seconds_of(by_engine, pictures, ours, threads));
    opencv.push_back(seconds_of(by_opencv, pictures, theirs, threads));
  }
  const double difference = largest_difference(ours, theirs);
  if (difference < 0 || difference > kMostDifference) {
    std::cerr << "the results differ: " << difference << " grey levels\n";
    return 1;
  }
  std::printf(
      "recode %zu pictures (half turn, quality %d) on %u threads: VisionOps %.1f, OpenCV %s %.1f megapixels/s, "
      "%.2fx; equal within %.2f grey levels\n",
      pictures.size(), kQuality, threads, megapixels / median(engine), CV_VERSION, megapixels / median(opencv),
      median(opencv) / median(engine), difference);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Recodes pictures by the engine and by OpenCV"};
  std::string set;
  int rounds = 5;
  app.add_option("SET", set, "Folder with JPEG files")->required();
  app.add_option("--rounds", rounds, "Measurements of each, in turns");
  CLI11_PARSE(app, argc, argv);
  cv::setNumThreads(1);  // each thread of ours has its own picture
  return measure(set, rounds);
}
