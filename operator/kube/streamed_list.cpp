#include "operator/kube/streamed_list.h"

#include <utility>

#include "operator/kube/watch_event.h"

namespace visionops::kube {

using cluster::ChangeType;

StreamedList::StreamedList(const std::string& at_least, std::size_t page,
                           std::function<Status(cluster::ListPage)> on_page)
    : page_size_(page), on_page_(std::move(on_page)) {
  page_.resource_version = at_least.empty() ? "0" : at_least;
}

bool StreamedList::take(Result<cluster::Change> change) {
  if (!change) return end(change.error());
  switch (change->type) {
    case ChangeType::Added:
    case ChangeType::Modified:
      page_.items.push_back(std::move(change->object));
      break;
    case ChangeType::Deleted:
      page_.removed.push_back(std::move(change->object));
      break;
    case ChangeType::Bookmark: {
      const auto& meta = cluster::meta_of(change->object);
      if (!meta.annotations.contains(kListEnds)) return true;
      page_.resource_version = meta.resource_version;
      return hand_on() && end({});
    }
  }
  return page_.items.size() + page_.removed.size() < page_size_ || hand_on();
}

bool StreamedList::hand_on() {
  cluster::ListPage next{{}, page_.resource_version, false, {}};
  const Status taken = on_page_(std::exchange(page_, std::move(next)));
  return taken ? true : end(taken);
}

bool StreamedList::end(Status how) {
  result_ = std::move(how);
  return false;
}

}  // namespace visionops::kube
