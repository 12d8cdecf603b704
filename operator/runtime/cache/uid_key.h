// A uid in 16 bytes: the cache has a few indexes of all uids, and as texts they would be larger than what they lead to.
#pragma once

#include <cstdint>
#include <string_view>

namespace visionops::runtime {

struct UidKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const UidKey&) const = default;
};

/// The number that a UUID is, as Kubernetes gives them. Of any other text a hash of 128 bits.
UidKey uid_key(std::string_view uid);

struct UidHash {
  std::size_t operator()(const UidKey& key) const noexcept { return key.high ^ key.low; }
};

}  // namespace visionops::runtime
