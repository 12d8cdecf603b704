#include "worker/pipeline/collection/image_operation.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace visionops::pipeline {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};

void append(std::string& out, double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

std::string hex_colour(const std::array<std::uint8_t, 3>& rgb) {
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
  return buffer;
}

void push_folded(ImageOperations& out, ImageOperation operation) {
  if (!out.empty()) {
    ImageOperation& last = out.back();
    if (std::holds_alternative<Rotate180>(last) && std::holds_alternative<Rotate180>(operation)) {
      out.pop_back();
      return;
    }
    auto* before = std::get_if<FillRegions>(&last);
    auto* now = std::get_if<FillRegions>(&operation);
    if (before && now && before->rgb == now->rgb) {
      before->polygons.insert(before->polygons.end(), now->polygons.begin(), now->polygons.end());
      return;
    }
  }
  out.push_back(std::move(operation));
}

}  // namespace

ImageOperations fold(ImageOperations operations) {
  ImageOperations out;
  std::optional<Reencode> reencode;
  for (ImageOperation& operation : operations) {
    if (const auto* r = std::get_if<Reencode>(&operation)) {
      reencode = Reencode{reencode ? std::min(reencode->quality, r->quality) : r->quality};
      continue;
    }
    if (const auto* fill = std::get_if<FillRegions>(&operation); fill && fill->polygons.empty()) continue;
    push_folded(out, std::move(operation));
  }
  if (reencode) out.push_back(*reencode);
  return out;
}

std::string describe(const ImageOperation& operation) {
  return std::visit(Overload{
                        [](const Rotate180&) { return std::string("rotate 180"); },
                        [](const Reencode& r) { return "JPEG quality <= " + std::to_string(r.quality); },
                        [](const FillRegions& f) {
                          return "fill " + std::to_string(f.polygons.size()) +
                                 (f.polygons.size() == 1 ? " region with " : " regions with ") + hex_colour(f.rgb);
                        },
                    },
                    operation);
}

std::string describe(const ImageOperations& operations) {
  std::string out;
  for (const auto& operation : operations) out += (out.empty() ? "" : ", ") + describe(operation);
  return out;
}

std::string canonical_text(const ImageOperations& operations) {
  std::string out;
  for (const auto& operation : operations) {
    std::visit(Overload{
                   [&](const Rotate180&) { out += "rotate180;"; },
                   [&](const Reencode& r) { out += "reencode " + std::to_string(r.quality) + ";"; },
                   [&](const FillRegions& f) {
                     out += "fill " + hex_colour(f.rgb);
                     for (const auto& polygon : f.polygons) {
                       out += " [";
                       for (const double v : polygon) {
                         append(out, v);
                         out += ' ';
                       }
                       out += ']';
                     }
                     out += ';';
                   },
               },
               operation);
  }
  return out;
}

}  // namespace visionops::pipeline
