#include "worker/dataset/images/foreign_kind.h"

#include <algorithm>
#include <array>

namespace visionops::annotations {

namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t at;
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::array kSignatures{
    Signature{0, "version https://git-lfs"sv, "a pointer of Git LFS, without the file: git lfs pull fetches it"},
    Signature{0, "/annex/objects/"sv, "a pointer of git-annex, without the file: git annex get fetches it"},
    Signature{4, "ftypavif"sv, "AVIF"},
    Signature{4, "ftypavis"sv, "AVIF"},
    Signature{4, "ftyphei"sv, "HEIC"},
    Signature{4, "ftyphev"sv, "HEIC"},
    Signature{4, "ftypmif1"sv, "HEIF"},
    Signature{4, "ftypmsf1"sv, "HEIF"},
    Signature{4, "ftyp"sv, "a video (MP4)"},
    Signature{0, "\0\0\0\x0cJXL \r\n\x87\n"sv, "JPEG XL"},
    Signature{0, "\xff\x0a"sv, "JPEG XL"},
    Signature{0, "\0\0\0\x0cjP  \r\n\x87\n"sv, "JPEG 2000"},
    Signature{0, "\xff\x4f\xff\x51"sv, "JPEG 2000"},
    Signature{0, "II+\0"sv, "BigTIFF"},
    Signature{0, "MM\0+"sv, "BigTIFF"},
    Signature{0, "8BPS"sv, "Photoshop (PSD)"},
    Signature{0, "%PDF"sv, "PDF"},
    Signature{0, "v/1\x01"sv, "OpenEXR"},
    Signature{0, "PK\x03\x04"sv, "an archive (ZIP)"},
    Signature{0, "\x1f\x8b"sv, "a file packed by gzip"},
    Signature{0, "\x93NUMPY"sv, "an array of NumPy"},
    Signature{0, "<!DOCTYPE html"sv, "a web page"},
    Signature{0, "<!doctype html"sv, "a web page"},
    Signature{0, "<html"sv, "a web page"},
    Signature{0, "<svg"sv, "SVG"},
    Signature{0, "<?xml"sv, "XML"},
};

}  // namespace

std::string_view foreign_kind(std::string_view prefix) {
  const auto* const found = std::ranges::find_if(kSignatures, [&](const Signature& signature) {
    return prefix.size() >= signature.at && prefix.substr(signature.at).starts_with(signature.bytes);
  });
  if (found != kSignatures.end()) return found->kind;
  const auto zeros = std::min(prefix.find_first_not_of('\0'), prefix.size());
  return zeros >= 64 ? "zeros, as after a download that broke off"sv : ""sv;
}

}  // namespace visionops::annotations
