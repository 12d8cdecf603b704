#include "worker/dataset/formats/coco/coco_repair.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "worker/dataset/formats/coco/coco_image_name.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

std::optional<Fault> missing(const char* field) { return Fault{field, "is required"}; }

bool is_null(std::string_view raw) { return raw == "null"; }

/// Where an image is to be had, for files that do not name it: LVIS, and tools that keep their own words.
constexpr std::array<std::string_view, 7> kAddresses{"filename", "path",       "coco_url", "image_url",
                                                     "url",      "flickr_url", "image"};

}  // namespace

std::optional<Fault> CocoRepair::begin(std::string_view text) {
  remarks_.clear();
  kept_.clear();
  box_problem_.clear();
  return reader_.read(text, members_);
}

void CocoRepair::keep(const Member& m) {
  kept_ += kept_.empty() ? '{' : ',';
  append_json_string(kept_, m.key);
  kept_ += ':';
  kept_ += m.raw;
}

std::string CocoRepair::take_kept() {
  if (kept_.empty()) return {};
  kept_ += '}';
  return std::exchange(kept_, {});
}

void CocoRepair::once(FindingKind kind, std::string_view field, std::string message) {
  remarks_.push_back({kind, std::string(field), std::move(message), true});
}

void CocoRepair::quoted_number(std::string_view field) {
  once("NumberAsText", field, "is a number in quotes, and read as that number");
}

/// False: it is none. Texts get numbers of their own (Annotations::id_texts).
bool CocoRepair::id(const Member& m, std::int64_t& out) {
  std::string text;
  const IdForm form = read_any_id(m.raw, out, text);
  if (form == IdForm::Digits) quoted_number(m.key);
  if (form != IdForm::Text) return form != IdForm::None;
  const auto next = std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(a_.id_texts.size());
  const auto [place, added] = text_ids_.emplace(std::move(text), next);
  if (added) a_.id_texts.push_back(place->first);
  out = place->second;
  return true;
}

std::optional<Fault> CocoRepair::image(std::string_view text, Image& out) {
  image_id_.reset();
  if (auto fault = begin(text)) return fault;
  const auto own = std::ranges::find(members_, "id", &Member::key);
  if (own != members_.end() && id(*own, out.id)) image_id_ = out.id;
  for (const Member& m : members_) {
    if (auto fault = image_member(m, out)) return fault;
  }
  const auto has = [&](std::string_view key) {
    const auto at = std::ranges::find(members_, key, &Member::key);
    return at != members_.end() && !is_null(at->raw);
  };
  if (!has("id")) return missing("id");
  if (out.file_name.empty()) name_from_address(out);
  if (out.file_name.empty() && !has("file_name")) return missing("file_name");
  out.extra = take_kept();
  return std::nullopt;
}

std::optional<Fault> CocoRepair::image_member(const Member& m, Image& out) {
  const bool filled = m.key == "id" || m.key == "file_name" || m.key == "width" || m.key == "height";
  if (!filled) {
    keep(m);
  } else if (is_null(m.raw)) {
    return std::nullopt;
  } else if (m.key == "id") {
    if (!image_id_) return Fault{"id", expected("an id", m.raw)};
  } else if (m.key == "file_name") {
    auto name = string_in(m.raw);
    if (!name) return Fault{"file_name", expected("a string", m.raw)};
    out.file_name = *std::move(name);
  } else if (m.key == "width") {
    side(m, out.width, out.has_width);
  } else {
    side(m, out.height, out.has_height);
  }
  return std::nullopt;
}

void CocoRepair::side(const Member& m, std::int32_t& out, bool& given) {
  bool quoted = false;
  const auto tree = reader_.tree(m.raw);
  const auto number = tree ? number_in(*tree, quoted) : std::nullopt;
  if (!number || *number != std::floor(*number) || *number < 0 || *number > kMaxSide) {
    remarks_.push_back({"OddMember", m.key, expected("a number of pixels", m.raw) + "; the file tells the size"});
    return;
  }
  if (quoted) quoted_number(m.key);
  out = static_cast<std::int32_t>(*number);
  given = true;
}

void CocoRepair::name_from_address(Image& out) {
  for (const std::string_view key : kAddresses) {
    const auto member = std::ranges::find(members_, key, &Member::key);
    const auto address = member != members_.end() ? string_in(member->raw) : std::nullopt;
    if (!address || address->empty()) continue;
    out.file_name = portable_image_name(*address);
    if (out.file_name.empty()) continue;
    once("RepairedImageName", "file_name", "says nothing; the name is taken from " + std::string(key));
    return;
  }
}

std::optional<Fault> CocoRepair::category(std::string_view text, Category& out) {
  if (auto fault = begin(text)) return fault;
  bool has_id = false;
  bool has_name = false;
  for (const Member& m : members_) {
    if (auto fault = category_member(m, out)) return fault;
    has_id = has_id || (m.key == "id" && !is_null(m.raw));
    has_name = has_name || (m.key == "name" && !is_null(m.raw));
  }
  if (!has_id) return missing("id");
  if (!has_name) return missing("name");
  out.extra = take_kept();
  return std::nullopt;
}

std::optional<Fault> CocoRepair::category_member(const Member& m, Category& out) {
  const auto content = string_in(m.raw);
  if (is_null(m.raw) && (m.key == "id" || m.key == "name")) return std::nullopt;
  if (m.key == "id") {
    if (!id(m, out.id)) return Fault{"id", expected("an id", m.raw)};
  } else if (m.key == "name") {
    std::int64_t number = 0;
    std::string other;
    if (!content && read_any_id(m.raw, number, other) == IdForm::None) {
      return Fault{"name", expected("a string", m.raw)};
    }
    if (!content) once("OddMember", "name", "is a number, whose digits are the name");
    out.name = content.value_or(std::string(m.raw));
  } else if (m.key == "supercategory" && content) {
    out.supercategory = *content;
    out.has_supercategory = true;
  } else {
    keep(m);
  }
  return std::nullopt;
}

}  // namespace visionops::annotations
