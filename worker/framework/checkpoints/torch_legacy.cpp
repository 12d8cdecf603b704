#include "worker/framework/checkpoints/torch_legacy.h"

#include "worker/framework/checkpoints/pickle_walk.h"

namespace visionops::framework {

namespace {

/// The magic number as a pickle of protocol 2.
constexpr std::string_view kMagic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15};
/// Magic number, version, machine, the object, the keys of its storages.
constexpr int kPickles = 5;

Error cut_off(const char* where) {
  return invalid_error(std::string("the file ends within ") + where + ": it was cut off, or is still written");
}

}  // namespace

bool is_torch_legacy(std::string_view beginning) { return beginning.starts_with(kMagic); }

Status check_torch_legacy(const ByteSource& source) {
  ByteReader reader(source, 0);
  Storages storages;
  for (int i = 0; i < kPickles; ++i) {
    const Walk walk = walk_pickle(reader, storages);
    if (reader.failed()) return retry_error("the file cannot be read");
    if (walk == Walk::Unknown) return {};
    if (walk == Walk::Cut) return cut_off("its objects");
  }
  for (const auto& [key, bytes] : storages) {
    // A count of eight bytes, the elements.
    if (!reader.skip(8) || !reader.skip(bytes)) return cut_off("its tensors");
  }
  return {};
}

Status check_pickle(const ByteSource& source) {
  ByteReader reader(source, 0);
  Storages storages;
  const Walk walk = walk_pickle(reader, storages);
  if (reader.failed()) return retry_error("the file cannot be read");
  return walk == Walk::Cut ? Status(cut_off("its objects")) : Status();
}

}  // namespace visionops::framework
