#include "worker/storage/s3/s3_xml.h"

#include <expat.h>

#include <exception>
#include <memory>
#include <type_traits>
#include <vector>

namespace visionops::storage {
namespace {

constexpr std::size_t kMaxDepth = 16;

/// What expat's callbacks work on. They are called from C: nothing may be thrown through them.
struct Reader {
  const std::function<void(std::string_view, const std::string&)>& element;
  XML_Parser parser;
  std::string path;
  std::vector<std::string> texts;  ///< of the open elements
  const char* trouble = nullptr;

  void stop(const char* why) {
    trouble = why;
    XML_StopParser(parser, XML_FALSE);
  }
};

void open_element(void* user, const XML_Char* name, const XML_Char** /*attributes*/) noexcept {
  auto& reader = *static_cast<Reader*>(user);
  if (reader.texts.size() == kMaxDepth) return reader.stop("is nested too deep");
  try {
    reader.path += reader.texts.empty() ? name : std::string("/") + name;
    reader.texts.emplace_back();
  } catch (const std::exception&) {
    reader.stop("needs too much memory");
  }
}

void take_text(void* user, const XML_Char* text, int size) noexcept {
  auto& reader = *static_cast<Reader*>(user);
  try {
    if (!reader.texts.empty()) reader.texts.back().append(text, static_cast<std::size_t>(size));
  } catch (const std::exception&) {
    reader.stop("needs too much memory");
  }
}

void close_element(void* user, const XML_Char* /*name*/) noexcept {
  auto& reader = *static_cast<Reader*>(user);
  try {
    reader.element(reader.path, reader.texts.back());
  } catch (const std::exception&) {
    reader.stop("needs too much memory");
  }
  reader.texts.pop_back();
  const auto slash = reader.path.rfind('/');
  reader.path.resize(slash == std::string::npos ? 0 : slash);
}

void refuse_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
  static_cast<Reader*>(user)->stop("has a document type");
}

}  // namespace

Status read_xml(std::string_view xml,
                const std::function<void(std::string_view path, const std::string& text)>& element) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"),
                                                                                             &XML_ParserFree);
  if (!parser) return retry_error("no memory for an XML parser");
  Reader reader{element, parser.get(), {}, {}, nullptr};
  XML_SetUserData(parser.get(), &reader);
  XML_SetElementHandler(parser.get(), &open_element, &close_element);
  XML_SetCharacterDataHandler(parser.get(), &take_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), &refuse_doctype);
  if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE) == XML_STATUS_OK) return {};
  if (reader.trouble != nullptr) return invalid_error(std::string("the XML ") + reader.trouble);
  return invalid_error(std::string("no XML: ") + XML_ErrorString(XML_GetErrorCode(parser.get())) + " in line " +
                       std::to_string(XML_GetCurrentLineNumber(parser.get())));
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace visionops::storage
