// MMEngine (mmdet 3.x, mmseg 1.x): "... - mmengine - INFO - Epoch(train)  [1][8600/8930]  lr: ...  loss: ...".
#include <array>

#include "worker/framework/readers/openmmlab_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 3> kWords{"- mmengine - ", "max_epochs", "max_iters"};

class MmengineReader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    if (line.find("- mmengine - ") == std::string_view::npos) return tell_openmmlab_plan(line, story);
    const auto told = openmmlab_line(line);
    if (!told) return tell_openmmlab_plan(line, story);
    // A test run (tools/test.py) and one after the training belong to no epoch.
    if (line.find("(test)") != std::string_view::npos) return true;
    tell_openmmlab(*told, story);
    return true;
  }
};

}  // namespace

extern const LogFormat mmengine{"mmengine", kWords,
                                []() -> std::unique_ptr<LogReader> { return std::make_unique<MmengineReader>(); }};

}  // namespace visionops::framework
