// How the name of a format travels: one word of contract::formats(). For .cpp files.
#pragma once

#include "base/fields/field_table.h"
#include "worker/contract/format.h"

namespace visionops {

struct FormatNames {
  /// nullptr: all formats.
  using Which = bool contract::FormatInfo::*;
  static void decode(const Json& j, Format& out, const std::string& p, Problems& problems, Which which);
  static Json schema(Which which);
};

template <class F, FormatNames::Which which>
struct FormatCodec {
  static void decode(const Json& j, F& out, const std::string& p, Problems& problems) {
    FormatNames::decode(j, out, p, problems, which);
  }
  static Json encode(F v) { return std::string(v.name()); }
  static bool absent(F v, F def) { return v == def; }
  static Json schema() { return FormatNames::schema(which); }
  static std::string default_text(F v) { return std::string(v.name()); }
};

template <>
struct Codec<Format> : FormatCodec<Format, nullptr> {};
template <>
struct Codec<ReadFormat> : FormatCodec<ReadFormat, &contract::FormatInfo::reads> {};
template <>
struct Codec<WrittenFormat> : FormatCodec<WrittenFormat, &contract::FormatInfo::writes> {};

}  // namespace visionops
