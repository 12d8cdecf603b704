#include <algorithm>

#include "worker/dataset/formats/coco/coco.h"
#include "worker/dataset/formats/coco/coco_box_form.h"
#include "worker/dataset/formats/coco/coco_element.h"
#include "worker/dataset/formats/coco/coco_image_name.h"
#include "worker/dataset/formats/coco/coco_references.h"
#include "worker/dataset/formats/coco/coco_remarks.h"
#include "worker/dataset/formats/coco/coco_repair.h"
#include "worker/dataset/formats/coco/other_task.h"
#include "worker/dataset/model/image_name.h"
#include "worker/dataset/text/json_splitter.h"

namespace visionops::annotations {

namespace {

constexpr std::int64_t kMaxElements = 0xfffffffe;
constexpr std::size_t kFeed = 1UL << 20U;
/// Reserved pages that are never touched cost nothing, but the reservation itself must stay reasonable.
constexpr std::uint64_t kMaxReserve = 512UL << 20U;

Status well_formed(const JsonElement& element) {
  const auto fault = find_json_fault(element.text);
  if (!fault) return {};
  return invalid_error("malformed JSON at byte " + std::to_string(element.offset + fault->offset) + ": " +
                       fault->message);
}

}  // namespace

struct CocoReader::State {
  State(std::string file_name, Findings& sink)
      : file(std::move(file_name)),
        findings(sink),
        remarks(file, findings),
        references(a, remarks, findings, file),
        splitter({"images", "annotations", "categories"}, [this](const JsonElement& e) { return take(e); }),
        repair(a) {}

  Status take(const JsonElement& element);
  Status take_unknown_section(const JsonElement& element);
  Status take_image(const JsonElement& element);
  Status take_category(const JsonElement& element);
  Status take_object(const JsonElement& element);
  Result<Annotations> finish();

  bool make_safe(Image& image, const JsonElement& element);
  /// Invalid when the element is not JSON, else a finding: the element is left out.
  Status leave_out(const JsonElement& element, FindingKind kind, const Fault& fault);
  /// Of an element that was repaired. Invalid when it is not JSON.
  Status tell_remarks(const JsonElement& element);

  std::string file;
  Findings& findings;
  Annotations a;
  CocoRemarks remarks;
  CocoReferences references;
  JsonSplitter splitter;
  CocoElementParser parser;
  CocoRepair repair;
  OtherTask other_task;
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
  if (element.index == kWholeValue && element.text == "null") return {};  // as if it were not there
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
  if (auto malformed = well_formed(element); !malformed) return malformed;
  if (!a.extra.empty()) a.extra.pop_back();  // the closing brace
  a.extra += a.extra.empty() ? '{' : ',';
  append_json_string(a.extra, element.key);
  a.extra += ':';
  a.extra += element.text;
  a.extra += '}';
  return {};
}

Status CocoReader::State::tell_remarks(const JsonElement& element) {
  for (auto& remark : repair.take_remarks()) remarks.add(element.key, element.index, std::move(remark));
  return well_formed(element);
}

Status CocoReader::State::leave_out(const JsonElement& element, FindingKind kind, const Fault& fault) {
  if (auto malformed = well_formed(element); !malformed) return malformed;
  remarks.add(element.key, element.index, {kind, fault.field, fault.message});
  return {};
}

/// False: the image has no name that may be used.
bool CocoReader::State::make_safe(Image& image, const JsonElement& element) {
  const auto problem = image_name_problem(image.file_name);
  if (!problem) return true;
  std::string portable = portable_image_name(image.file_name);
  const std::string named = "\"" + image.file_name.substr(0, 200) + "\" ";
  if (image_name_problem(portable)) {
    remarks.add("images", element.index, {"UnsafePath", "file_name", named + *problem});
    return false;
  }
  remarks.add("images", element.index,
              {"RepairedImageName", "file_name", named + *problem + "; it is read as " + portable});
  image.file_name = std::move(portable);
  return true;
}

Status CocoReader::State::take_image(const JsonElement& element) {
  Image image;
  if (!parser.parse_image(element.text, image)) {
    image = {};
    if (const auto fault = repair.image(element.text, image)) {
      references.image_left_out(repair.image_id());
      return leave_out(element, "MalformedImage", *fault);
    }
    if (auto told = tell_remarks(element); !told) return told;
  }
  const std::int64_t id = image.id;
  if (!make_safe(image, element)) {
    references.image_left_out(id);
    return {};
  }
  a.images.push_back(std::move(image));
  references.image(id);
  return {};
}

Status CocoReader::State::take_category(const JsonElement& element) {
  Category category;
  if (!parser.parse_category(element.text, category)) {
    category = {};
    if (const auto fault = repair.category(element.text, category)) {
      // without its categories nothing in the file has a meaning: not an element to leave out
      if (auto malformed = leave_out(element, "MalformedCategory", *fault); !malformed) return malformed;
      return invalid_error(coco_position("categories", element.index, fault->field) + ": " + fault->message);
    }
    if (auto told = tell_remarks(element); !told) return told;
  }
  const std::int64_t id = category.id;
  a.categories.push_back(std::move(category));
  references.category(id);
  return {};
}

Status CocoReader::State::take_object(const JsonElement& element) {
  CocoObject parsed;
  if (!parser.parse_object(element.text, a, parsed)) {
    parsed = {};
    if (const auto fault = repair.object(element.text, parsed)) {
      other_task.look(repair.members());
      return leave_out(element, "MalformedAnnotation", *fault);
    }
    if (auto told = tell_remarks(element); !told) return told;
  }
  a.objects.push_back(parsed.object);
  references.object(parsed, static_cast<std::uint32_t>(element.index));
  return {};
}

Result<Annotations> CocoReader::State::finish() {
  if (auto ended = splitter.finish(); !ended) return ended.error();
  if (a.objects.empty()) {
    if (const auto task = other_task.name()) return invalid_error("holds " + *task);
  }
  read_corners(a, file, findings);
  if (auto resolved = references.resolve(); !resolved) return resolved.error();
  remarks.finish();
  return std::move(a);
}

}  // namespace visionops::annotations
