#include "worker/inspect/report.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/quantity.h"

namespace visionops::inspect {

namespace {

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kListedSizes = 50;
constexpr std::size_t kShownClasses = 40;
constexpr std::size_t kShownProblems = 20;

Json json_of(const Range& range) {
  return {{"min", range.least}, {"max", range.most}, {"mean", range.mean}, {"count", range.count}};
}
Json json_of(const Histogram& histogram) { return {{"bounds", histogram.bounds}, {"counts", histogram.counts}}; }

Json classes_json(const Statistics& s) {
  Json out = Json::array();
  for (const auto& c : s.classes) {
    out.push_back({{"name", c.name}, {"images", c.images}, {"objects", c.objects}, {"meanArea", c.mean_area}});
  }
  return out;
}

/// The most frequent sizes; how many different ones there are stands beside.
Json sizes_json(const Statistics& s) {
  std::vector<std::pair<std::int64_t, std::pair<std::int32_t, std::int32_t>>> sizes;
  for (const auto& [size, count] : s.image_sizes) sizes.emplace_back(-count, size);
  std::sort(sizes.begin(), sizes.end());
  Json out = Json::array();
  for (std::size_t i = 0; i < std::min(sizes.size(), kListedSizes); ++i) {
    out.push_back({{"width", sizes[i].second.first}, {"height", sizes[i].second.second}, {"images", -sizes[i].first}});
  }
  return out;
}

Json problems_json(const annotations::Findings& findings) {
  Json by_kind = Json::object();
  for (const auto& [kind, count] : findings.counts()) by_kind[kind] = count;
  Json first = Json::array();
  for (const auto& f : findings.first()) {
    first.push_back({{"kind", f.kind}, {"file", f.file}, {"position", f.position}, {"message", f.message}});
  }
  return {{"total", findings.total()}, {"byKind", by_kind}, {"first", first}};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(std::int64_t value, std::size_t width) {
  const std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string range_text(const Range& range) {
  char text[96];
  std::snprintf(text, sizeof text, "%.4g to %.4g, mean %.4g", range.least, range.most, range.mean);
  return range.count == 0 ? "none" : text;
}

void append_classes(std::string& out, const Statistics& s) {
  std::size_t width = 5;
  for (const auto& c : s.classes) width = std::max(width, std::min<std::size_t>(c.name.size(), 40));
  out += "\n" + padded("CLASS", width) + "    IMAGES   OBJECTS\n";
  for (std::size_t i = 0; i < std::min(s.classes.size(), kShownClasses); ++i) {
    const auto& c = s.classes[i];
    out += padded(c.name.substr(0, 40), width) + right(c.images, 10) + right(c.objects, 10) + "\n";
  }
  if (s.classes.size() > kShownClasses) out += "and " + std::to_string(s.classes.size() - kShownClasses) + " more\n";
}

}  // namespace

std::string problems_text(const annotations::Findings& findings) {
  if (findings.total() == 0) return "\nno problems\n";
  std::string out = "\n" + std::to_string(findings.total()) + " problems:";
  for (const auto& [kind, count] : findings.counts()) out += " " + std::string(kind) + " " + std::to_string(count);
  out += "\n";
  std::size_t shown = 0;
  for (const auto& f : findings.first()) {
    if (shown++ == kShownProblems) break;
    out += "  " + std::string(f.kind) + " " + f.file + (f.position.empty() ? "" : " " + f.position) + ": " + f.message +
           "\n";
  }
  if (findings.total() > static_cast<std::int64_t>(kShownProblems))
    out += "  ... (all kinds with the first ones: --json)\n";
  return out;
}

Json report_object(const Inspection& inspection) {
  const Statistics& s = inspection.statistics;
  return {
      {"schema", kSchema},
      {"format", std::string(inspection.format.name())},
      {"digest", inspection.facts.digest},
      {"sizeBytes", inspection.facts.size_bytes},
      {"images",
       {{"count", s.images},
        {"background", s.background_images},
        {"width", json_of(s.image_width)},
        {"height", json_of(s.image_height)},
        {"aspect", json_of(s.image_aspect)},
        {"differentSizes", s.image_sizes.size()},
        {"sizes", sizes_json(s)},
        {"objectsPerImage", json_of(s.objects_per_image)}}},
      {"objects",
       {{"count", s.objects},
        {"crowd", s.crowd_objects},
        {"withMask", s.objects_with_mask},
        {"withAttributes", s.objects_with_attributes},
        {"withKeypoints", s.objects_with_keypoints},
        {"small", s.small_medium_large[0]},
        {"medium", s.small_medium_large[1]},
        {"large", s.small_medium_large[2]},
        {"boxWidth", json_of(s.box_width)},
        {"boxHeight", json_of(s.box_height)},
        {"boxAspect", json_of(s.box_aspect)},
        {"relativeArea", json_of(s.relative_area)}}},
      {"classes", classes_json(s)},
      {"problems", problems_json(inspection.findings)},
      {"losses", inspection.facts.losses},
  };
}

std::string report_json(const Inspection& inspection) {
  return report_object(inspection).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string report_text(const Inspection& inspection) {
  const Statistics& s = inspection.statistics;
  std::string out = std::string(inspection.format.name()) + ": " + std::to_string(s.images) + " images (" +
                    std::to_string(s.background_images) + " without objects), " + std::to_string(s.objects) +
                    " objects, " + std::to_string(s.classes.size()) + " classes";
  if (!inspection.facts.digest.empty()) {
    out += ", " + format_bytes(inspection.facts.size_bytes) + "\ndigest        " + inspection.facts.digest;
  }
  out += "\nimage width   " + range_text(s.image_width) + "\nimage height  " + range_text(s.image_height);
  out += "\nbox width     " + range_text(s.box_width) + "\nbox height    " + range_text(s.box_height);
  out += "\nbox area      " + std::to_string(s.small_medium_large[0]) + " small (< 32 x 32), " +
         std::to_string(s.small_medium_large[1]) + " medium (< 96 x 96), " + std::to_string(s.small_medium_large[2]) +
         " large";
  out += "\nmasks         " + std::to_string(s.objects_with_mask) + ", crowd regions " +
         std::to_string(s.crowd_objects) + ", with attributes " + std::to_string(s.objects_with_attributes) + "\n";
  append_classes(out, s);
  return out + problems_text(inspection.findings);
}

}  // namespace visionops::inspect
