#include "operator/kube/codec/proto_object.h"

#include <simdjson.h>

#include <algorithm>
#include <protozero/pbf_reader.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "operator/kube/codec/encoding.h"
#include "operator/kube/codec/proto_schema.h"

namespace visionops::kube {

namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr const char* kJsonType = "application/json";

/// runtime.Unknown: an object with its name.
struct Envelope {
  std::string api_version;
  std::string kind;
  std::string_view object;
};

std::string_view bytes_of(pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

/// Bytes that are no UTF-8 (a container may end with any words) become U+FFFD, as the API server does in JSON.
std::string text_in(pbf_reader& reader) {
  const auto bytes = bytes_of(reader);
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::string(bytes);
  const std::string valid = Json(bytes).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(valid).get<std::string>();
}

Json time_of(pbf_reader message) {
  std::int64_t seconds = 0;
  while (message.next(1, pbf_wire_type::varint)) seconds = message.get_int64();
  return format_time(TimePoint(std::chrono::seconds(seconds)));
}

void read_map_entry(pbf_reader entry, Json& out) {
  std::string key;
  std::string value;
  while (entry.next()) {
    if (entry.tag_and_type() == protozero::tag_and_type(1, pbf_wire_type::length_delimited)) {
      key = text_in(entry);
    } else if (entry.tag_and_type() == protozero::tag_and_type(2, pbf_wire_type::length_delimited)) {
      value = text_in(entry);
    } else {
      entry.skip();
    }
  }
  out[std::move(key)] = std::move(value);
}

Json tree_of_message(pbf_reader message, std::span<const ProtoField> fields);

/// Empty texts and the time zero are how Go writes what is absent.
void read_bytes(pbf_reader& reader, const ProtoField& field, Json& out) {
  switch (field.type) {
    case ProtoType::Text: {
      auto text = text_in(reader);
      if (field.repeated) {
        out[field.name].push_back(std::move(text));
      } else if (!text.empty()) {
        out[field.name] = std::move(text);
      }
      return;
    }
    case ProtoType::Time:
      if (auto time = reader.get_message(); time.length() > 0) out[field.name] = time_of(time);
      return;
    case ProtoType::TextMap:
      return read_map_entry(reader.get_message(), out[field.name]);
    case ProtoType::Message: {
      auto tree = tree_of_message(reader.get_message(), field.message);
      field.repeated ? out[field.name].push_back(std::move(tree)) : void(out[field.name] = std::move(tree));
      return;
    }
    case ProtoType::Integer:
    case ProtoType::Flag:
      reader.skip();
  }
}

/// Fields that are not in the table, or of another wire type than theirs, are skipped. The tables bound the recursion.
Json tree_of_message(pbf_reader message, std::span<const ProtoField> fields) {
  Json out = Json::object();
  while (message.next()) {
    const auto field = std::ranges::find(fields, message.tag(), &ProtoField::number);
    if (field == fields.end()) {
      message.skip();
    } else if (message.wire_type() == pbf_wire_type::length_delimited) {
      read_bytes(message, *field, out);
    } else if (message.wire_type() == pbf_wire_type::varint && field->type == ProtoType::Integer) {
      out[field->name] = message.get_int64();
    } else if (message.wire_type() == pbf_wire_type::varint && field->type == ProtoType::Flag) {
      out[field->name] = message.get_bool();
    } else {
      message.skip();
    }
  }
  return out;
}

void read_type(pbf_reader type, Envelope& out) {
  while (type.next()) {
    if (type.wire_type() != pbf_wire_type::length_delimited || type.tag() > 2) {
      type.skip();
    } else {
      (type.tag() == 1 ? out.api_version : out.kind) = text_in(type);
    }
  }
}

Envelope open_envelope(std::string_view bytes) {
  if (!bytes.starts_with(kProtoMagic)) throw protozero::invalid_tag_exception();
  bytes.remove_prefix(kProtoMagic.size());
  Envelope out;
  pbf_reader unknown(bytes.data(), bytes.size());
  while (unknown.next()) {
    if (unknown.wire_type() != pbf_wire_type::length_delimited || unknown.tag() > 2) {
      unknown.skip();
    } else if (unknown.tag() == 1) {
      read_type(unknown.get_message(), out);
    } else {
      out.object = bytes_of(unknown);
    }
  }
  return out;
}

Json object_of(std::string_view bytes, std::span<const ProtoField> fields) {
  const Envelope envelope = open_envelope(bytes);
  Json out = tree_of_message(pbf_reader(envelope.object.data(), envelope.object.size()),
                             envelope.kind == "Status" ? proto_status_fields() : fields);
  out["apiVersion"] = envelope.api_version;
  out["kind"] = envelope.kind;
  return out;
}

/// metav1.WatchEvent
Json event_of(std::string_view frame, std::span<const ProtoField> fields) {
  Json out = Json::object();
  pbf_reader event(frame.data(), frame.size());
  while (event.next()) {
    if (event.wire_type() != pbf_wire_type::length_delimited || event.tag() > 2) {
      event.skip();
    } else if (event.tag() == 1) {
      out["type"] = text_in(event);
    } else if (pbf_reader raw = event.get_message(); raw.next(1, pbf_wire_type::length_delimited)) {
      out["object"] = object_of(bytes_of(raw), fields);
    }
  }
  return out;
}

template <class Read>
Result<Json> unless_malformed(Read read) {
  try {
    return read();
  } catch (const protozero::exception& error) {
    return retry_error(std::string("the reply is not protobuf: ") + error.what());
  }
}

bool reads_proto(const Reading& reading) { return !proto_fields(reading.kind).empty() && !reading.container_specs; }

}  // namespace

std::string accepted_list(const Reading& reading) {
  return reads_proto(reading) ? std::string(kProtobufType) + "," + kJsonType : kJsonType;
}

std::string accepted_events(const Reading& reading) {
  return reads_proto(reading) ? std::string(kProtobufType) + ";stream=watch," + kJsonType : kJsonType;
}

Result<Json> read_proto_event(std::string_view frame, cluster::Kind kind) {
  return unless_malformed([&] { return event_of(frame, proto_fields(kind)); });
}

Result<Json> read_proto_item(std::string_view bytes, cluster::Kind kind) {
  return unless_malformed([&] { return tree_of_message(pbf_reader(bytes.data(), bytes.size()), proto_fields(kind)); });
}

Result<Json> read_proto_status(std::string_view body) {
  return unless_malformed([&] { return object_of(body, proto_status_fields()); });
}

}  // namespace visionops::kube
