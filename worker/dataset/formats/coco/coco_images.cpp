#include "worker/dataset/formats/coco/coco_images.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "worker/dataset/formats/coco/coco_image_name.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/image_name.h"
#include "worker/dataset/text/canonical_text.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Image;

constexpr std::size_t kMaxCandidates = 1'000;  // files of one name that are looked at for an entry

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

std::string folded(std::string_view text) { return annotations::without_case(annotations::decomposed(text)); }

std::vector<std::string> folded_parts(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    out.push_back(folded(path.substr(0, slash)));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return out;
}

std::size_t equal_tail(const std::vector<std::string>& x, const std::vector<std::string>& y) {
  std::size_t n = 0;
  while (n < x.size() && n < y.size() && x[x.size() - 1 - n] == y[y.size() - 1 - n]) ++n;
  return n;
}

/// How the last parts of two names agree; smaller is better.
enum class Likeness { Equal, SameLetters, SameButCase };

Likeness likeness(std::string_view x, std::string_view y) {
  if (x == y) return Likeness::Equal;
  return annotations::decomposed(x) == annotations::decomposed(y) ? Likeness::SameLetters : Likeness::SameButCase;
}

std::string words_of(Likeness likeness, std::string_view name) {
  const std::string taken = "is taken for \"" + std::string(name.substr(0, 200)) + "\", which ";
  if (likeness == Likeness::Equal) return taken + "stands in another folder or on another machine";
  if (likeness == Likeness::SameLetters) return taken + "has accented letters in another form (NFC, NFD)";
  return taken + "differs in letter case";
}

class Locator {
 public:
  Locator(const FolderListing& listing, const std::vector<std::string>& roots) : listing_(listing), roots_(roots) {}

  [[nodiscard]] const storage::FileInfo* literal(const std::string& name) const {
    for (const std::string& root : roots_) {
      if (const auto* file = listing_.find(root + name)) return file;
    }
    return nullptr;
  }

  void index() {
    std::set<std::string_view> folders;
    for (const auto& file : listing_.files()) {
      if (!annotations::has_image_suffix(file.path)) continue;
      const std::string name = folded(name_of(file.path));
      by_name_[name].push_back(&file);
      by_stem_[name.substr(0, name.rfind('.'))].push_back(&file);
      folders.insert(folder_of(file.path));
    }
    one_folder_ = folders.size() == 1;
  }
  [[nodiscard]] bool has_files() const { return !by_name_.empty(); }

  [[nodiscard]] LocatedImage elsewhere(const std::string& name) const {
    const auto found = by_name_.find(folded(name_of(name)));
    if (found != by_name_.end()) return best_of(name, found->second);
    const std::string plain = annotations::percent_decoded(name);
    const auto decoded = plain != name ? by_name_.find(folded(name_of(plain))) : by_name_.end();
    return decoded != by_name_.end() ? best_of(plain, decoded->second) : with_another_suffix(name);
  }

  /// "; it stands behind the link images, ..."
  [[nodiscard]] std::string link_before(const std::string& name) const {
    for (const std::string& link : listing_.links()) {
      const bool leads = std::ranges::any_of(roots_, [&](const std::string& root) {
        return (root + name).starts_with(link + "/") || root + name == link;
      });
      if (leads) return "it stands behind the link " + link + ", and links are not followed";
    }
    return {};
  }

 private:
  using Files = std::vector<const storage::FileInfo*>;

  /// "000001" is 000001.jpg; a.png may be a.jpg, but who knows.
  [[nodiscard]] LocatedImage with_another_suffix(const std::string& name) const {
    const bool has_suffix = annotations::has_image_suffix(name);
    const auto last = folded(name_of(name));
    const auto found = by_stem_.find(has_suffix ? last.substr(0, last.rfind('.')) : last);
    if (found == by_stem_.end()) return {};
    const auto& path = found->second.front()->path;
    if (has_suffix || found->second.size() > 1) return {nullptr, path + " has another suffix"};
    const std::string suffix = path.substr(path.rfind('.'));
    auto located = best_of(name + suffix, found->second);
    if (located.file != nullptr) located.remark = "is taken for \"" + name.substr(0, 200) + "\", which has no suffix";
    return located;
  }

  [[nodiscard]] LocatedImage best_of(const std::string& name, const Files& files) const {
    const auto wanted = folded_parts(name);
    std::optional<std::pair<Likeness, std::size_t>> best;  // of names that are alike, the longest end
    Files equal;
    for (std::size_t i = 0; i < std::min(files.size(), kMaxCandidates); ++i) {
      const std::pair rank{likeness(name_of(name), name_of(files[i]->path)),
                           ~equal_tail(wanted, folded_parts(files[i]->path))};
      if (best && rank > *best) continue;
      if (!best || rank < *best) equal.clear();
      best = rank;
      equal.push_back(files[i]);
    }
    if (equal.size() > 1 || files.size() > kMaxCandidates) {
      return {nullptr, "several files could be meant: " + equal[0]->path + ", " + equal.back()->path};
    }
    if (!agrees(wanted, equal[0]->path, ~best->second)) {
      return {nullptr, equal[0]->path + " ends like it, but stands in another folder"};
    }
    return {equal[0], words_of(best->first, name)};
  }

  /// Whether only one of the two has folders before what they share, beside those in which images stand anyway.
  [[nodiscard]] bool agrees(const std::vector<std::string>& wanted, const std::string& path, std::size_t shared) const {
    if (one_folder_ || shared == wanted.size()) return true;
    return std::ranges::any_of(roots_, [&](const std::string& root) {
      return path.starts_with(root) && shared >= folded_parts(path.substr(root.size())).size();
    });
  }

  const FolderListing& listing_;
  const std::vector<std::string>& roots_;
  std::unordered_map<std::string, Files> by_name_;  ///< the last part of the path, folded
  std::unordered_map<std::string, Files> by_stem_;  ///< the same without its suffix
  bool one_folder_ = false;
};

/// Two entries that would share a file have none.
void drop_shared(const std::vector<Image>& images, const std::vector<bool>& literal,
                 std::vector<LocatedImage>& located) {
  std::map<const storage::FileInfo*, std::set<std::string_view>> claims;
  for (std::size_t i = 0; i < located.size(); ++i) {
    if (located[i].file == nullptr) continue;
    auto& names = claims[located[i].file];
    names.insert(literal[i] ? std::string_view(located[i].file->path) : std::string_view(images[i].file_name));
  }
  for (std::size_t i = 0; i < located.size(); ++i) {
    if (literal[i] || located[i].file == nullptr || claims[located[i].file].size() == 1) continue;
    located[i] = {nullptr, located[i].file->path + " ends like it, but so does the name of another entry"};
  }
}

}  // namespace

std::vector<LocatedImage> locate_coco_images(const FolderListing& listing, const std::vector<std::string>& roots,
                                             const std::vector<Image>& images) {
  Locator locator(listing, roots);
  std::vector<LocatedImage> out(images.size());
  std::vector<bool> literal(images.size(), false);
  bool all = true;
  for (std::size_t i = 0; i < images.size(); ++i) {
    out[i].file = locator.literal(std::string(annotations::plain_image_name(images[i].file_name)));
    literal[i] = out[i].file != nullptr;
    all = all && literal[i];
  }
  if (all) return out;
  locator.index();
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (literal[i]) continue;
    const std::string name(annotations::plain_image_name(images[i].file_name));
    if (locator.has_files()) out[i] = locator.elsewhere(name);
    if (out[i].file == nullptr && !listing.links().empty() && out[i].remark.empty()) {
      out[i].remark = locator.link_before(name);
    }
  }
  drop_shared(images, literal, out);
  return out;
}

}  // namespace visionops::dataset_folder
