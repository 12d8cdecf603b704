// A list as it comes: its objects are taken out one by one, so that no list is ever held as a whole. PURE.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "operator/kube/codec/encoding.h"

namespace visionops::kube {

/// Gets the bytes of one object of the list.
using OnItem = std::function<Status(std::string_view)>;

/// {"kind": "...List", "metadata": {"resourceVersion": ...}, "items": [{...}, ...]}, in any order.
class JsonListBody {
 public:
  /// Takes what is whole from the beginning of `unread`. Retry for what is no such list; else what `on_item` says.
  Status take(std::string& unread, const OnItem& on_item);
  /// The resourceVersion of the list that has come; Retry when it has not come whole.
  [[nodiscard]] Result<std::string> version() const;

 private:
  /// Brackets outside of texts, and how deep they stand.
  struct Nesting {
    int depth = 0;
    bool in_text = false;
    /// Reads on from `at` to behind the next bracket, which it returns; 0 when it has not come.
    char next(std::string_view text, std::size_t& at);
  };
  Status take_rest(const std::string& unread, std::size_t& at);
  Status take_item(const std::string& unread, std::size_t& at, const OnItem& on_item);

  std::string rest_;  ///< what stands beside the items, with an empty list in their place
  Nesting outside_;
  bool in_items_ = false;
  Nesting item_;             ///< of the one that has not come whole
  std::size_t scanned_ = 0;  ///< bytes of it
};

/// "k8s\0", then runtime.Unknown around a list of Kubernetes: its ListMeta is field 1, each object a field 2.
class ProtoListBody {
 public:
  Status take(std::string& unread, const OnItem& on_item);
  [[nodiscard]] Result<std::string> version() const;

 private:
  enum class Place { Magic, Envelope, List };
  Result<bool> take_field(const std::string& unread, std::size_t& at, const OnItem& on_item);

  Place place_ = Place::Magic;
  bool listed_ = false;          ///< the list inside of the envelope has come whole
  std::uint64_t list_left_ = 0;  ///< bytes
  std::string version_;
};

}  // namespace visionops::kube
