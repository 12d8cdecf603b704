// CelebA's table of attributes: list_attr_celeba.txt (the number of images, the names, a row of -1 and 1 an image),
// list_eval_partition.txt for the splits. Source: the data set's README; torchvision datasets/celeba.py.
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_members.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

constexpr std::string_view kAttributes = "list_attr_celeba.txt";
constexpr std::string_view kPartition = "list_eval_partition.txt";

/// nullptr when it is not there; both stand in the root or in Anno/ and Eval/.
const storage::FileInfo* file_called(const FolderListing& listing, std::string_view name) {
  const auto at = std::ranges::find_if(
      listing.files(), [name](const auto& file) { return dataset_folder::base_name(file.path) == name; });
  return at == listing.files().end() ? nullptr : &*at;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (auto begin = line.find_first_not_of(" \t"); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    words.emplace_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(" \t", end);
  }
  return words;
}

using Partition = std::unordered_map<std::string, int>;  ///< 0 train, 1 val, 2 test, by file name

Result<Partition> read_partition(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                                 annotations::Findings& findings) {
  Partition out;
  const auto* file = file_called(listing, kPartition);
  if (file == nullptr) return out;
  const auto text = store.read(dataset_folder::join(folder, file->path), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  for_each_utf8_row(*text, file->path, findings, [&](std::string_view line, std::size_t number) {
    const auto words = words_of(line);
    if (words.size() == 2 && words[1].size() == 1 && words[1][0] >= '0' && words[1][0] <= '2') {
      out[words[0]] = words[1][0] - '0';
    } else {
      findings.add(
          {"MalformedRow", file->path, "line " + std::to_string(number), "expected a file name and 0, 1 or 2"});
    }
  });
  return out;
}

/// Rows become objects without a box, one an image.
class Table {
 public:
  Table(LoadedDataset& loaded, const FolderListing& listing, const std::string& file, annotations::Findings& findings)
      : loaded_(loaded), file_(file), images_(loaded, listing, file, findings), findings_(findings) {
    auto& category = loaded.annotations.categories.emplace_back();
    category.id = 1;
    category.name = "face";
  }

  /// `is_meant`: whether the image belongs to this dataset.
  template <class IsMeant>
  void take(std::string_view line, const std::string& position, const IsMeant& is_meant) {
    const auto words = words_of(line);
    if (names_.empty()) {
      const bool count = words.size() == 1 && words[0].find_first_not_of("0123456789") == std::string::npos;
      if (!count) names_ = words;
      return;
    }
    if (const auto problem = problem_of(words); !problem.empty()) {
      findings_.add({"MalformedRow", file_, position, problem});
      return;
    }
    if (!is_meant(words.front())) return;
    const auto image =
        images_.add(words.front(), {"img_align_celeba/", "Img/img_align_celeba/", "images/", ""}, position);
    if (image) {
      add(words, *image);
    } else {
      findings_.add({"ObjectWithoutImage", file_, position, "its image is left out"});
    }
  }

  Status finish() {
    if (names_.empty()) return invalid_error(file_ + ": has no line with the names of the attributes");
    images_.report_orphans();
    return {};
  }

 private:
  [[nodiscard]] std::string problem_of(const std::vector<std::string>& words) const {
    if (words.size() != names_.size() + 1) {
      return "has " + std::to_string(words.size()) + " values, expected a file name and " +
             std::to_string(names_.size());
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] != "1" && words[i] != "-1" && words[i] != "0") {
        return names_[i - 1] + " is " + annotations::quoted(words[i]) + ", expected 1, -1 or 0";
      }
    }
    return {};
  }

  /// 0 is what nobody knows: no attribute.
  void add(const std::vector<std::string>& words, std::uint32_t image) {
    auto& a = loaded_.annotations;
    annotations::JsonMembers members;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] != "0") members.add(names_[i - 1], words[i] == "1" ? "true" : "false");
    }
    annotations::Object object;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    const auto text = members.text();
    if (!text.empty()) object.attributes = a.add_text(text);
    a.objects.push_back(object);
  }

  LoadedDataset& loaded_;
  std::string file_;
  dataset_folder::NamedImages images_;
  annotations::Findings& findings_;
  std::vector<std::string> names_;
};

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  if (file_called(listing, kAttributes) == nullptr) return {};
  return {Certainty::Named, std::string(kAttributes) + " is the table of CelebA"};
}

bool is_own(std::string_view path) {
  const auto name = dataset_folder::base_name(path);
  return name == kAttributes || name == kPartition;
}

dataset_folder::OwnsFile owns_file(const FolderListing&) { return is_own; }

Result<dataset_folder::FolderParts> parts(storage::StorageClient& store, const std::string& folder,
                                          const FolderListing& listing) {
  annotations::Findings ignored;  // load tells them
  auto read = read_partition(store, folder, listing, ignored);
  if (!read) return read.error();
  const auto partition = std::make_shared<const Partition>(*std::move(read));
  dataset_folder::FolderParts out;
  constexpr std::array kSplits{Split::Train, Split::Val, Split::Test};
  for (std::size_t i = 0; i < kSplits.size(); ++i) {
    const auto is_of = [partition, i](std::string_view path) {
      const auto at = partition->find(std::string(dataset_folder::base_name(path)));
      return at != partition->end() && at->second == static_cast<int>(i);
    };
    const auto count =
        std::ranges::count_if(*partition, [i](const auto& p) { return p.second == static_cast<int>(i); });
    if (count == 0) continue;
    out.parts.push_back(
        {.split = kSplits[i],
         .place = std::string(kPartition),
         .images = count,
         .holds = [is_of](std::string_view path) { return !annotations::has_image_suffix(path) || is_of(path); }});
  }
  return out;
}

/// The split that the images of the listing are of, when it is one.
std::optional<int> only_split(const FolderListing& listing, const Partition& partition) {
  std::optional<int> only;
  for (const auto& file : listing.files()) {
    if (!annotations::has_image_suffix(file.path)) continue;
    const auto at = partition.find(std::string(dataset_folder::base_name(file.path)));
    if (at == partition.end() || (only && *only != at->second)) return std::nullopt;
    only = at->second;
  }
  return only;
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto* file = file_called(listing, kAttributes);
  if (file == nullptr) return not_found_error("no list_attr_celeba.txt (CelebA)");
  const auto text = store.read(dataset_folder::join(folder, file->path), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  const auto partition = read_partition(store, folder, listing, findings);
  if (!partition) return partition.error();
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("CelebA");
  loaded.annotation_files = {file->path};
  Table table(loaded, listing, file->path, findings);
  const auto only = only_split(listing, *partition);
  const auto is_meant = [&](const std::string& name) {
    const auto at = partition->find(name);
    return !only || at == partition->end() || at->second == *only;
  };
  for_each_utf8_row(*text, file->path, findings, [&](std::string_view line, std::size_t number) {
    table.take(line, "line " + std::to_string(number), is_meant);
  });
  if (auto finished = table.finish(); !finished) return finished.error();
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  dataset_folder::report_unread_files(store, folder, listing, is_own, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat celeba{
    .name = Format("CelebA"),
    .layout = "list_attr_celeba.txt",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .parts = parts,
        },
};

}  // namespace visionops::formats
