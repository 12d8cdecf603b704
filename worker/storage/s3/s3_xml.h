// The XML answers of an object store. They come from outside: no document type, no entities of its own, bounded depth.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::storage {

/// Calls `element` at the end of each element with its path ("ListBucketResult/Contents/Key") and the text
/// directly inside it. Invalid when it is not well formed.
Status read_xml(std::string_view xml,
                const std::function<void(std::string_view path, const std::string& text)>& element);

/// `text` as the content of an element.
std::string xml_escaped(std::string_view text);

}  // namespace visionops::storage
