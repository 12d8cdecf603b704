#include <algorithm>
#include <limits>
#include <unordered_map>

#include "worker/dataset/formats/coco/coco.h"
#include "worker/dataset/formats/coco/coco_element.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/id_index.h"
#include "worker/dataset/model/image_name.h"
#include "worker/dataset/text/json_splitter.h"

namespace visionops::annotations {

namespace {

constexpr std::uint32_t kLeftOut = 0xffffffff;
constexpr std::int64_t kMaxElements = 0xfffffffe;
constexpr std::size_t kFeed = 1UL << 20U;
/// Reserved pages that are never touched cost nothing, but the reservation itself must stay reasonable.
constexpr std::uint64_t kMaxReserve = 512UL << 20U;

std::string position(std::string_view section, std::int64_t index, const std::string& field = "") {
  return std::string(section) + "[" + std::to_string(index) + "]" + (field.empty() ? "" : "." + field);
}

/// What an annotation refers to, until all sections are there.
struct Reference {
  std::int64_t image;
  std::int64_t category;
  std::uint32_t index;  ///< position in the file
  bool has_id;
};

}  // namespace

struct CocoReader::State {
  State(std::string file_name, Findings& sink)
      : file(std::move(file_name)),
        findings(sink),
        splitter({"images", "annotations", "categories"}, [this](const JsonElement& e) { return take(e); }) {}

  Status take(const JsonElement& element);
  Status take_unknown_section(const JsonElement& element);
  Status take_image(const JsonElement& element);
  Status take_category(const JsonElement& element);
  Status take_object(const JsonElement& element);
  Result<Annotations> finish();

  Status check_ids();
  void resolve_objects();
  bool resolve(Object& object, const Reference& reference);
  bool find_image(Object& object, const Reference& reference);
  bool find_category(Object& object, const Reference& reference);
  void renumber_objects();
  void report_class_names();

  /// Invalid when the element is not JSON, else a finding: the element is left out.
  Status leave_out(const JsonElement& element, FindingKind kind, const Fault& fault);
  void add(FindingKind kind, std::string where, std::string message) {
    findings.add({kind, file, std::move(where), std::move(message)});
  }

  std::string file;
  Findings& findings;
  JsonSplitter splitter;
  CocoElementParser parser;
  Annotations a;
  std::vector<std::uint32_t> image_at;  ///< position in the file -> index in a.images, kLeftOut
  IdIndex image_ids;                    ///< -> position in the file
  IdIndex category_ids;                 ///< -> index in a.categories
  std::vector<Reference> references;    ///< parallel to a.objects
};

CocoReader::CocoReader(std::string file, Findings& findings, std::uint64_t expected_bytes)
    : state_(std::make_unique<State>(std::move(file), findings)) {
  // A polygon coordinate has at least 4 bytes in practice, an annotation at least 100.
  const std::uint64_t bytes = std::min(expected_bytes, kMaxReserve);
  state_->a.source_format = Format("COCO");
  state_->a.given = {false, false, false};
  state_->a.numbers.reserve(bytes / 4);
  state_->a.objects.reserve(bytes / 100);
}
CocoReader::~CocoReader() = default;

std::array<std::span<const std::byte>, 2> CocoReader::reserved() const {
  const Annotations& a = state_->a;
  return {std::as_bytes(std::span(a.numbers.data(), a.numbers.capacity())),
          std::as_bytes(std::span(a.objects.data(), a.objects.capacity()))};
}

Status CocoReader::feed(std::string_view bytes) {
  auto fed = state_->splitter.feed(bytes);
  return fed.ok() ? fed : fed.error().in(state_->file);
}

Result<Annotations> CocoReader::finish() {
  auto finished = state_->finish();
  return finished.ok() ? std::move(finished) : finished.error().in(state_->file);
}

Result<Annotations> read_coco(std::string_view bytes, const std::string& file, Findings& findings) {
  CocoReader reader(file, findings, bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += kFeed) {
    if (auto fed = reader.feed(bytes.substr(at, kFeed)); !fed) return fed.error();
  }
  return reader.finish();
}

Status CocoReader::State::take(const JsonElement& element) {
  const bool image = element.key == "images";
  const bool object = element.key == "annotations";
  if (!image && !object && element.key != "categories") return take_unknown_section(element);
  if (element.index == kWholeValue) return invalid_error(std::string(element.key) + ": expected a list");
  if (element.index == kListBegins) {
    (image ? a.given.images : object ? a.given.annotations : a.given.categories) = true;
    return {};
  }
  if (element.index > kMaxElements) return invalid_error(std::string(element.key) + ": has too many elements");
  if (object) return take_object(element);
  return image ? take_image(element) : take_category(element);
}

Status CocoReader::State::take_unknown_section(const JsonElement& element) {
  if (const auto fault = find_json_fault(element.text)) {
    return invalid_error("malformed JSON at byte " + std::to_string(element.offset + fault->offset) + ": " +
                         fault->message);
  }
  if (!a.extra.empty()) a.extra.pop_back();  // the closing brace
  a.extra += a.extra.empty() ? '{' : ',';
  append_json_string(a.extra, element.key);
  a.extra += ':';
  a.extra += element.text;
  a.extra += '}';
  return {};
}

Status CocoReader::State::leave_out(const JsonElement& element, FindingKind kind, const Fault& fault) {
  if (const auto malformed = find_json_fault(element.text)) {
    return invalid_error("malformed JSON at byte " + std::to_string(element.offset + malformed->offset) + ": " +
                         malformed->message);
  }
  add(kind, position(element.key, element.index, fault.field), fault.message);
  return {};
}

Status CocoReader::State::take_image(const JsonElement& element) {
  Image image;
  image_at.push_back(kLeftOut);
  if (const auto fault = parser.parse_image(element.text, image)) return leave_out(element, "MalformedImage", *fault);
  image_ids.add(image.id, static_cast<std::uint32_t>(element.index));
  if (const auto problem = image_name_problem(image.file_name)) {
    add("UnsafePath", position("images", element.index, "file_name"),
        "\"" + image.file_name.substr(0, 200) + "\" " + *problem);
    return {};
  }
  image_at.back() = static_cast<std::uint32_t>(a.images.size());
  a.images.push_back(std::move(image));
  return {};
}

Status CocoReader::State::take_category(const JsonElement& element) {
  Category category;
  if (const auto fault = parser.parse_category(element.text, category)) {
    // without its categories nothing in the file has a meaning: not an element to leave out
    if (auto malformed = leave_out(element, "MalformedCategory", *fault); !malformed) return malformed;
    return invalid_error(position("categories", element.index, fault->field) + ": " + fault->message);
  }
  category_ids.add(category.id, static_cast<std::uint32_t>(a.categories.size()));
  a.categories.push_back(std::move(category));
  return {};
}

Status CocoReader::State::take_object(const JsonElement& element) {
  CocoObject parsed;
  if (const auto fault = parser.parse_object(element.text, a, parsed)) {
    return leave_out(element, "MalformedAnnotation", *fault);
  }
  for (auto& [kind, fault] : parsed.findings) {
    add(kind, position("annotations", element.index, fault.field), std::move(fault.message));
  }
  a.objects.push_back(parsed.object);
  references.push_back({parsed.image_id, parsed.category_id, static_cast<std::uint32_t>(element.index), parsed.has_id});
  return {};
}

Result<Annotations> CocoReader::State::finish() {
  if (auto ended = splitter.finish(); !ended) return ended.error();
  if (auto checked = check_ids(); !checked) return checked.error();
  report_class_names();
  resolve_objects();
  renumber_objects();
  return std::move(a);
}

Status CocoReader::State::check_ids() {
  image_ids.build();
  category_ids.build();
  if (const auto twice = image_ids.first_duplicate()) {
    const auto& entries = image_ids.entries();
    const auto id =
        std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.second == twice->first; });
    return invalid_error(position("images", twice->second, "id") + ": image id " + std::to_string(id->first) +
                         " stands already in " + position("images", twice->first));
  }
  if (const auto twice = category_ids.first_duplicate()) {
    return invalid_error(position("categories", twice->second, "id") + ": category id " +
                         std::to_string(a.categories[twice->first].id) + " stands already in " +
                         position("categories", twice->first));
  }
  return {};
}

void CocoReader::State::report_class_names() {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < a.categories.size(); ++i) {
    const auto [at, added] = first.emplace(a.categories[i].name, i);
    if (added) continue;
    add("DuplicateClassName", position("categories", static_cast<std::int64_t>(i), "name"),
        "\"" + a.categories[i].name + "\" is also the name of " +
            position("categories", static_cast<std::int64_t>(at->second)));
  }
}

bool CocoReader::State::find_image(Object& object, const Reference& reference) {
  const std::string where = "image_id";
  const auto at = image_ids.find(reference.image);
  if (!at) {
    add("DanglingImage", position("annotations", reference.index, where),
        "image " + std::to_string(reference.image) + " does not exist");
    return false;
  }
  object.image = image_at[*at];
  if (object.image != kLeftOut) return true;
  add("ObjectWithoutImage", position("annotations", reference.index, where), position("images", *at) + " was left out");
  return false;
}

bool CocoReader::State::find_category(Object& object, const Reference& reference) {
  if (const auto at = category_ids.find(reference.category)) {
    object.category = *at;
    return true;
  }
  add("DanglingCategory", position("annotations", reference.index, "category_id"),
      "category " + std::to_string(reference.category) + " does not exist");
  return false;
}

bool CocoReader::State::resolve(Object& object, const Reference& reference) {
  if (!find_image(object, reference) || !find_category(object, reference)) return false;
  const Image& image = a.images[object.image];
  const auto [height, width] = object.rle_size;
  const bool rle = object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
  if (rle && image.width > 0 && image.height > 0 && (image.width != width || image.height != height)) {
    add("BadRle", position("annotations", reference.index, "segmentation.size"),
        "is [" + std::to_string(height) + ", " + std::to_string(width) + "], the image has height " +
            std::to_string(image.height) + " and width " + std::to_string(image.width));
    object.shape_kind = Shape::None;
    object.shape = {};
  }
  if (object.has_box) {
    const auto [x, y, w, h] = object.box;
    // the position is only built for what needs it: there may be millions of boxes
    const bool fits = w > 0 && h > 0 && x >= 0 && y >= 0 && x + w <= image.width && y + h <= image.height;
    if (!fits) check_box(a, object, file, position("annotations", reference.index, "bbox"), findings);
  }
  return true;
}

void CocoReader::State::resolve_objects() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    if (!resolve(a.objects[i], references[i])) continue;
    if (kept != i) {
      a.objects[kept] = a.objects[i];
      references[kept] = references[i];
    }
    ++kept;
  }
  a.objects.resize(kept);
  references.resize(kept);
}

/// Gives ids to objects that have none or one that stands before; the others keep theirs.
void CocoReader::State::renumber_objects() {
  IdIndex ids;
  ids.reserve(a.objects.size());
  std::vector<std::uint32_t> without;
  for (std::uint32_t i = 0; i < a.objects.size(); ++i) {
    if (references[i].has_id) {
      ids.add(a.objects[i].id, i);
    } else {
      without.push_back(i);
      add("MissingAnnotationId", position("annotations", references[i].index), "has no id, a new one is given");
    }
  }
  ids.build();
  const auto& entries = ids.entries();
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].first != entries[i - 1].first) continue;
    without.push_back(entries[i].second);
    add("DuplicateAnnotationId", position("annotations", references[entries[i].second].index, "id"),
        "annotation id " + std::to_string(entries[i].first) + " stands before, a new one is given");
  }
  if (without.empty()) return;
  std::sort(without.begin(), without.end());
  std::int64_t next = entries.empty() ? 0 : std::max<std::int64_t>(entries.back().first, 0);
  if (next > std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(without.size())) {
    for (std::size_t i = 0; i < a.objects.size(); ++i) a.objects[i].id = static_cast<std::int64_t>(i) + 1;
    return;
  }
  for (const std::uint32_t i : without) a.objects[i].id = ++next;
}

}  // namespace visionops::annotations
