// The format-independent annotation model: flat arrays, made for millions of objects.
// PURE. A value: copyable, no hidden sharing; not synchronised.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/vocabulary.h"
#include "worker/contract/format.h"
#include "worker/dataset/model/finding_kind.h"

namespace visionops::annotations {

/// Ids below this stand for ids that are no 64-bit numbers: Annotations::id_texts has what the source wrote.
inline constexpr std::int64_t kTextIdsEnd = std::numeric_limits<std::int64_t>::min() + (1LL << 32U);
constexpr bool is_text_id(std::int64_t id) { return id < kTextIdsEnd; }

/// A slice of one of the arenas of Annotations. size 0 means "nothing there".
struct Slice {
  std::uint64_t begin = 0;
  std::uint32_t size = 0;
  bool operator==(const Slice&) const = default;
};

struct Category {
  std::int64_t id = 0;  ///< as in the source; YOLO: the class index
  std::string name;
  std::string supercategory;
  bool has_supercategory = false;  ///< it was given, possibly empty
  std::string extra;               ///< unknown keys as the text of a JSON object, "" when none
};

struct Image {
  std::int64_t id = 0;
  std::string file_name;   ///< as the source names it, untrusted
  std::string path;        ///< checked path inside the dataset folder, "images/a.jpg"; "" when refused
  std::int32_t width = 0;  ///< pixels; 0: not known
  std::int32_t height = 0;
  bool has_width = false;  ///< the source gave it, possibly 0
  bool has_height = false;
  std::string extra;  ///< unknown keys as JSON object text
};

enum class Shape : std::uint8_t {
  None,
  Polygons,       ///< rings: slice of `rings`, possibly empty; each ring is x0 y0 x1 y1 ... in `numbers`,
                  ///< an even count of at least 6 finite values (readers leave out other rings)
  RleCounts,      ///< uncompressed COCO RLE: slice of `numbers` (runs), column-major
  RleCompressed,  ///< compressed COCO RLE string: slice of `text`
  OrientedBox,    ///< a rectangle at an angle: slice of `numbers`, four corners x0 y0 ... x3 y3; `box` is their bounds
};

struct Object {
  std::int64_t id = 0;
  std::uint32_t image = 0;     ///< index into images
  std::uint32_t category = 0;  ///< index into categories
  /// x, y, width, height in pixels, origin at the top left corner of the image.
  std::array<double, 4> box{};
  double area = 0;                         ///< of the mask in square pixels, as given
  Slice shape;                             ///< meaning depends on shape_kind
  Slice keypoints;                         ///< of `numbers`: x, y, visibility triples
  Slice attributes;                        ///< of `text`: JSON object
  Slice extra;                             ///< of `text`: unknown keys as JSON object
  std::array<std::int32_t, 2> rle_size{};  ///< height, width
  Shape shape_kind = Shape::None;
  bool has_box = false;
  bool has_area = false;
  bool crowd = false;
  bool has_crowd = false;  ///< iscrowd was given
  bool ignore = false;
  bool has_ignore = false;  ///< ignore was given
};

/// Which of COCO's sections the source had: an absent one stays absent on the way back.
struct SectionsGiven {
  bool images = true;
  bool annotations = true;
  bool categories = true;
};

struct Annotations {
  std::vector<Category> categories;
  std::vector<Image> images;
  std::vector<Object> objects;        ///< in the order of the source
  std::vector<double> numbers;        ///< arena of coordinates and runs
  std::vector<Slice> rings;           ///< arena of polygon rings (slices of numbers)
  std::string text;                   ///< arena of JSON texts and RLE strings
  std::string extra;                  ///< top-level keys beside images, annotations, categories, as JSON object text
  std::vector<std::string> id_texts;  ///< ids that are no 64-bit numbers, as JSON: "\"img_1\""; empty for most sources
  Format source_format = Format::None;
  SectionsGiven given;

  [[nodiscard]] std::span<const double> number_span(Slice s) const { return {numbers.data() + s.begin, s.size}; }
  [[nodiscard]] std::span<const Slice> ring_span(Slice s) const { return {rings.data() + s.begin, s.size}; }
  [[nodiscard]] std::string_view text_view(Slice s) const { return std::string_view(text).substr(s.begin, s.size); }
  Slice add_numbers(std::span<const double> values);
  Slice add_text(std::string_view value);
  Slice add_rings(std::span<const Slice> values);
  /// An id as the source wrote it; of a text id that came from elsewhere the number.
  [[nodiscard]] std::string id_text(std::int64_t id) const;
};

/// Indexes of the objects of each image, in source order: offsets[i]..offsets[i+1] of `objects`.
struct ObjectsByImage {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> objects;
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t image) const {
    return {objects.data() + offsets[image], offsets[image + 1] - offsets[image]};
  }
};
ObjectsByImage group_by_image(const Annotations& a);

/// Keeps the images (and their objects) and objects whose flag is set; indexes are rewritten, arenas
/// keep their content. `keep_images` has images.size() entries, `keep_objects` objects.size().
void retain(Annotations& a, const std::vector<bool>& keep_images, const std::vector<bool>& keep_objects);

/// Something wrong in a source: counted, listed (bounded), never silent.
struct Finding {
  FindingKind kind;
  std::string file;      ///< inside the dataset folder
  std::string position;  ///< "byte 1234", "line 7", "annotations[12]"
  std::string message;
};

/// Findings with exact counts and a bounded list of the first ones of each kind.
class Findings {
 public:
  explicit Findings(std::size_t first_per_kind = 20) : limit_(first_per_kind) {}
  void add(Finding finding);
  void merge(const Findings& other);
  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] std::int64_t count(std::string_view kind) const;
  /// Images that are named, or have labels, and are not there.
  [[nodiscard]] std::int64_t missing_images() const { return count("MissingImage") + count("LabelsWithoutImage"); }
  /// Images that are there and do not decode.
  [[nodiscard]] std::int64_t damaged_images() const { return count("DamagedImage") + count("UnreadableImage"); }
  /// Sorted by kind; counts are exact.
  [[nodiscard]] const std::vector<std::pair<FindingKind, std::int64_t>>& counts() const { return counts_; }
  [[nodiscard]] const std::vector<Finding>& first() const { return first_; }

 private:
  std::size_t limit_;
  std::vector<std::pair<FindingKind, std::int64_t>> counts_;
  std::vector<Finding> first_;
};

/// So many examples of a kind are kept.
inline constexpr std::size_t kLossExamples = 10;

/// What is lost between the files of the sources and those of the output, by kind, with the first examples.
struct LossReport {
  struct Entry {
    LossKind kind = LossKind::Masks;
    std::int64_t count = 0;
    std::vector<std::string> examples;  ///< "annotations[12] of a.jpg: ...", at most kLossExamples
  };
  std::vector<Entry> entries;  ///< sorted by kind, only kinds with count > 0
  void add(const Entry& entry);
  void add(const LossReport& more);
};
/// What the readers left out, counted from their findings (finding_kind.h).
LossReport loss_of_reading(const Findings& findings);
/// Entries that `allowed` does not name.
std::vector<LossReport::Entry> not_allowed(const LossReport& report, const std::vector<LossKind>& allowed);

}  // namespace visionops::annotations
