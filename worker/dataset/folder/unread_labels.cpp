#include "worker/dataset/folder/unread_labels.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/any_case.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::int64_t kLookedAt = 64LL << 10;
constexpr int kRowsLookedAt = 50;
constexpr int kNumbersOfARow = 4;

/// ".txt", in lower case; "" when there is none.
std::string suffix_of(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : lower(name.substr(dot));
}

/// Words about a dataset may be full of numbers.
bool is_prose(std::string_view path) {
  const std::string name = lower(path.substr(path.rfind('/') + 1));
  return name.starts_with("readme") || name.starts_with("license") || name.starts_with("licence");
}

bool may_hold_annotations(std::string_view path) {
  if (annotations::has_image_suffix(path)) return false;  // nearly all of many
  static constexpr std::array<std::string_view, 4> suffixes{".txt", ".csv", ".xml", ".json"};
  return std::ranges::find(suffixes, suffix_of(path)) != suffixes.end() && !is_prose(path);
}

/// ASCII of a UTF-16 text is every other byte.
std::string without_zeros(std::string_view bytes) {
  if (!bytes.starts_with("\xff\xfe") && !bytes.starts_with("\xfe\xff")) return std::string(bytes);
  std::string out;
  std::ranges::copy_if(bytes.substr(2), std::back_inserter(out), [](char c) { return c != '\0'; });
  return out;
}

int numbers_in(std::string_view line) {
  constexpr std::string_view blanks = " \t,;";
  int numbers = 0;
  for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, begin), line.size());
    double number = 0;
    if (annotations::parse_number(line.substr(begin, end - begin), number)) ++numbers;
    begin = line.find_first_not_of(blanks, end);
  }
  return numbers;
}

bool has_rows(std::string_view text) {
  for (int row = 0; row < kRowsLookedAt && !text.empty(); ++row) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    if (numbers_in(text.substr(0, end)) >= kNumbersOfARow) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// A file called "labels" or "images": how a link to a folder arrives where links cannot be made.
void report_link_as_text(const std::string& path, annotations::Findings& findings) {
  const std::string_view as_written = std::string_view(path).substr(path.rfind('/') + 1);
  if (as_written.find('.') != std::string_view::npos) return;  // nearly all of many
  const std::string name = lower(as_written);
  const char* words = "is a file and not a folder; a link that was not made as one?";
  if (name == "images") findings.add({"LinkedImage", path, "", words});
  if (name == "labels" || name == "annotations") findings.add({"LinkedLabelFile", path, "", words});
}

/// Of a link nothing but its name is known.
void report_link(const std::string& path, annotations::Findings& findings) {
  const std::string suffix = suffix_of(path);
  const std::string words =
      "is a symbolic link or a special file, which is not followed; put the files themselves there";
  const bool image = annotations::has_image_suffix(path) ||
                     (suffix.empty() && ("/" + lower(path) + "/").find("/images/") != std::string::npos);
  if (image) {
    findings.add({"LinkedImage", path, "", words});
  } else if (suffix.empty() || may_hold_annotations(path) || suffix == ".yaml" || suffix == ".yml") {
    findings.add({"LinkedLabelFile", path, "", words});
  }
}

}  // namespace

bool looks_like_annotations(std::string_view path, std::string_view first_bytes) {
  const std::string text = without_zeros(first_bytes);
  const auto has = [&text](std::string_view key) { return text.find(key) != std::string::npos; };
  const std::string suffix = suffix_of(path);
  if (suffix == ".xml") return has("<annotation");
  if (suffix == ".json")
    return has("\"annotations\"") || has("\"shapes\"") || has("\"bbox\"") || has("\"segmentation\"");
  return has_rows(text);
}

namespace {

/// "": nothing is.
std::string what_is_unread(std::string_view path, const Result<std::string>& first_bytes) {
  if (!first_bytes) return first_bytes.error().message;
  return looks_like_annotations(path, *first_bytes) ? "holds annotations, but is not where this format has them" : "";
}

}  // namespace

void report_unread_files(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                         const std::function<bool(std::string_view path)>& was_read, unsigned threads,
                         annotations::Findings& findings) {
  for (const auto& link : listing.links()) report_link(link, findings);
  std::vector<const storage::FileInfo*> candidates;
  for (const auto& file : listing.files()) {
    report_link_as_text(file.path, findings);
    if (file.size > 0 && may_hold_annotations(file.path) && !is_ours(file.path) && !was_read(file.path)) {
      candidates.push_back(&file);
    }
  }
  std::vector<std::string> words(candidates.size());
  parallel_for(candidates.size(), threads, [&](std::size_t i) {
    words[i] = what_is_unread(candidates[i]->path, store.read(join(folder, candidates[i]->path), kLookedAt, true));
  });
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!words[i].empty()) findings.add({"UnreadLabelFile", candidates[i]->path, "", words[i]});
  }
}

}  // namespace visionops::dataset_folder
