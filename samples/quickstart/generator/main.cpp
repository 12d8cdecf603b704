// visionops-quickstart-data: composes the handwritten digits into three datasets inside a store and
// prints the numbers that the quickstart must reproduce. Equal arguments give equal files.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/cli/program.h"
#include "base/json.h"
#include "samples/quickstart/generator/scanner.h"

namespace {

using visionops::Json;
using namespace visionops::quickstart;
namespace fs = std::filesystem;

struct Sizes {
  int scanner_a = 260;
  int scanner_b = 140;
  int held_out = 80;
};

/// The first writers' digits train, the others are held out: no digit is in both.
constexpr std::size_t kTrainingDigits = 1300;
constexpr int kBlotEvery = 13;
constexpr int kVoidEvery = 20;

const std::vector<std::string> kWords{"zero", "one",   "two",   "three", "four", "five",
                                      "six",  "seven", "eight", "nine",  "blot"};

std::vector<std::string> prefixed(const std::string& prefix, const std::string& last) {
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back(prefix + std::to_string(i));
  if (!last.empty()) names.push_back(last);
  return names;
}

/// Names of scanner-b start like those of scanner-a, so that a merge has collisions to resolve.
std::vector<ScannedImage> scan(int count, int blot_every, bool first_is_empty, std::span<const Digit> digits,
                               std::uint64_t seed) {
  Random random(seed);
  std::vector<ScannedImage> images;
  for (int i = 0; i < count; ++i) {
    SceneRequest request;
    request.digits = first_is_empty && i == 1 ? 0 : random.between(3, 6);
    request.blot = blot_every > 0 && i % blot_every == blot_every - 1;
    char name[32];
    std::snprintf(name, sizeof name, "page_%04d.jpg", i);
    images.push_back({name, compose_scene(request, digits, random)});
  }
  return images;
}

bool has_blot(const ScannedImage& image) {
  return std::any_of(image.scene.objects.begin(), image.scene.objects.end(),
                     [](const auto& o) { return o.label == kBlot; });
}

/// What the Pipeline of the quickstart must write: pages with a blot or a void mark are filtered.
Json expected_fusion(const std::vector<ScannedImage>& a, const std::vector<ScannedImage>& b) {
  int images = 0, objects = 0;
  std::map<std::string, int> classes;
  for (const auto* set : {&a, &b}) {
    for (const auto& image : *set) {
      if (has_blot(image)) continue;
      ++images;
      objects += static_cast<int>(image.scene.objects.size());
      for (const auto& o : image.scene.objects) ++classes[std::to_string(o.label)];
    }
  }
  return {{"images", images}, {"objects", objects}, {"classes", classes}};
}

int count_objects(const std::vector<ScannedImage>& images) {
  int total = 0;
  for (const auto& image : images) total += static_cast<int>(image.scene.objects.size());
  return total;
}

int generate(const std::string& digits_file, const std::string& store, const Sizes& sizes) {
  const auto digits = load_digits(digits_file);
  if (!digits) {
    std::cerr << "error: " << digits.error().message << "\n";
    return 2;
  }
  const std::span<const Digit> all(*digits);
  const auto training = all.first(std::min(kTrainingDigits, all.size()));
  const auto held_out_digits = all.subspan(training.size());
  const auto a = scan(sizes.scanner_a, kBlotEvery, true, training, 11);
  const auto b = scan(sizes.scanner_b, kVoidEvery, false, training, 22);
  const auto held_out = scan(sizes.held_out, 0, false, held_out_digits, 33);

  const fs::path raw = fs::path(store) / "raw";
  const auto path = [&raw](const char* group, const char* split) { return (raw / group / split / "v1.0.0").string(); };
  for (const auto& written : {write_coco(path("scanner-a", "train"), a, kWords, true),
                              write_yolo(path("scanner-b", "train"), b, prefixed("digit_", "void")),
                              write_coco(path("held-out", "val"), held_out, prefixed("", ""), false)}) {
    if (!written) {
      std::cerr << "error: " << written.error().message << "\n";
      return 65;
    }
  }
  const Json fusion = expected_fusion(a, b);
  const Json expected{{"scanner-a", {{"images", a.size()}, {"objects", count_objects(a) + 1}}},
                      {"scanner-b", {{"images", b.size()}, {"objects", count_objects(b)}}},
                      {"held-out", {{"images", held_out.size()}, {"objects", count_objects(held_out)}}},
                      {"fusion", fusion}};
  std::ofstream(fs::path(store) / "expected.json") << expected.dump(1) << "\n";
  std::cout << "scanner-a (COCO)  " << a.size() << " images, " << count_objects(a) + 1 << " objects (1 crowd region)\n"
            << "scanner-b (YOLO)  " << b.size() << " images, " << count_objects(b) << " objects\n"
            << "held-out  (COCO)  " << held_out.size() << " images, " << count_objects(held_out) << " objects\n"
            << "expected Fusion   " << fusion["images"] << " images, " << fusion["objects"] << " objects, "
            << fusion["classes"].size() << " classes\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Composes handwritten digits into the datasets of the quickstart", "visionops-quickstart-data"};
  std::string digits, store;
  Sizes sizes;
  app.add_option("--digits", digits, "digits.csv.gz")->required();
  app.add_option("--store", store, "folder of the store \"datasets\"")->required();
  app.add_option("--scanner-a", sizes.scanner_a, "images of scanner-a")->check(CLI::Range(3, 100000));
  app.add_option("--scanner-b", sizes.scanner_b, "images of scanner-b")->check(CLI::Range(1, 100000));
  app.add_option("--held-out", sizes.held_out, "held-out images")->check(CLI::Range(1, 100000));
  int exit_code = 0;
  app.callback([&] { exit_code = generate(digits, store, sizes); });
  return visionops::cli::run_program(app, argc, argv, {VISIONOPS_VERSION}, exit_code);
}
