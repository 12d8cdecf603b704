#include "worker/pipeline/plan/plan.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "worker/pipeline/plan/destination_names.h"

namespace visionops::pipeline {
namespace {

/// "images/a.jpg" names the file of an image called "a.jpg" or "images/a.jpg"; such a name stays as it is.
bool leads_to(const std::string& file_name, const std::string& destination) {
  return file_name == destination || std::string(kImagesFolder) + file_name == destination;
}

/// Why the image cannot be written, without its objects; nullopt when it can.
std::optional<LeftOut> obstacle_of(const Origin& origin, const annotations::Image& image, bool needs_size,
                                   Format format) {
  if (origin.path.empty() || origin.bytes < 0) {
    return LeftOut{origin.source, origin.path.empty() ? image.file_name : origin.path, "MissingImage",
                   "the file does not exist", 0};
  }
  if (needs_size && (image.width <= 0 || image.height <= 0)) {
    return LeftOut{origin.source, origin.path, "DamagedImage",
                   "its size, which " + std::string(format.name()) + " rows need, cannot be read", 0};
  }
  return std::nullopt;
}

/// Drops the images that cannot be written and tells why.
std::vector<LeftOut> leave_out(Collection& c, bool needs_size, Format format) {
  constexpr auto kKept = static_cast<std::size_t>(-1);
  std::vector<LeftOut> out;
  std::vector<std::size_t> place(c.origins.size(), kKept);
  for (std::size_t i = 0; i < c.origins.size(); ++i) {
    auto obstacle = obstacle_of(c.origins[i], c.annotations.images[i], needs_size, format);
    if (!obstacle) continue;
    place[i] = out.size();
    out.push_back(*std::move(obstacle));
  }
  if (out.empty()) return out;
  for (const auto& object : c.annotations.objects) {
    if (place[object.image] != kKept) ++out[place[object.image]].objects;
  }
  std::vector<bool> keep;
  for (const auto at : place) keep.push_back(at == kKept);
  retain_images(c, keep);
  return out;
}

/// Names are dealt by source and position in it, so that a shuffle does not decide who is renamed.
std::vector<Destination> deal_names(const Collection& c, const annotations::FormatWriter& writer) {
  std::vector<std::uint32_t> order(c.origins.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    const auto& a = c.origins[x];
    const auto& b = c.origins[y];
    if (a.source != b.source) return a.source < b.source;
    if (a.path != b.path) return a.path < b.path;
    return c.annotations.images[x].id < c.annotations.images[y].id;
  });
  std::vector<std::string> names;
  names.reserve(order.size());
  const auto objects = writer.image_name ? annotations::group_by_image(c.annotations) : annotations::ObjectsByImage();
  for (const auto i : order) {
    names.push_back(writer.image_name ? writer.image_name(c.annotations, i, objects.of(i))
                                      : c.annotations.images[i].file_name);
  }
  auto dealt = destination_names(names, writer.image_file);
  std::vector<Destination> out(dealt.size());
  for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = std::move(dealt[i]);
  return out;
}

std::string plan_digest(const contract::PipelineRun& run, const Plan& plan) {
  Sha256 sha;
  sha.update("engine " + std::string(kEngineVersion) + "\nformat " + std::string(run.output.format.name()) + "\ntasks");
  for (const Task task : run.tasks) sha.update(" " + std::string(enum_name(task)));
  for (const auto& source : run.sources) {
    sha.update("\nsource " + source.dataset.store + " " + source.dataset.path + " " + source.dataset.digest);
  }
  for (const auto& item : plan.items) {
    sha.update("\n" + std::to_string(item.source) + " " + item.source_path + " " + std::to_string(item.source_bytes) +
               " -> " + item.destination + " " + canonical_text(item.operations));
  }
  for (const auto& left : plan.left_out) sha.update("\nleft out " + std::to_string(left.source) + " " + left.path);
  sha.update("\nannotations " + digest_of(plan.annotations) + "\n");
  return "sha256:" + sha.hex();
}

}  // namespace

std::int64_t Plan::renamed() const {
  return std::count_if(items.begin(), items.end(), [](const PlanItem& item) { return !item.rename_reason.empty(); });
}

std::string_view images_folder(const Plan& plan) {
  if (plan.items.empty()) return kImagesFolder;
  const std::string_view first = plan.items.front().destination;
  return first.substr(0, first.find('/') + 1);
}

Plan make_plan(const contract::PipelineRun& run, Collection collection, const annotations::FormatWriter& writer) {
  Plan plan;
  plan.left_out = leave_out(collection, *writer.needs_size, run.output.format);
  auto names = deal_names(collection, writer);
  plan.items.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& image = collection.annotations.images[i];
    auto& origin = collection.origins[i];
    PlanItem item;
    item.source = origin.source;
    item.source_bytes = origin.bytes;
    item.source_path = std::move(origin.path);
    const PictureSize source = origin.source_size.value_or(PictureSize{image.width, image.height});
    item.width = source.width;
    item.height = source.height;
    item.operations = fold(std::move(origin.operations));
    item.twins = std::move(origin.twins);
    const auto name = names[i].path.substr(kImagesFolder.size());
    if (!leads_to(image.file_name, names[i].path)) image.file_name = name;
    item.destination = std::string(writer.images_folder) + name;
    item.rename_reason = std::move(names[i].reason);
    image.path = item.destination;
    plan.items.push_back(std::move(item));
  }
  plan.annotations = std::move(collection.annotations);
  plan.digest = plan_digest(run, plan);
  return plan;
}

void drop_images(annotations::Annotations& a, const std::vector<std::uint32_t>& images) {
  if (images.empty()) return;
  std::vector<bool> keep(a.images.size(), true);
  for (const auto i : images) keep[i] = false;
  annotations::retain(a, keep, std::vector<bool>(a.objects.size(), true));
}

}  // namespace visionops::pipeline
