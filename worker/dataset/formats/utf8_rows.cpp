#include "worker/dataset/formats/utf8_rows.h"

#include <simdjson.h>

#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/utf16.h"

namespace visionops::formats {

void for_each_utf8_row(std::string_view text, const std::string& file, annotations::Findings& findings,
                       const std::function<void(std::string_view line, std::size_t number)>& row) {
  if (!annotations::utf16_order(text) && !simdjson::validate_utf8(text.data(), text.size())) {
    findings.add({"UnreadableLabelFile", file, "", "is not UTF-8 (but GBK, Latin-1 or the like): save it as UTF-8"});
    return;
  }
  annotations::for_each_row(text, file, findings, row);
}

}  // namespace visionops::formats
