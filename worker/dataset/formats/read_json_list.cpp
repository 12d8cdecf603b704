#include "worker/dataset/formats/read_json_list.h"

#include "worker/dataset/folder/loaded_dataset.h"
#include "worker/dataset/text/json_splitter.h"

namespace visionops::formats {

namespace {

/// The list as the one value of an object, which is what the splitter cuts.
constexpr std::string_view kBeforeList = "{\"list\":";

}  // namespace

Status read_json_list(storage::StorageClient& store, const std::string& path,
                      const std::function<void(const ListElement& element)>& take) {
  annotations::JsonSplitter splitter({"list"}, [&take](const annotations::JsonElement& element) -> Status {
    if (element.index == annotations::kWholeValue) return invalid_error("byte 0: is no list");
    if (element.index == annotations::kListBegins) return {};
    take({element.text, "[" + std::to_string(element.index) + "]", element.offset - kBeforeList.size()});
    return {};
  });
  if (auto fed = splitter.feed(kBeforeList); !fed) return fed;
  bool first = true;
  const auto read = store.read_chunks(path, dataset_folder::kMaxAnnotationBytes, [&](std::string_view bytes) {
    if (first && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    first = false;
    return splitter.feed(bytes);
  });
  if (!read) return read.error();
  if (auto fed = splitter.feed("}"); !fed) return fed;
  return splitter.finish();
}

}  // namespace visionops::formats
