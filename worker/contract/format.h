// The annotation formats by name. What each can do is its own file's (worker/dataset/formats/NAME/NAME.cpp); the table
// of names is written by CMake from these files, so that the operator offers what the worker can without linking it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/fields/fields.h"

namespace visionops {

/// One of the names in contract::formats(), or none. A value; its text lives for the whole process.
class Format {
 public:
  static const Format None;

  constexpr Format() = default;
  consteval explicit Format(const char* name) : name_(name) {}
  /// nullopt when no format has this name.
  static std::optional<Format> find(std::string_view name);

  /// "COCO"; "None" for none.
  [[nodiscard]] constexpr std::string_view name() const { return name_; }
  friend constexpr bool operator==(Format, Format) = default;

 private:
  friend struct FormatWords;
  constexpr explicit Format(std::string_view interned) : name_(interned) {}
  std::string_view name_ = "None";
};
inline constexpr Format Format::None{};

/// A format that can be read: the word of a Dataset.
class ReadFormat : public Format {
 public:
  using Format::Format;
  constexpr ReadFormat(Format format) : Format(format) {}  // NOLINT(google-explicit-constructor)
};
/// A format that can be written: the word of a Pipeline's output.
class WrittenFormat : public Format {
 public:
  using Format::Format;
  constexpr WrittenFormat(Format format) : Format(format) {}  // NOLINT(google-explicit-constructor)
};

namespace contract {

/// What people and schemas need to know of a format.
struct FormatInfo {
  std::string_view name;    ///< "COCO"
  std::string_view layout;  ///< its files, in words
  std::string_view loses;   ///< what writing it cannot keep, in words; "" when nothing, or when it is not written
  bool reads = false;
  bool writes = false;
};

/// Sorted by the name of their folders. Thread-safe, lives for the whole process.
std::span<const FormatInfo> formats();

/// Whether a Dataset of this format can be read.
bool can_read(Format format);

/// "COCO, VisDrone, YOLO".
std::string format_names(bool FormatInfo::*which);

}  // namespace contract

/// A word of the formats that there are.
template <>
struct TypeOf<Format> {
  static const ValueType& get();
};
template <>
struct TypeOf<ReadFormat> {
  static const ValueType& get();
};
template <>
struct TypeOf<WrittenFormat> {
  static const ValueType& get();
};

}  // namespace visionops
