#include <algorithm>
#include <charconv>
#include <map>

#include "worker/dataset/formats/label_studio/label_studio.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_fields.h"
#include "worker/dataset/text/json_members.h"

namespace visionops::label_studio {

namespace {

using annotations::JsonMembers;
using annotations::member_of;

constexpr double kLongest = 1 << 24;  // pixels of a side

/// "%20" as the blank that it means.
std::string without_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool coded = text[i] == '%' && i + 2 < text.size() &&
                       std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3;
    out += coded ? static_cast<char>(value) : text[i];
    if (coded) i += 2;
  }
  return out;
}

bool is_region(const Json& result) { return text_of(result, "type").ends_with("labels"); }

/// The labels of a region or the choices, as the key that the type names has them.
std::vector<std::string> labels_of(const Json& result) {
  std::vector<std::string> labels;
  const auto* value = member_of(result, "value");
  const auto* list = value != nullptr ? member_of(*value, text_of(result, "type").c_str()) : nullptr;
  if (list == nullptr || !list->is_array()) return labels;
  for (const auto& label : *list) {
    if (label.is_string() && !label.get_ref<const std::string&>().empty()) labels.push_back(label.get<std::string>());
  }
  return labels;
}

/// What another control says of a region: {"colour": ["red"]}.
std::string said_by(const Json& result) {
  const auto* value = member_of(result, "value");
  const auto* said = value != nullptr ? member_of(*value, text_of(result, "type").c_str()) : nullptr;
  return said != nullptr ? dump_json(*said) : "null";
}

std::string attributes_of(const Json& region, const std::vector<const Json*>& beside) {
  JsonMembers members;
  for (const auto* other : beside) members.add(text_of(*other, "from_name"), said_by(*other));
  for (const char* key : {"meta", "score", "hidden", "locked"}) {
    const auto* value = member_of(region, key);
    if (value != nullptr && !annotations::is_empty_value(*value) && *value != Json(false)) {
      members.add(key, dump_json(*value));
    }
  }
  return members.text();
}

/// data.image, or the first text of data that ends like an image.
std::string image_of(const Json& task) {
  const auto* data = member_of(task, "data");
  if (data == nullptr || !data->is_object()) return {};
  const auto named = text_of(*data, "image");
  if (!named.empty()) return named;
  for (const auto& [key, value] : data->items()) {
    if (value.is_string() && value.get_ref<const std::string&>().find('.') != std::string::npos) return value;
  }
  return {};
}

}  // namespace

bool looks_like_tasks(std::string_view head) {
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '[') return false;
  const auto has = [head](std::string_view key) { return head.find(key) != std::string_view::npos; };
  return has("\"data\"") && (has("\"annotations\"") || has("\"completions\"") || has("\"predictions\""));
}

std::string file_name_of(std::string_view image) {
  const auto local = image.find("?d=");
  if (local != std::string_view::npos) return without_percent(image.substr(local + 3));
  const bool elsewhere = image.starts_with('/') || image.find("://") != std::string_view::npos;
  auto plain = elsewhere ? image.substr(0, std::min(image.find('?'), image.size())) : image;
  if (elsewhere) plain = plain.substr(plain.rfind('/') + 1);
  return elsewhere ? without_percent(plain) : std::string(plain);
}

TaskReader::TaskReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing,
                       std::string file, annotations::Findings& findings)
    : loaded_(loaded), findings_(findings), file_(std::move(file)), images_(loaded, listing, file_, findings) {}

void TaskReader::take(const Json& task, const std::string& position) {
  if (!task.is_object()) {
    findings_.add({"MalformedImage", file_, position, "is no object"});
    return;
  }
  const auto image = images_.add(file_name_of(image_of(task)), {"", "images/"}, position);
  const char* key = task.contains("annotations") ? "annotations" : "completions";
  bool read = false;
  for (const char* list : {key, "predictions"}) {
    const auto* entries = member_of(task, list);
    if (entries == nullptr || !entries->is_array()) continue;
    for (std::size_t i = 0; i < entries->size(); ++i) {
      const auto& entry = (*entries)[i];
      const auto where = position + "." + list + "[" + std::to_string(i) + "]";
      const auto* cancelled = member_of(entry, "was_cancelled");
      const auto* results = member_of(entry, "result");
      if (list != key) {
        leave_out(entry, where, "is a prediction, not an annotation");
      } else if (cancelled != nullptr && *cancelled == Json(true)) {
        leave_out(entry, where, "its annotation was cancelled");
      } else if (read) {
        leave_out(entry, where, "another annotation of the task is read");
      } else if (results != nullptr && results->is_array()) {
        take_results(*results, image, where + ".result");
        read = true;
      } else {
        findings_.add({"MalformedAnnotation", file_, where, "has no list of results"});
      }
    }
  }
}

void TaskReader::leave_out(const Json& annotation, const std::string& position, const char* why) {
  const auto* results = member_of(annotation, "result");
  if (results == nullptr || !results->is_array()) return;
  for (std::size_t i = 0; i < results->size(); ++i) {
    findings_.add({"UnsupportedShape", file_, position + ".result[" + std::to_string(i) + "]", why});
  }
}

void TaskReader::take_results(const Json& results, std::optional<std::uint32_t> image, const std::string& position) {
  std::map<std::string, std::vector<const Json*>> beside;  ///< what further controls say, by the id of the region
  std::map<std::string, bool> regions;
  for (const auto& result : results) {
    if (is_region(result)) regions[text_of(result, "id")] = true;
  }
  const auto belongs = [&](const Json& result) {
    return !is_region(result) && regions.contains(text_of(result, "id")) && !text_of(result, "id").empty();
  };
  for (const auto& result : results) {
    if (belongs(result)) beside[text_of(result, "id")].push_back(&result);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& result = results[i];
    const auto where = position + "[" + std::to_string(i) + "]";
    if (belongs(result)) continue;
    if (!image) {
      findings_.add({"ObjectWithoutImage", file_, where, "its image is left out"});
    } else if (text_of(result, "type") == "choices") {
      take_choices(result, *image, where);
    } else {
      take_region(result, beside[text_of(result, "id")], *image, where);
    }
  }
}

void TaskReader::add(annotations::Object object, std::uint32_t image, const std::string& label,
                     const std::string& attributes, const std::string& position) {
  auto& a = loaded_.annotations;
  object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  object.image = image;
  object.category = names_.of(a, label);
  if (!attributes.empty()) object.attributes = a.add_text(attributes);
  annotations::check_box(a, object, file_, position, findings_);
  a.objects.push_back(object);
}

void TaskReader::take_region(const Json& result, const std::vector<const Json*>& beside, std::uint32_t image,
                             const std::string& position) {
  auto& a = loaded_.annotations;
  annotations::Object object;
  const auto shaped = read_region(result, a, object);
  if (shaped.left_out) {
    findings_.add({*shaped.left_out, file_, position, shaped.why});
    return;
  }
  const auto labels = labels_of(result);
  if (labels.empty()) {
    findings_.add({"MalformedAnnotation", file_, position, "has no label"});
    return;
  }
  auto& of = a.images[image];
  if (of.width == 0) {
    of.width = static_cast<std::int32_t>(result["original_width"].get<double>());
    of.height = static_cast<std::int32_t>(result["original_height"].get<double>());
    of.has_width = of.has_height = true;
  }
  for (const auto& label : labels) add(object, image, label, attributes_of(result, beside), position);
}

void TaskReader::take_choices(const Json& result, std::uint32_t image, const std::string& position) {
  const auto choices = labels_of(result);
  if (choices.empty()) findings_.add({"MalformedAnnotation", file_, position, "has no choice"});
  for (const auto& choice : choices) add({}, image, choice, "", position);
}

}  // namespace visionops::label_studio
