#include "operator/kube/codec/arriving_list.h"

#include <utility>

#include "operator/kube/codec/reply_body.h"

namespace visionops::kube {

ArrivingList::ArrivingList(const Reading& reading, const std::string& at_least, std::size_t page,
                           std::function<Status(cluster::ListPage)> on_page)
    : reading_(reading), page_size_(page), on_page_(std::move(on_page)) {
  page_.resource_version = at_least.empty() ? "0" : at_least;
}

bool ArrivingList::take(std::string& unread, Encoding encoding, bool ended) {
  const Status how = take_some(unread, encoding, ended);
  if (!how || ended) result_ = how;
  return how.ok();
}

Status ArrivingList::take_some(std::string& unread, Encoding encoding, bool ended) {
  if (!std::exchange(begun_, true) && encoding == Encoding::Protobuf) body_ = ProtoListBody();
  const auto on_item = [&](std::string_view bytes) -> Status {
    auto object = decode_item(bytes, encoding, reading_);
    if (!object) return object.error().in("list");
    page_.items.push_back(std::move(*object));
    return page_.items.size() < page_size_ ? Status() : hand_on();
  };
  const Status taken = std::visit([&](auto& body) { return body.take(unread, on_item); }, body_);
  if (!taken || !ended) return taken;
  auto version = std::visit([](const auto& body) { return body.version(); }, body_);
  if (!version) return version.error();
  page_.resource_version = std::move(*version);
  return hand_on();
}

Status ArrivingList::hand_on() {
  cluster::ListPage next{{}, page_.resource_version, false};
  return on_page_(std::exchange(page_, std::move(next)));
}

}  // namespace visionops::kube
