#include "operator/runtime/cache/packed_object.h"

#include <lz4.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "base/json.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;

/// Of LZ4: 1 is its default, more is faster and larger.
constexpr int kAcceleration = 1;
/// An example is worth keeping when objects shrink to a third beside it.
constexpr std::size_t kGoodShare = 3;

struct PhaseOf {
  int operator()(const api::Resource auto& resource) const { return static_cast<int>(resource.status.phase); }
  int operator()(const cluster::Job& j) const { return j.status.complete ? 1 : j.status.failed_condition ? 2 : 0; }
  int operator()(const cluster::Pod& p) const { return static_cast<int>(p.phase); }
  int operator()(const auto&) const { return 0; }
};

struct Malformed {
  bool operator()(const api::Resource auto& resource) const { return !resource.problems.empty(); }
  bool operator()(const auto&) const { return false; }
};

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("packing an object: ") + what);
}

}  // namespace

struct ObjectPacker::Streams {
  Streams() : stream(LZ4_createStream(), LZ4_freeStream) { check(stream != nullptr, "no memory"); }

  /// The difference of `text` to `like`, in a buffer that the next call takes.
  std::span<const char> shrink(const std::string& text, const std::string* like) {
    const auto size = size_of(text);
    buffer.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
    // Also forgets what the stream has seen before. Of a longer example its last 64 KiB count, here and in grow().
    LZ4_loadDict(stream.get(), like != nullptr ? like->data() : nullptr, like != nullptr ? size_of(*like) : 0);
    const int shrunk =
        LZ4_compress_fast_continue(stream.get(), text.data(), buffer.data(), size, size_of(buffer), kAcceleration);
    check(shrunk > 0, "it is too large");
    return {buffer.data(), static_cast<std::size_t>(shrunk)};
  }

  const std::string& grow(std::span<const char> bytes, std::size_t size, const std::string* like) {
    buffer.resize(size);
    const int grown =
        LZ4_decompress_safe_usingDict(bytes.data(), buffer.data(), static_cast<int>(bytes.size()), size_of(buffer),
                                      like != nullptr ? like->data() : nullptr, like != nullptr ? size_of(*like) : 0);
    check(grown == size_of(buffer), "damaged bytes");
    return buffer;
  }

  static int size_of(const std::string& text) {
    check(text.size() <= LZ4_MAX_INPUT_SIZE, "it is too large");
    return static_cast<int>(text.size());
  }

  std::unique_ptr<LZ4_stream_t, int (*)(LZ4_stream_t*)> stream;
  std::string buffer;
};

ObjectPacker::ObjectPacker() : streams_(std::make_unique<Streams>()) {}
ObjectPacker::~ObjectPacker() = default;
ObjectPacker::ObjectPacker(ObjectPacker&&) noexcept = default;
ObjectPacker& ObjectPacker::operator=(ObjectPacker&&) noexcept = default;

PackedObject ObjectPacker::pack(const ObjectPtr& object) {
  PackedObject packed;
  if (std::visit(Malformed{}, *object)) {
    packed.whole_ = object;
    return packed;
  }
  std::string text;
  text.reserve(4096);  // most are shorter
  Json::to_msgpack(cluster::encode(*object), text);
  Example& example = examples_[{cluster::kind_of(*object), std::visit(PhaseOf{}, *object)}];
  auto bytes = streams_->shrink(text, example.text.get());
  packed.like_ = example.text;
  // Doubling: the examples that objects hold on to are few, however odd the objects are.
  if (++example.packed >= example.next_try && bytes.size() * kGoodShare > text.size()) {
    example.next_try = 2 * example.packed;
    example.text = std::make_shared<const std::string>(text);
  }
  packed.bytes_ = std::make_unique_for_overwrite<char[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), packed.bytes_.get());
  packed.size_ = static_cast<std::uint32_t>(bytes.size());
  packed.unpacked_size_ = static_cast<std::uint32_t>(text.size());
  return packed;
}

ObjectPtr ObjectPacker::unpack(const PackedObject& packed) const {
  if (packed.whole_) return packed.whole_;
  const auto& bytes = streams_->grow({packed.bytes_.get(), packed.size_}, packed.unpacked_size_, packed.like_.get());
  auto object = cluster::decode_object(Json::from_msgpack(bytes));
  check(object.ok(), "it does not read back");
  return std::make_shared<const Object>(std::move(object).value());
}

}  // namespace visionops::runtime
