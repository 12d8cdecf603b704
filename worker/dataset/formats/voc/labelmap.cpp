// labelmap.txt, as CVAT and Datumaro write it: one row a class, "name:colour:parts:actions", "#" begins a comment.
#include <unordered_set>

#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/formats/voc/voc.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::voc {

std::vector<annotations::Category> read_labelmap(std::string_view text, const std::string& file,
                                                 annotations::Findings& findings) {
  std::vector<annotations::Category> categories;
  std::unordered_set<std::string> seen;
  formats::for_each_utf8_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    const std::string name(line.substr(0, line.find(':')));
    const std::string where = "line " + std::to_string(number);
    if (line.starts_with('#') || name == "background") return;
    if (name.find_first_not_of(" \t") == std::string::npos) {
      findings.add({"MalformedCategory", file, where, "has no name"});
    } else if (!seen.insert(name).second) {
      findings.add({"DuplicateClassName", file, where, annotations::quoted(name) + " stands before"});
    } else {
      categories.emplace_back();
      categories.back().id = static_cast<std::int64_t>(categories.size());
      categories.back().name = name;
    }
  });
  return categories;
}

bool fits_labelmap(const annotations::Category& category) {
  const auto& name = category.name;
  return name.find_first_of(":\r\n") == std::string::npos && !name.starts_with('#') && name != "background" &&
         name.find_first_not_of(" \t") != std::string::npos;
}

std::string write_labelmap(const annotations::Annotations& a) {
  std::string out = "# label:color_rgb:parts:actions\n";
  for (const auto& category : a.categories) {
    if (fits_labelmap(category)) out += category.name + ":::\n";
  }
  return out;
}

}  // namespace visionops::voc
