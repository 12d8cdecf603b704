#include "base/any_field.h"

#include "base/json.h"

namespace visionops {

AnyField::AnyField(const ValueType& type, const void* owner, const void* member, const char* name, const char* about)
    : type_(&type),
      default_(member),
      offset_(static_cast<const std::byte*>(member) - static_cast<const std::byte*>(owner)),
      shape_(type.schema) {
  doc.name = name;
  doc.doc = about;
  if (type.default_text != nullptr) doc.default_text = type.default_text(member);
}

AnyField::AnyField(const AnyField& other) = default;
AnyField::AnyField(AnyField&& other) noexcept = default;
AnyField::~AnyField() = default;

void AnyField::set_pattern(std::string_view re, std::string_view words) {
  doc.pattern = TextPattern(std::string(re), std::string(words));
}

void AnyField::set_items(std::size_t max_length, std::string_view re, std::string_view words) {
  doc.item_max_length = max_length;
  if (!re.empty()) doc.item_pattern = TextPattern(std::string(re), std::string(words));
}

void AnyField::set_keys(std::string_view re, std::string_view words) {
  doc.key_pattern = TextPattern(std::string(re), std::string(words));
}

void AnyField::add_rule(std::string_view cel, std::string_view message) {
  doc.rules.push_back({std::string(cel), std::string(message)});
}

void AnyField::decode(const Json& json, void* owner, const std::string& path, Problems& problems) const {
  const auto before = problems.size();
  read(json, owner, path, problems);
  if (problems.size() == before) check_bounds(doc, json, path, problems);
}

void AnyField::read(const Json& json, void* owner, const std::string& path, Problems& problems) const {
  type_->decode(json, member_of(owner), path, problems);
}

std::optional<Json> AnyField::encode(const void* owner) const {
  const void* value = member_of(owner);
  if (!doc.required && !doc.always && type_->absent(value, default_)) return std::nullopt;
  return type_->encode(value);
}

void AnyField::reset(void* owner) const { type_->assign(member_of(owner), default_); }

Json AnyField::schema() const {
  Json out = shape_();
  describe_schema(doc, out);
  return out;
}

}  // namespace visionops
