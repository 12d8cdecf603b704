// An object as the cache keeps it. A resource with its Job and Pod is some 10 KB as structs, and most of
// that stands in every other resource too: what is kept is the difference to one of its like.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

/// Shared and immutable: may be read from any thread after it left the cache.
using ObjectPtr = std::shared_ptr<const cluster::Object>;

/// Made and opened by ObjectPacker.
class PackedObject {
 public:
  /// Bytes on the heap that are this object's alone.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class ObjectPacker;
  std::shared_ptr<const std::string> like_;  ///< null: nothing to differ from
  std::unique_ptr<char[]> bytes_;
  std::uint32_t size_ = 0;
  std::uint32_t unpacked_size_ = 0;
  ObjectPtr whole_;  ///< instead of bytes: a malformed resource, whose problems its JSON does not tell
};

/// Not thread-safe, not even unpack(): it has buffers.
class ObjectPacker {
 public:
  ObjectPacker();
  ~ObjectPacker();
  ObjectPacker(ObjectPacker&&) noexcept;
  ObjectPacker& operator=(ObjectPacker&&) noexcept;

  PackedObject pack(const ObjectPtr& object);
  [[nodiscard]] ObjectPtr unpack(const PackedObject& packed) const;

 private:
  struct Streams;
  /// What objects of one kind in one phase have in common is in any of them.
  struct Example {
    std::shared_ptr<const std::string> text;
    std::uint64_t packed = 0;    ///< with this text
    std::uint64_t next_try = 1;  ///< when so many are packed, a better example may take its place
  };
  using Shape = std::pair<cluster::Kind, int>;

  std::map<Shape, Example> examples_;
  std::unique_ptr<Streams> streams_;
};

}  // namespace visionops::runtime
