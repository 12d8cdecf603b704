// Replies of the API server as values. PURE.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/kube/codec/encoding.h"
#include "operator/kube/codec/object_json.h"

namespace visionops::kube {

/// What a get or a write of `key` was answered with. Retry for anything else than that object: the request may have
/// been carried out all the same, so that nothing follows from such an answer but to look again.
Result<cluster::Object> decode_reply(const std::string& body, const Reading& reading, const cluster::ObjectKey& key);

/// An object of a list of `reading.kind`, which does not say of what kind it is.
Result<cluster::Object> decode_item(std::string_view bytes, Encoding encoding, const Reading& reading);

struct DecodedPage {
  std::vector<cluster::Object> items;
  std::string resource_version;
  std::string next;  ///< token of the next page; empty: none
};
/// A page of a list of objects of `reading.kind`.
Result<DecodedPage> decode_page(const std::string& body, const Reading& reading);

}  // namespace visionops::kube
