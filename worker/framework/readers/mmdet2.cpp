// mmcv's logger (mmdet 2.x, mmseg 0.x, mmcls): "... - mmdet - INFO - Epoch [1][2400/7517]\tlr: 0.00125, eta: ...".
#include <array>

#include "worker/framework/readers/openmmlab_line.h"
#include "worker/framework/readers/reader.h"

namespace visionops::framework {

namespace {

constexpr std::array<std::string_view, 6> kWords{"Saving checkpoint at", "- INFO - Epoch", "- INFO - Iter",
                                                 "- INFO - workflow",    "max_epochs",     "max_iters"};

class Mmdet2Reader final : public LogReader {
 public:
  bool read(std::string_view line, Story& story) override {
    if (line.find("- mmengine - ") != std::string_view::npos) return false;
    const bool ours = line.find("- INFO - ") != std::string_view::npos;
    const auto told = ours ? openmmlab_line(line) : std::nullopt;
    if (!told) return tell_openmmlab_plan(line, story);
    tell_openmmlab(*told, story);
    return true;
  }
};

}  // namespace

extern const LogFormat mmdet2{"mmdet2", kWords,
                              []() -> std::unique_ptr<LogReader> { return std::make_unique<Mmdet2Reader>(); }};

}  // namespace visionops::framework
