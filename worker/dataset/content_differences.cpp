#include "worker/dataset/content_differences.h"

#include "base/text.h"

namespace visionops::dataset_folder {

namespace {

void add(NamedFiles& files, const std::string& path, std::size_t named) {
  if (++files.count <= named) files.first.push_back(path);
}

void tell(const NamedFiles& files, const char* what, std::string& text) {
  if (files.count == 0) return;
  text += (text.empty() ? "" : "; ") + std::to_string(files.count) + " " + what + " (" + visionops::join(files.first) +
          (files.count > files.first.size() ? ", ..." : "") + ")";
}

}  // namespace

ContentDifferences content_differences(const std::vector<ListedFile>& before, const std::vector<DataFile>& now,
                                       std::size_t named) {
  ContentDifferences out;
  auto b = before.begin();
  auto n = now.begin();
  while (b != before.end() || n != now.end()) {
    if (n == now.end() || (b != before.end() && b->file.path < n->path)) {
      add(out.missing, (b++)->file.path, named);
    } else if (b == before.end() || n->path < b->file.path) {
      add(out.added, (n++)->path, named);
    } else {
      if (b->file.size != n->size || b->file.sha256 != n->sha256) add(out.changed, n->path, named);
      ++b, ++n;
    }
  }
  return out;
}

std::string describe(const ContentDifferences& differences) {
  std::string text;
  tell(differences.changed, "changed", text);
  tell(differences.missing, "missing", text);
  tell(differences.added, "added", text);
  return text;
}

}  // namespace visionops::dataset_folder
