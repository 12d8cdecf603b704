// A table of classes beside the images, as Roboflow exports it for several labels of an image: _classes.csv with a
// column for the file name and one for each class, 1 where the image has it.
#include <algorithm>
#include <unordered_set>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

constexpr std::string_view kName = "_classes.csv";

/// Without blanks at both ends, and without quotes around it ("" inside them is a quote).
std::string cell(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"' && text[i + 1] == '"') ++i;
  }
  return out;
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] != ',' || quoted) continue;
    cells.push_back(cell(line.substr(begin, i - begin)));
    begin = i + 1;
  }
  cells.push_back(cell(line.substr(begin)));
  return cells;
}

std::vector<std::string> tables_of(const FolderListing& listing) {
  std::vector<std::string> tables;
  for (const auto& file : listing.files()) {
    const bool chosen = file.path == listing.annotation_file() && file.path.ends_with(".csv");
    if (chosen || dataset_folder::base_name(file.path) == kName) tables.push_back(file.path);
  }
  return tables;
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto tables = tables_of(listing);
  if (tables.empty()) return {};
  return {Certainty::Named, tables.front() + " is the name that Roboflow gives"};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  return
      [tables = tables_of(listing)](std::string_view path) { return std::ranges::find(tables, path) != tables.end(); };
}

class Table {
 public:
  Table(LoadedDataset& loaded, const FolderListing& listing, const std::string& file, annotations::Findings& findings)
      : a_(loaded.annotations),
        file_(file),
        folder_(dataset_folder::folder_part(file)),
        images_(loaded, listing, file, findings),
        findings_(findings) {}

  Status take(std::string_view line, const std::string& position) {
    const auto cells = cells_of(line);
    if (columns_ == 0) return take_header(cells);
    if (const auto problem = problem_of(cells); !problem.empty()) {
      findings_.add({"MalformedRow", file_, position, problem});
      return {};
    }
    const auto image = images_.add(cells.front(), {folder_, folder_ + "images/", "images/"}, position);
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i] == "0") continue;
      if (image) {
        annotations::Object label;
        label.id = static_cast<std::int64_t>(a_.objects.size()) + 1;
        label.image = *image;
        label.category = static_cast<std::uint32_t>(i - 1);
        a_.objects.push_back(label);
      } else {
        findings_.add({"ObjectWithoutImage", file_, position, "its image is left out"});
      }
    }
    return {};
  }

  Status finish() {
    if (columns_ == 0) return invalid_error(file_ + ": has no header (filename, then a class a column)");
    images_.report_orphans();
    return {};
  }

 private:
  Status take_header(const std::vector<std::string>& cells) {
    std::unordered_set<std::string> seen;
    columns_ = cells.size();
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i].empty()) return invalid_error(file_ + ": column " + std::to_string(i + 1) + " has no name");
      if (!seen.insert(cells[i]).second) {
        findings_.add({"DuplicateClassName", file_, "column " + std::to_string(i + 1),
                       annotations::quoted(cells[i]) + " stands before"});
      }
      auto& category = a_.categories.emplace_back();
      category.id = static_cast<std::int64_t>(i);
      category.name = cells[i];
    }
    return {};
  }

  [[nodiscard]] std::string problem_of(const std::vector<std::string>& cells) const {
    if (cells.size() != columns_) {
      return "has " + std::to_string(cells.size()) + " values, the header " + std::to_string(columns_);
    }
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i] != "0" && cells[i] != "1") {
        return a_.categories[i - 1].name + " is " + annotations::quoted(cells[i]) + ", expected 0 or 1";
      }
    }
    return {};
  }

  annotations::Annotations& a_;
  std::string file_;
  std::string folder_;
  dataset_folder::NamedImages images_;
  annotations::Findings& findings_;
  std::size_t columns_ = 0;
};

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto tables = tables_of(listing);
  if (tables.empty()) return not_found_error("no _classes.csv (OneHotCSV)");
  if (tables.size() > 1) {
    return invalid_error("several tables (" + dataset_folder::listed(tables) +
                         "): say by --annotations or spec.annotations which one is meant");
  }
  const auto& file = tables.front();
  const auto text = store.read(dataset_folder::join(folder, file), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("OneHotCSV");
  loaded.annotation_files = {file};
  Table table(loaded, listing, file, findings);
  Status taken;
  for_each_utf8_row(*text, file, findings, [&](std::string_view line, std::size_t number) {
    if (taken) taken = table.take(line, "line " + std::to_string(number));
  });
  if (taken) taken = table.finish();
  if (!taken) return taken.error();
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [&file](std::string_view path) { return path == file; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat one_hot_csv{
    .name = Format("OneHotCSV"),
    .layout = "_classes.csv",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .one_file = true,
        },
};

}  // namespace visionops::formats
