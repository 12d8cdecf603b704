#include "operator/kube/codec/event_frames.h"

namespace visionops::kube {

namespace {

using OnEvent = std::function<bool(const std::string&)>;

constexpr std::size_t kLengthBytes = 4;

std::size_t length_at(const std::string& bytes, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length = length << 8U | static_cast<unsigned char>(bytes[at + i]);
  return length;
}

bool take_lines(std::string& unread, const OnEvent& on_event) {
  std::size_t begin = 0;
  bool wanted = true;
  for (auto end = unread.find('\n'); wanted && end != std::string::npos; end = unread.find('\n', begin)) {
    if (end > begin) wanted = on_event(unread.substr(begin, end - begin));
    begin = end + 1;
  }
  unread.erase(0, begin);
  return wanted;
}

bool take_frames(std::string& unread, const OnEvent& on_event) {
  std::size_t begin = 0;
  bool wanted = true;
  while (wanted && unread.size() - begin >= kLengthBytes) {
    const std::size_t length = length_at(unread, begin);
    if (length > unread.size() - begin - kLengthBytes) break;
    wanted = on_event(unread.substr(begin + kLengthBytes, length));
    begin += kLengthBytes + length;
  }
  unread.erase(0, begin);
  return wanted;
}

}  // namespace

Result<bool> take_events(std::string& unread, Encoding encoding, bool ended, const OnEvent& on_event) {
  const bool lines = encoding == Encoding::Json;
  if (ended && lines && !unread.empty()) unread += '\n';
  if (!(lines ? take_lines(unread, on_event) : take_frames(unread, on_event))) return false;
  const bool announced = !lines && unread.size() >= kLengthBytes && length_at(unread, 0) > kMostOfObject;
  if (announced || unread.size() > kMostOfObject + kLengthBytes) {
    return retry_error("an event of more than " + std::to_string(kMostOfObject >> 20U) + " MiB");
  }
  if (ended && !unread.empty()) return retry_error("the stream ended inside of an event");
  return true;
}

}  // namespace visionops::kube
