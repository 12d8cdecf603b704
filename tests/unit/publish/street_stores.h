// Two small sources with colliding names, in a real folder, and helpers to run a pipeline on them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/digest.h"
#include "base/json.h"
#include "tests/unit/materialise/pictures.h"
#include "worker/contract/run_spec.h"
#include "worker/pipeline/publish/run_pipeline.h"
#include "worker/storage/storage_client.h"

namespace visionops::pipeline::test {

namespace fs = std::filesystem;

inline void write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}
inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A store "datasets" with raw/a (COCO, `images` pictures) and raw/b (YOLO, half as many, same names).
class StreetStores {
 public:
  explicit StreetStores(int images = 6, int side = 64) {
    Json coco{{"images", Json::array()}, {"annotations", Json::array()}};
    coco["categories"] = Json::array({{{"id", 3}, {"name", "car"}}, {{"id", 90}, {"name", "bus"}}});
    for (int i = 0; i < images; ++i) {
      const std::string name = "img" + std::to_string(i) + ".jpg";
      write_file(a() / "images" / name, jpeg(gradient(side + 2 * i, side), 95));
      coco["images"].push_back({{"id", i + 1}, {"file_name", name}, {"width", side + 2 * i}, {"height", side}});
      coco["annotations"].push_back({{"id", i + 1},
                                     {"image_id", i + 1},
                                     {"category_id", i % 2 ? 90 : 3},
                                     {"bbox", {4, 5, 20, 10}},
                                     {"area", 200},
                                     {"iscrowd", 0}});
    }
    write_file(a() / "annotation.json", coco.dump());
    write_file(b() / "data.yaml", "path: .\ntrain: images\nval: images\nnc: 1\nnames:\n  0: auto\n");
    for (int i = 0; i < images / 2; ++i) {
      const std::string stem = "img" + std::to_string(i);
      write_file(b() / "images" / (stem + ".png"), encoded(".png", gradient(side, side + i)));
      write_file(b() / "labels" / (stem + ".txt"), "0 0.5 0.5 0.25 0.25\n");
    }
  }

  [[nodiscard]] fs::path stores() const { return folder_.path() / "stores"; }
  [[nodiscard]] fs::path store() const { return stores() / "datasets"; }
  [[nodiscard]] fs::path a() const { return store() / "raw/a"; }
  [[nodiscard]] fs::path b() const { return store() / "raw/b"; }
  [[nodiscard]] fs::path output(const std::string& name = "v1.0.0") const { return store() / "fusion" / name; }
  [[nodiscard]] fs::path root() const { return folder_.path(); }

  [[nodiscard]] contract::PipelineRun run(const std::string& version = "v1.0.0") const {
    contract::PipelineRun run;
    run.sources.resize(2);
    run.sources[0].dataset = {"scanner-a", "datasets", "raw/a", Format("COCO"), Split::Train, "v1.0.0", ""};
    run.sources[0].manipulators = {{"rotate_180", {}}, {"change_compression", {R"({"quality":80})"}}};
    run.sources[1].dataset = {"scanner-b", "datasets", "raw/b", Format("YOLO"), Split::Train, "v1.0.0", ""};
    run.post_merge = {
        {"merge_datasets", {}}, {"remap_class_name", {R"({"mapping":{"auto":"car"}})"}}, {"shuffle_image_ids", {}}};
    run.output = {"fusion", "datasets", "fusion/" + version, Format("YOLO"), Split::Train, version, ""};
    run.output_group = "fusion";
    run.output_type = DatasetType::Fusion;
    run.tasks = {Task::Detection};
    run.allow_loss = {LossKind::All};
    run.seed = 7;
    return run;
  }

  [[nodiscard]] RunEnvironment environment(std::int32_t shard = 0, unsigned threads = 2) const {
    RunEnvironment environment;
    const auto root = stores();
    environment.open_store = [root](const std::string& name) {
      return storage::open_local_store((root / name).string());
    };
    environment.shard = shard;
    environment.threads = threads;
    return environment;
  }

  /// Relative path -> bytes of every file below a folder.
  static std::map<std::string, std::string> files(const fs::path& folder) {
    std::map<std::string, std::string> out;
    if (!fs::exists(folder)) return out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) out[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    return out;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace visionops::pipeline::test
