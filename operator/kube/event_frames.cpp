#include "operator/kube/event_frames.h"

#include "operator/kube/proto_object.h"

namespace visionops::kube {

namespace {

constexpr std::size_t kLengthBytes = 4;

std::size_t length_at(const std::string& bytes, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length = length << 8U | static_cast<unsigned char>(bytes[at + i]);
  return length;
}

}  // namespace

Encoding encoding_of(std::string_view content_type) {
  return content_type.starts_with(kProtobufType) ? Encoding::Protobuf : Encoding::Json;
}

Result<bool> EventFrames::give(const std::function<bool(const std::string&)>& on_event, bool ended) {
  const bool lines = encoding_ == Encoding::Json;
  if (ended && lines && !pending_.empty()) pending_ += '\n';
  const bool wanted = lines ? give_lines(on_event) : give_frames(on_event);
  const bool announced = !lines && pending_.size() >= kLengthBytes && length_at(pending_, 0) > kMostOfEvent;
  if (wanted && (announced || pending_.size() > kMostOfEvent + kLengthBytes)) {
    return retry_error("an event of more than " + std::to_string(kMostOfEvent >> 20U) + " MiB");
  }
  if (wanted && ended && !pending_.empty()) return retry_error("the stream ended inside of an event");
  return wanted;
}

bool EventFrames::give_lines(const std::function<bool(const std::string&)>& on_event) {
  std::size_t begin = 0;
  bool wanted = true;
  for (auto end = pending_.find('\n'); wanted && end != std::string::npos; end = pending_.find('\n', begin)) {
    if (end > begin) wanted = on_event(pending_.substr(begin, end - begin));
    begin = end + 1;
  }
  pending_.erase(0, begin);
  return wanted;
}

bool EventFrames::give_frames(const std::function<bool(const std::string&)>& on_event) {
  std::size_t begin = 0;
  bool wanted = true;
  while (wanted && pending_.size() - begin >= kLengthBytes) {
    const std::size_t length = length_at(pending_, begin);
    if (length > pending_.size() - begin - kLengthBytes) break;
    wanted = on_event(pending_.substr(begin + kLengthBytes, length));
    begin += kLengthBytes + length;
  }
  pending_.erase(0, begin);
  return wanted;
}

}  // namespace visionops::kube
