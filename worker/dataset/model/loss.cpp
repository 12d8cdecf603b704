// What a conversion loses; the rules of the writers, counted before anything is written.
// Which kinds stop a conversion: docs/decisions/0003-reported-losses.md.
#include <algorithm>
#include <array>
#include <cmath>

#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

namespace {

class LossCounter {
 public:
  explicit LossCounter(const Annotations& a) : a_(a) {}

  /// `text` is only called while examples are wanted.
  template <class Text>
  void add(LossKind kind, std::size_t object, const Text& text) {
    add_example(kind, [&] {
      const Object& o = a_.objects[object];
      return "annotation " + std::to_string(o.id) + " of " + a_.images[o.image].file_name + ": " + text();
    });
  }
  template <class Text>
  void add_example(LossKind kind, const Text& text) {
    LossReport::Entry& entry = entries_[static_cast<std::size_t>(kind)];
    ++entry.count;
    if (entry.examples.size() < kLossExamples) entry.examples.push_back(text());
  }

  LossReport report() {
    LossReport out;
    for (std::size_t kind = 0; kind < entries_.size(); ++kind) {
      entries_[kind].kind = static_cast<LossKind>(kind);
      if (entries_[kind].count > 0) out.entries.push_back(std::move(entries_[kind]));
    }
    return out;
  }

 private:
  const Annotations& a_;
  std::array<LossReport::Entry, EnumNames<LossKind>::values.size()> entries_;
};

std::size_t points_of(const Annotations& a, const Object& object) {
  std::size_t numbers = 0;
  for (const Slice ring : a.ring_span(object.shape)) numbers += ring.size;
  return numbers / 2;
}

void count_mask(const Annotations& a, std::size_t i, YoloRows rows, LossCounter& loss) {
  const Object& object = a.objects[i];
  const bool polygons = object.shape_kind == Shape::Polygons && object.shape.size > 0;
  const bool rle = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  if (rle) loss.add(LossKind::Masks, i, [] { return "run-length mask"; });
  if (!polygons) return;
  if (rows == YoloRows::Boxes) {
    loss.add(LossKind::Masks, i, [&] { return "polygon mask of " + std::to_string(points_of(a, object)) + " points"; });
  } else if (object.shape.size > 1) {
    loss.add(LossKind::MultiPart, i, [&] { return std::to_string(object.shape.size) + " parts become one ring"; });
  }
}

void count_fate(const Annotations& a, std::size_t i, YoloRows rows, LossCounter& loss) {
  switch (yolo_fate(a, a.objects[i], rows)) {
    case YoloFate::DroppedCrowd:
      return loss.add(LossKind::Crowd, i, [] { return "crowd region is left out"; });
    case YoloFate::DroppedIgnore:
      return loss.add(LossKind::Ignore, i, [] { return "ignored region is left out"; });
    case YoloFate::DroppedNoArea:
      return loss.add(LossKind::Boxes, i, [] { return "box without area inside the image is left out"; });
    case YoloFate::Clipped:
      return loss.add(LossKind::Boxes, i, [] { return "box is cut to the image"; });
    case YoloFate::Written:
      return;
  }
}

/// Sub-pixel cuts at the frame; the nine digits of the writer are no loss anyone could measure.
bool loses_precision(const Annotations& a, const Object& o, YoloRows rows) {
  if (!o.has_box || yolo_fate(a, o, rows) != YoloFate::Written) return false;
  const Image& image = a.images[o.image];
  return o.box[0] < 0 || o.box[1] < 0 || o.box[0] + o.box[2] > image.width || o.box[1] + o.box[3] > image.height;
}

void count_unknown_keys(const Annotations& a, LossCounter& loss) {
  const auto kept_nowhere = [&loss](const std::string& where, const std::string& extra) {
    loss.add_example(LossKind::UnknownKeys, [&] { return where + ": " + extra.substr(0, 120); });
  };
  if (!a.extra.empty()) kept_nowhere("top level", a.extra);
  for (const Category& c : a.categories) {
    if (!c.extra.empty()) kept_nowhere("category " + c.name, c.extra);
    if (!c.supercategory.empty()) kept_nowhere("category " + c.name, "supercategory " + c.supercategory);
  }
  for (const Image& image : a.images) {
    if (!image.extra.empty()) kept_nowhere(image.file_name, image.extra);
  }
}

LossReport loss_of_yolo(const Annotations& a, YoloRows rows) {
  LossCounter loss(a);
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    const Object& object = a.objects[i];
    count_mask(a, i, rows, loss);
    count_fate(a, i, rows, loss);
    if (object.attributes.size > 2) {  // "{}" holds nothing
      loss.add(LossKind::Attributes, i, [&] { return std::string(a.text_view(object.attributes).substr(0, 120)); });
    }
    if (object.keypoints.size > 0) {
      loss.add(LossKind::Keypoints, i, [&] { return std::to_string(object.keypoints.size / 3) + " keypoints"; });
    }
    if (loses_precision(a, object, rows)) {
      loss.add(LossKind::Precision, i, [] { return "box is cut to the image by at most a pixel"; });
    }
    if (object.extra.size > 0) {
      loss.add(LossKind::UnknownKeys, i, [&] { return std::string(a.text_view(object.extra).substr(0, 120)); });
    }
  }
  count_unknown_keys(a, loss);
  return loss.report();
}

bool only_reported(LossKind kind) { return kind == LossKind::UnknownKeys || kind == LossKind::Precision; }

std::string text_of(const Finding& finding) {
  return std::string(finding.kind) + " " + finding.file + (finding.position.empty() ? "" : " " + finding.position) +
         ": " + finding.message;
}

}  // namespace

void LossReport::add(const Entry& more) {
  const auto place = std::ranges::lower_bound(entries, more.kind, {}, &Entry::kind);
  if (place == entries.end() || place->kind != more.kind) {
    entries.insert(place, more);
    return;
  }
  place->count += more.count;
  for (const auto& example : more.examples) {
    if (place->examples.size() < kLossExamples) place->examples.push_back(example);
  }
}

void LossReport::add(const LossReport& more) {
  for (const auto& entry : more.entries) add(entry);
}

LossReport loss_of_reading(const Findings& findings) {
  LossReport loss;
  for (const auto& [kind, count] : findings.counts()) {
    if (kind.left_out()) loss.add({*kind.left_out(), count, {}});
  }
  for (const auto& finding : findings.first()) {
    if (finding.kind.left_out()) loss.add({*finding.kind.left_out(), 0, {text_of(finding)}});
  }
  return loss;
}

LossReport loss_of_conversion(const Annotations& a, Format target, const std::vector<Task>& tasks) {
  // COCO expresses everything the model holds; other formats have no writer
  return target == Format::YOLO ? loss_of_yolo(a, yolo_rows(tasks)) : LossReport{};
}

std::vector<LossReport::Entry> not_allowed(const LossReport& report, const std::vector<LossKind>& allowed) {
  std::vector<LossReport::Entry> out;
  const auto names = [&allowed](LossKind kind) {
    return std::find(allowed.begin(), allowed.end(), kind) != allowed.end();
  };
  if (names(LossKind::All)) return out;
  for (const auto& entry : report.entries) {
    if (!only_reported(entry.kind) && !names(entry.kind)) out.push_back(entry);
  }
  return out;
}

}  // namespace visionops::annotations
