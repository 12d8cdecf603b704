#include "operator/core/chain.h"

#include "base/field_doc.h"

namespace visionops::core {

cluster::Event make_event(cluster::EventType type, std::string_view reason, const std::string& message) {
  constexpr std::size_t kMaxMessage = 1'000;
  return {type, std::string(reason), cut_text(message, kMaxMessage)};
}

}  // namespace visionops::core
