#include "worker/dataset/folder/load_documents.h"

#include <algorithm>
#include <unordered_map>

#include "worker/dataset/folder/read_texts.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::dataset_folder {

namespace {

using annotations::Annotations;
using annotations::Findings;

class DocumentLoader {
 public:
  DocumentLoader(const DocumentFormat& format, Findings& findings)
      : format_(format), findings_(findings), finder_(format.images, format.key_of) {
    loaded_.annotations.source_format = format.format;
    loaded_.annotations.categories = format.categories;
  }

  void add(const storage::FileInfo& document, const std::string& text) {
    Annotations& a = loaded_.annotations;
    const std::size_t first_object = a.objects.size();
    const auto index = static_cast<std::uint32_t>(a.images.size());
    a.images.emplace_back();
    loaded_.annotation_files.push_back(document.path);
    if (!format_.read(text, document.path, index, a, findings_)) {
      a.objects.resize(first_object);
      a.images.pop_back();
      return;
    }
    place(document.path, first_object);
  }

  /// Images without a document.
  void add_background() {
    for (const auto* image : finder_.images()) {
      if (owners_.contains(image->path)) continue;
      loaded_.annotations.images.emplace_back();
      name_last(image->path);
      place_image(loaded_, image, image->path, "", "", findings_);
    }
  }

  LoadedDataset& loaded() { return loaded_; }

 private:
  struct Owner {
    std::uint32_t image = 0;
    std::string document;
  };

  const storage::FileInfo* by_key(const std::string& document, const std::string& named) {
    const auto& same = finder_.with_key(format_.key_of(document));
    if (same.empty()) return nullptr;
    const auto is_named = [&named](const auto* image) { return base_name(image->path) == base_name(named); };
    const auto at = std::ranges::find_if(same, is_named);
    if (at != same.end()) return *at;
    if (same.size() > 1) {
      findings_.add({"SharedLabelFile", document, "",
                     "belongs to " + same[0]->path + " and to " + same[1]->path + "; the first one has it"});
    }
    return same.front();
  }

  const storage::FileInfo* by_name(const std::vector<std::string>& places) const {
    for (const auto& path : places) {
      if (const auto* image = finder_.at(path)) return image;
    }
    return nullptr;
  }

  const storage::FileInfo* find(const std::string& document, const std::string& named,
                                const std::vector<std::string>& places) {
    if (format_.name_decides) {
      if (const auto* image = by_name(places)) return image;
    }
    if (const auto* image = by_key(document, named)) return image;
    if (const auto* image = by_name(places)) return image;
    const auto* image = finder_.called(named.empty() ? places.back() : named);
    if (image != nullptr) {
      findings_.add({"RepairedImageName", document, "", "names " + named + ", taken for " + image->path});
    }
    return image;
  }

  void name_last(const std::string& path) {
    auto& image = loaded_.annotations.images.back();
    image.id = static_cast<std::int64_t>(loaded_.annotations.images.size());
    image.file_name = format_.name_of(path);
  }

  /// What the document calls the image, when it has another name.
  void keep_other_name(const std::string& named) {
    auto& image = loaded_.annotations.images.back();
    std::string plain = named;
    std::ranges::replace(plain, '\\', '/');
    if (named.empty() || without_suffix(base_name(plain)) == without_suffix(base_name(image.file_name))) return;
    if (!image.extra.empty()) image.extra.pop_back();
    image.extra += image.extra.empty() ? "{\"source_file_name\":" : ",\"source_file_name\":";
    annotations::append_json_string(image.extra, named);
    image.extra += '}';
  }

  /// Finds the file of the last image, whose objects begin at `first_object`.
  void place(const std::string& document, std::size_t first_object) {
    Annotations& a = loaded_.annotations;
    const std::string named = a.images.back().file_name;
    const auto places = format_.places(document, named);
    const auto* file = find(document, named, places);
    const std::string& path = file != nullptr ? file->path : places.back();
    const auto [owner, first] = owners_.emplace(path, Owner{static_cast<std::uint32_t>(a.images.size() - 1), document});
    if (first) {
      name_last(path);
      keep_other_name(named);
      return place_image(loaded_, file, path, document, "", findings_);
    }
    findings_.add({"SharedLabelFile", document, "",
                   "belongs to " + path + " like " + owner->second.document + "; the objects of both are kept"});
    a.images.pop_back();
    for (std::size_t i = first_object; i < a.objects.size(); ++i) a.objects[i].image = owner->second.image;
  }

  const DocumentFormat& format_;
  Findings& findings_;
  ImageFinder finder_;
  LoadedDataset loaded_;
  std::unordered_map<std::string, Owner> owners_;  ///< by the path of the image
};

}  // namespace

Result<LoadedDataset> load_documents(storage::StorageClient& store, const std::string& folder, unsigned threads,
                                     Findings& findings, const DocumentFormat& format) {
  DocumentLoader loader(format, findings);
  const auto read =
      for_each_text(store, folder, format.documents, threads, findings,
                    [&loader](const storage::FileInfo& file, const std::string& text) { loader.add(file, text); });
  if (!read) return read.error();
  loader.add_background();
  LoadedDataset& loaded = loader.loaded();
  annotations::sort_categories(loaded.annotations, format.categories.size());
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  return std::move(loaded);
}

}  // namespace visionops::dataset_folder
