#include "operator/runtime/packed_object.h"

#include <zlib.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "base/json.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;

/// 2^14 bytes: an object and its example fit, and the streams stay small.
constexpr int kWindowBits = 14;
constexpr int kMemoryLevel = 7;
/// An example is worth keeping when objects shrink to a third beside it.
constexpr std::size_t kGoodShare = 3;

struct PhaseOf {
  int operator()(const api::Dataset& d) const { return static_cast<int>(d.status.phase); }
  int operator()(const api::Pipeline& p) const { return static_cast<int>(p.status.phase); }
  int operator()(const api::TrainingJob& t) const { return static_cast<int>(t.status.phase); }
  int operator()(const cluster::Job& j) const { return j.status.complete ? 1 : j.status.failed_condition ? 2 : 0; }
  int operator()(const cluster::Pod& p) const { return static_cast<int>(p.phase); }
  int operator()(const auto&) const { return 0; }
};

struct Malformed {
  bool operator()(const api::Dataset& d) const { return !d.problems.empty(); }
  bool operator()(const api::Pipeline& p) const { return !p.problems.empty(); }
  bool operator()(const api::TrainingJob& t) const { return !t.problems.empty(); }
  bool operator()(const auto&) const { return false; }
};

const Bytef* bytes_of(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("packing an object: ") + what);
}

}  // namespace

struct ObjectPacker::Streams {
  Streams() {
    check(deflateInit2(&out, Z_BEST_SPEED, Z_DEFLATED, -kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
          "no memory");
    check(inflateInit2(&in, -kWindowBits) == Z_OK, "no memory");
  }
  ~Streams() {
    deflateEnd(&out);
    inflateEnd(&in);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// The difference of `text` to `like`, in a buffer that the next call takes.
  std::span<const std::uint8_t> shrink(const std::string& text, const std::string* like) {
    check(deflateReset(&out) == Z_OK, "the stream is broken");
    if (like != nullptr) {
      check(deflateSetDictionary(&out, bytes_of(*like), static_cast<uInt>(like->size())) == Z_OK, "a bad example");
    }
    buffer.resize(deflateBound(&out, text.size()));
    out.next_in = const_cast<Bytef*>(bytes_of(text));
    out.avail_in = static_cast<uInt>(text.size());
    out.next_out = buffer.data();
    out.avail_out = static_cast<uInt>(buffer.size());
    check(deflate(&out, Z_FINISH) == Z_STREAM_END, "the buffer is too small");
    return {buffer.data(), buffer.size() - out.avail_out};
  }

  const std::vector<std::uint8_t>& grow(std::span<const std::uint8_t> bytes, std::size_t size,
                                        const std::string* like) {
    check(inflateReset(&in) == Z_OK, "the stream is broken");
    if (like != nullptr) {
      check(inflateSetDictionary(&in, bytes_of(*like), static_cast<uInt>(like->size())) == Z_OK, "a bad example");
    }
    buffer.resize(size);
    in.next_in = const_cast<Bytef*>(bytes.data());
    in.avail_in = static_cast<uInt>(bytes.size());
    in.next_out = buffer.data();
    in.avail_out = static_cast<uInt>(buffer.size());
    check(inflate(&in, Z_FINISH) == Z_STREAM_END, "damaged bytes");
    return buffer;
  }

  z_stream out{};
  z_stream in{};
  std::vector<std::uint8_t> buffer;
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
  Json::to_msgpack(cluster::encode(*object), text);
  Example& example = examples_[{cluster::kind_of(*object), std::visit(PhaseOf{}, *object)}];
  auto bytes = streams_->shrink(text, example.text.get());
  packed.like_ = example.text;
  // Doubling: the examples that objects hold on to are few, however odd the objects are.
  if (++example.packed >= example.next_try && bytes.size() * kGoodShare > text.size()) {
    example.next_try = 2 * example.packed;
    example.text = std::make_shared<const std::string>(text);
  }
  packed.bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
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
