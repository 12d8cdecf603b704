// A list of one kind while its reply comes: objects are handed on by the page, and its version with the last one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "operator/kube/codec/list_body.h"
#include "operator/kube/codec/object_json.h"

namespace visionops::kube {

/// Used by one thread.
class ArrivingList {
 public:
  /// `at_least`: what the server was asked for; empty: its newest. Until the list is complete nobody knows its version,
  /// so the pages before the last one tell this one, or "0".
  ArrivingList(const Reading& reading, const std::string& at_least, std::size_t page,
               std::function<Status(cluster::ListPage)> on_page);

  /// False: nothing more is wanted, see result().
  bool take(std::string& unread, Encoding encoding, bool ended);
  /// Complete, failed, or refused by whoever takes the pages; nothing before that.
  [[nodiscard]] const std::optional<Status>& result() const { return result_; }

 private:
  Status take_some(std::string& unread, Encoding encoding, bool ended);
  Status hand_on();

  Reading reading_;
  std::size_t page_size_;
  std::function<Status(cluster::ListPage)> on_page_;
  std::variant<JsonListBody, ProtoListBody> body_;
  bool begun_ = false;
  cluster::ListPage page_;
  std::optional<Status> result_;
};

}  // namespace visionops::kube
