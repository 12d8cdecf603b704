// A list that arrives as a watch: the objects as ADDED, then a bookmark that says it is complete. What happens to them
// meanwhile may stand in between. https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

/// Used by one thread.
class StreamedList {
 public:
  /// `at_least`: what the server was asked for; empty: its newest.
  StreamedList(const std::string& at_least, std::size_t page, std::function<Status(cluster::ListPage)> on_page);

  /// False: nothing more is wanted, see result().
  bool take(Result<cluster::Change> change);
  /// Something was handed on.
  [[nodiscard]] bool begun() const { return !page_.first; }
  /// Complete, failed, or refused by whoever takes the pages.
  [[nodiscard]] bool ended() const { return result_.has_value(); }
  [[nodiscard]] const Status& result() const { return *result_; }

 private:
  bool hand_on();
  bool end(Status how);

  std::size_t page_size_;
  std::function<Status(cluster::ListPage)> on_page_;
  cluster::ListPage page_;
  std::optional<Status> result_;
};

}  // namespace visionops::kube
