#include <optional>
#include <protozero/pbf_reader.hpp>

#include "operator/kube/codec/list_body.h"
#include "operator/kube/codec/proto_schema.h"

namespace visionops::kube {

namespace {

using protozero::pbf_wire_type;

constexpr std::uint32_t kEnvelopeObject = 2;
constexpr std::uint32_t kListMeta = 1;
constexpr std::uint32_t kListItem = 2;
constexpr std::uint32_t kVersionOfMeta = 2;

/// The beginning of a field, as far as it has come.
struct FieldHead {
  std::uint32_t number = 0;
  std::uint64_t length = 0;  ///< of what follows
};

std::optional<std::uint64_t> varint_at(std::string_view bytes, std::size_t& at) {
  const char* begin = bytes.data() + at;
  const char* end = bytes.data() + bytes.size();
  try {
    const auto value = protozero::decode_varint(&begin, end);
    at = static_cast<std::size_t>(begin - bytes.data());
    return value;
  } catch (const protozero::end_of_buffer_exception&) {
    return std::nullopt;
  }
}

/// Nothing when it has not come whole. Envelope and list have only fields with a length.
std::optional<FieldHead> head_at(std::string_view bytes, std::size_t& at) {
  std::size_t next = at;
  const auto tag = varint_at(bytes, next);
  if (!tag) return std::nullopt;
  if ((*tag & 7U) != static_cast<std::uint64_t>(pbf_wire_type::length_delimited)) {
    throw protozero::unknown_pbf_wire_type_exception();
  }
  const auto length = varint_at(bytes, next);
  if (!length) return std::nullopt;
  at = next;
  return FieldHead{static_cast<std::uint32_t>(*tag >> 3U), *length};
}

std::string version_in(std::string_view meta) {
  protozero::pbf_reader reader(meta.data(), meta.size());
  std::string version;
  while (reader.next(kVersionOfMeta, pbf_wire_type::length_delimited)) version = reader.get_string();
  return version;
}

}  // namespace

/// False when the rest of the field has not come.
Result<bool> ProtoListBody::take_field(const std::string& unread, std::size_t& at, const OnItem& on_item) {
  std::size_t next = at;
  const auto head = head_at(unread, next);
  if (!head) return false;
  if (place_ == Place::Envelope && head->number == kEnvelopeObject) {
    place_ = Place::List;
    list_left_ = head->length;
    at = next;
    return true;
  }
  if (head->length > kMostOfObject) return retry_error("an object of more than 16 MiB");
  if (unread.size() - next < head->length) return false;
  const auto content = std::string_view(unread).substr(next, head->length);
  next += head->length;
  if (place_ == Place::List) {
    if (next - at > list_left_) throw protozero::end_of_buffer_exception();
    list_left_ -= next - at;
    if (head->number == kListMeta) version_ = version_in(content);
    if (head->number == kListItem) {
      if (auto taken = on_item(content); !taken) return taken.error();
    }
  }
  at = next;
  return true;
}

Status ProtoListBody::take(std::string& unread, const OnItem& on_item) {
  std::size_t at = 0;
  Result<bool> more = true;
  try {
    while (more && *more) {
      if (place_ == Place::Magic) {
        if (unread.size() < kProtoMagic.size()) break;
        if (!unread.starts_with(kProtoMagic)) return retry_error("the reply is no list of objects");
        at = kProtoMagic.size();
        place_ = Place::Envelope;
      }
      if (place_ == Place::List && list_left_ == 0) {
        place_ = Place::Envelope;
        listed_ = true;
      }
      more = take_field(unread, at, on_item);
    }
  } catch (const protozero::exception& error) {
    return retry_error(std::string("the reply is not protobuf: ") + error.what());
  }
  unread.erase(0, at);
  return more ? Status() : Status(more.error());
}

Result<std::string> ProtoListBody::version() const {
  if (!listed_) return retry_error("the list ended before it was complete");
  return version_;
}

}  // namespace visionops::kube
