#include "operator/commands/init/dataset_manifests.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/json.h"
#include "base/readable_text.h"
#include "base/yaml/yaml_emit.h"
#include "operator/api/dataset.h"
#include "operator/api/resource_codec.h"

namespace visionops::commands {

namespace {

constexpr std::size_t kToldProblems = 3;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::int64_t count_of(const Json& report, const char* section, const char* key) {
  const auto at = report.find(section);
  return at == report.end() || !at->is_object() ? 0 : at->value(key, std::int64_t{0});
}

std::string counted(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// A comment of one line: names come out of files.
std::string comment(const std::string& text) {
  constexpr std::size_t kLongest = 300;
  std::string line = local::readable_text(text, kLongest);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return "# " + line + "\n";
}

std::string comments_of(const Json& report) {
  const auto classes = report.value("classes", Json::array());
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(classes.size(), 8); ++i)
    names += (i == 0 ? "" : ", ") + text_of(classes[i], "name");
  if (classes.size() > 8) names += ", ...";
  std::string out = comment(counted(count_of(report, "images", "count"), "image", "images") + ", " +
                            counted(count_of(report, "objects", "count"), "object", "objects") + ", " +
                            counted(std::ssize(classes), "class", "classes") + (names.empty() ? "" : ": " + names));
  const auto problems = report.value("problems", Json::object());
  const auto total = problems.value("total", std::int64_t{0});
  if (total == 0) return out;
  out += comment(counted(total, "problem", "problems") + ":");
  const auto first = problems.value("first", Json::array());
  for (std::size_t i = 0; i < std::min(first.size(), kToldProblems); ++i) {
    out += comment("  " + text_of(first[i], "kind") + " " + text_of(first[i], "file") + " " +
                   text_of(first[i], "position") + ": " + text_of(first[i], "message"));
  }
  return out;
}

/// What models the annotations can train.
Json tasks_of(const Json& report) {
  Json tasks = Json::array();
  if (count_of(report, "objects", "count") == 0) return tasks;
  tasks.push_back("Detection");
  if (count_of(report, "objects", "withMask") > 0) tasks.push_back("Segmentation");
  return tasks;
}

/// A comment with the field that would accept what cannot be read.
std::string losses_of(const Json& report) {
  const auto losses = report.value("losses", Json::object());
  if (losses.empty()) return {};
  std::string kinds;
  for (const auto& [kind, count] : losses.items()) kinds += (kinds.empty() ? "" : ", ") + kind;
  return comment(
             "Not all of it can be read, so that the Dataset will not become Ready. Mend the files, or accept it "
             "with") +
         comment("spec.allowLoss: [" + kinds + "]");
}

Json manifest_of(const NewDatasets& datasets, const std::string& format, const Json& entry) {
  const std::string split = text_of(entry, "split");
  Json spec{{"group", datasets.group}, {"type", "Raw"},           {"split", split},       {"version", datasets.version},
            {"format", format},        {"store", datasets.store}, {"path", datasets.path}};
  if (auto tasks = tasks_of(entry.value("report", Json::object())); !tasks.empty()) spec["tasks"] = std::move(tasks);
  if (const auto file = text_of(entry, "annotations"); !file.empty()) spec["annotations"] = file;
  return {{"apiVersion", "visionops.dev/v1alpha1"},
          {"kind", "Dataset"},
          {"metadata", {{"name", datasets.group + "-" + lower_case(split) + "-" + datasets.version}}},
          {"spec", std::move(spec)}};
}

}  // namespace

std::string label_of(const std::string& name, std::size_t most) {
  std::string out;
  for (const char c : lower_case(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out += c;
    if (!plain && !out.empty() && out.back() != '-') out += '-';
  }
  out = out.substr(0, most);
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "dataset" : out;
}

Result<std::string> dataset_manifests(const NewDatasets& datasets, const Json& found) {
  const std::string format = text_of(found, "format");
  std::string out;
  for (const auto& entry : found.value("splits", Json::array())) {
    out += out.empty() ? "" : "---\n";
    if (!entry.contains("report")) {
      out += comment(text_of(entry, "split") + " cannot be read: " + text_of(entry, "error"));
      continue;
    }
    const auto manifest = manifest_of(datasets, format, entry);
    const auto dataset = api::decode_dataset(manifest);
    if (!dataset.problems.empty()) return invalid_error(describe(dataset.problems));
    if (const auto place = text_of(entry, "place"); !place.empty()) out += comment("Seen in " + place);
    out += comments_of(entry["report"]) + losses_of(entry["report"]) + to_yaml(manifest);
  }
  if (const auto unlisted = found.value("unlistedImages", std::int64_t{0}); unlisted > 0) {
    out += comment(counted(unlisted, "image stands", "images stand") + " in no list of a split, and so in no Dataset.");
  }
  return out;
}

}  // namespace visionops::commands
