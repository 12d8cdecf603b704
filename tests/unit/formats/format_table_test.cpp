// What every format has to keep to, those of tomorrow included.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "worker/contract/format.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {
namespace {

using annotations::Annotations;
using annotations::FormatWriter;
using annotations::Object;

std::vector<annotations::TextFile> no_files(const Annotations&, const annotations::WriteOptions&) { return {}; }
annotations::LossReport no_loss(const Annotations&, const std::vector<Task>&) { return {}; }

template <class W>
concept WriterWithLoss =
    requires { W{.loss = no_loss, .keeps = annotations::keeps_all, .needs_size = false, .dataset_files = no_files}; };
template <class W>
concept WriterWithoutLoss =
    requires { W{.keeps = annotations::keeps_all, .needs_size = false, .dataset_files = no_files}; };
template <class R>
concept EmptyReader = requires { R{}; };
static_assert(WriterWithLoss<FormatWriter>);
static_assert(!WriterWithoutLoss<FormatWriter>);
static_assert(!EmptyReader<dataset_folder::FormatReader>);
static_assert(!std::is_constructible_v<decltype(FormatWriter::loss), std::nullptr_t>);

/// One image with everything that a model can hold.
Annotations everything() {
  Annotations a;
  a.source_format = Format("COCO");
  a.categories.push_back({1, "car", "vehicle", true, R"({"colour":"red"})"});
  auto& image = a.images.emplace_back();
  image.id = 1;
  image.file_name = "a.png";
  image.path = "images/a.png";
  image.width = 100;
  image.height = 80;
  const auto add = [&]() -> Object& {
    auto& object = a.objects.emplace_back();
    object.id = static_cast<std::int64_t>(a.objects.size());
    object.box = {10, 10, 20, 20};
    object.has_box = true;
    return object;
  };
  add();
  const std::array<annotations::Slice, 2> rings{a.add_numbers(std::array<double, 6>{1, 1, 9, 1, 9, 9}),
                                                a.add_numbers(std::array<double, 6>{20, 1, 29, 1, 29, 9})};
  auto& parts = add();
  parts.shape = a.add_rings(rings);
  parts.shape_kind = annotations::Shape::Polygons;
  auto& rle = add();
  rle.shape = a.add_numbers(std::array<double, 2>{4000, 4000});
  rle.shape_kind = annotations::Shape::RleCounts;
  rle.rle_size = {80, 100};
  add().has_box = false;
  add().crowd = true;
  add().ignore = true;
  add().attributes = a.add_text(R"({"occluded":1,"seen":[1,null]})");
  add().keypoints = a.add_numbers(std::array<double, 3>{1, 2, 2});
  add().extra = a.add_text(R"({"note":1})");
  auto& no_suffix = a.images.emplace_back(a.images.front());
  no_suffix.id = 2;
  no_suffix.file_name = "b";
  no_suffix.path = "images/b";
  no_suffix.extra.clear();
  add().image = 1;
  add().box = {500, 500, 5, 5};
  add().box = {-0.5, 0, 10, 10};
  return a;
}

std::set<std::string> words(std::string_view list) {
  std::set<std::string> out;
  while (!list.empty()) {
    const auto comma = std::min(list.find(", "), list.size());
    out.emplace(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 2, list.size()));
  }
  return out;
}

dataset_folder::FolderListing listing_of(const Annotations& a, const FormatWriter& writer) {
  std::vector<storage::FileInfo> files;
  const auto add = [&files](std::string path) {
    files.emplace_back();
    files.back().path = std::move(path);
  };
  add(a.images.front().path);
  for (const auto& file : writer.dataset_files(a, annotations::WriteOptions{})) add(file.path);
  if (writer.image_file != nullptr) add(writer.image_file->path_of(a.images.front().path));
  std::ranges::sort(files, {}, &storage::FileInfo::path);
  return dataset_folder::FolderListing(std::move(files));
}

TEST(FormatTable, TheNamesThatTheOperatorOffersAreThoseOfTheFiles) {
  ASSERT_EQ(contract::formats().size(), format_table().size());
  for (std::size_t i = 0; i < format_table().size(); ++i) {
    const auto& info = contract::formats()[i];
    const auto& format = *format_table()[i];
    EXPECT_EQ(info.name, (*format.name).name());
    EXPECT_EQ(info.layout, format.layout) << info.name;
    EXPECT_EQ(info.loses, format.loses) << info.name;
    EXPECT_EQ(info.reads, format.reader.has_value()) << info.name;
    EXPECT_EQ(info.writes, format.writer.has_value()) << info.name;
    EXPECT_TRUE(info.reads || info.writes) << info.name;
    EXPECT_FALSE(info.layout.empty()) << info.name;
    EXPECT_EQ(Format::find(info.name), std::optional(*format.name));
  }
  EXPECT_EQ(Format::find("None"), std::nullopt);
}

TEST(FormatTable, WritingLosesWhatThePageSays) {
  const auto a = everything();
  for (const auto* format : format_table()) {
    if (!format->writer) continue;
    std::set<std::string> kinds;
    for (const auto task : {Task::Detection, Task::Segmentation}) {
      for (const auto& entry : format->writer->loss(a, std::vector{task}).entries) {
        kinds.emplace(enum_name(entry.kind));
      }
    }
    EXPECT_EQ(kinds, words(format->loses)) << (*format->name).name();
  }
}

TEST(FormatTable, AnObjectThatIsNotKeptIsALoss) {
  const auto a = everything();
  for (const auto* format : format_table()) {
    if (!format->writer) continue;
    const auto kept = format->writer->keeps(a, std::vector{Task::Detection});
    ASSERT_EQ(kept.size(), a.objects.size()) << (*format->name).name();
    std::int64_t lost = 0;
    for (const auto& entry : format->writer->loss(a, std::vector{Task::Detection}).entries) lost += entry.count;
    EXPECT_LE(std::ranges::count(kept, false), lost) << (*format->name).name();
  }
}

TEST(FormatTable, WhatIsWrittenIsRecognisedAndPartOfTheDigest) {
  const auto a = everything();
  for (const auto* format : format_table()) {
    if (!format->writer || !format->reader) continue;
    const auto listing = listing_of(a, *format->writer);
    EXPECT_NE(format->reader->recognise(listing).certainty, dataset_folder::Recognition::Certainty::Not);
    const auto owns = format->reader->owns_file(listing);
    for (const auto& file : listing.files()) {
      EXPECT_TRUE(file.path.starts_with("images/") || owns(file.path)) << (*format->name).name() << " " << file.path;
    }
  }
}

}  // namespace
}  // namespace visionops::formats
