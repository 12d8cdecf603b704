#include "worker/dataset/text/xml_elements.h"

#include <expat.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <limits>
#include <type_traits>
#include <unordered_map>

#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

constexpr std::string_view kXmlSpace = " \t\r\n";

/// Where lines were broken for people; blanks inside a line are part of the text.
void trim_lines(std::string& text) {
  if (text.find('\n') == std::string::npos) return;
  const auto begin = text.find_first_not_of(kXmlSpace);
  if (begin == std::string::npos) return text.clear();
  text = text.substr(begin, text.find_last_not_of(kXmlSpace) - begin + 1);
}

bool has_utf16_mark(std::string_view text) { return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"); }

/// What to read the text as, whatever it declares; nullptr: as it declares.
const char* certain_encoding(std::string_view text) {
  if (has_utf16_mark(text)) return nullptr;
  if (std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) > 0; })) return "UTF-8";
  const auto declaration = text.substr(0, text.find('>'));
  const bool declares_utf16 =
      declaration.find("tf-16") != std::string_view::npos || declaration.find("TF-16") != std::string_view::npos;
  return declares_utf16 && simdjson::validate_utf8(text.data(), text.size()) ? "UTF-8" : nullptr;
}

}  // namespace

/// What expat's callbacks work on. They are called from C: nothing may be thrown through them.
struct XmlElements::Parser {
  Consume consume;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> expat{nullptr, &XML_ParserFree};
  XmlNode root;
  std::vector<XmlNode> open;  ///< below the root
  bool in_root = false;
  bool whole = false;  ///< the bounds are those of the document
  std::size_t elements = 0;
  std::size_t bytes = 0;
  std::optional<Error> trouble;
  std::string encoding;  ///< one that is not known

  [[nodiscard]] std::size_t line() const { return XML_GetCurrentLineNumber(expat.get()); }

  void stop(Error error) {
    if (!trouble) trouble = std::move(error);
    XML_StopParser(expat.get(), XML_FALSE);
  }
  void stop(const std::string& why) { stop(invalid_error("line " + std::to_string(line()) + ": " + why)); }

  void open_element(const char* name, const char** attributes) {
    if (open.size() + 2 > kMaxXmlDepth) return stop("is nested deeper than " + std::to_string(kMaxXmlDepth));
    if (++elements > kMaxXmlElements) return stop("has more than " + std::to_string(kMaxXmlElements) + " elements");
    XmlNode& node = in_root ? open.emplace_back() : root;
    in_root = true;
    node.name = name;
    node.line = line();
    for (; *attributes != nullptr; attributes += 2) {
      if (!take(std::string_view(attributes[0]).size() + std::string_view(attributes[1]).size())) return;
      node.attributes.emplace_back(attributes[0], attributes[1]);
    }
  }

  void take_text(const char* text, int size) {
    if (!take(static_cast<std::size_t>(size))) return;
    (open.empty() ? root : open.back()).text.append(text, static_cast<std::size_t>(size));
  }

  void close_element() {
    if (open.empty()) return;  // the root
    XmlNode node = std::move(open.back());
    open.pop_back();
    trim_lines(node.text);
    if (!open.empty()) {
      open.back().children.push_back(std::move(node));
      return;
    }
    if (!whole) elements = bytes = 0;
    root.text.clear();
    if (auto taken = consume(root, std::move(node)); !taken) stop(taken.error());
  }

  bool take(std::size_t more) {
    bytes += more;
    if (bytes <= kMaxXmlBytes) return true;
    stop("has more than " + std::to_string(kMaxXmlBytes) + " bytes of text in one element");
    return false;
  }
};

namespace {

/// Calls the member of the parser; what it throws stops the parsing.
template <auto call, class Parser, class... Arguments>
void guarded(void* user, Arguments... arguments) noexcept {
  auto& parser = *static_cast<Parser*>(user);
  try {
    (parser.*call)(arguments...);
  } catch (const std::exception&) {
    parser.trouble = retry_error("no memory for the XML");
    XML_StopParser(parser.expat.get(), XML_FALSE);
  }
}

}  // namespace

XmlElements::XmlElements(Consume consume, Bounds bounds) : parser_(std::make_unique<Parser>()) {
  parser_->consume = std::move(consume);
  parser_->whole = bounds == Bounds::OfDocument;
}
XmlElements::~XmlElements() = default;

const XmlNode& XmlElements::root() const { return parser_->root; }

Status XmlElements::feed(std::string_view bytes) {
  Parser& p = *parser_;
  if (!p.expat) {
    p.expat.reset(XML_ParserCreate(certain_encoding(bytes)));
    if (!p.expat) return retry_error("no memory for an XML parser");
    XML_Parser expat = p.expat.get();
    XML_SetUserData(expat, &p);
    XML_SetElementHandler(
        expat,
        [](void* user, const XML_Char* name, const XML_Char** attributes) {
          guarded<&Parser::open_element, Parser>(user, name, attributes);
        },
        [](void* user, const XML_Char*) { guarded<&Parser::close_element, Parser>(user); });
    XML_SetCharacterDataHandler(expat, [](void* user, const XML_Char* text, int size) {
      guarded<&Parser::take_text, Parser>(user, text, size);
    });
    XML_SetEntityDeclHandler(expat, [](void* user, const XML_Char*, int, const XML_Char*, int, const XML_Char*,
                                       const XML_Char*, const XML_Char*, const XML_Char*) {
      static_cast<Parser*>(user)->stop("declares entities, which are not followed");
    });
    XML_SetUnknownEncodingHandler(
        expat,
        [](void* user, const XML_Char* name, XML_Encoding*) {
          static_cast<Parser*>(user)->encoding = std::string(name).substr(0, 40);
          return static_cast<int>(XML_STATUS_ERROR);
        },
        &p);
  }
  constexpr auto kPiece = static_cast<std::size_t>(std::numeric_limits<int>::max() / 2);
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const auto piece = bytes.substr(at, kPiece);
    if (XML_Parse(p.expat.get(), piece.data(), static_cast<int>(piece.size()), XML_FALSE) == XML_STATUS_OK) continue;
    if (p.trouble) return *p.trouble;
    const std::string where = "line " + std::to_string(p.line()) + ": ";
    if (!p.encoding.empty())
      return invalid_error(where + "the encoding " + p.encoding + " is not read, save it as UTF-8");
    return invalid_error(where + XML_ErrorString(XML_GetErrorCode(p.expat.get())));
  }
  return {};
}

Status XmlElements::finish() {
  Parser& p = *parser_;
  if (!p.expat) return invalid_error("line 1: the file is empty");
  if (XML_Parse(p.expat.get(), "", 0, XML_TRUE) == XML_STATUS_OK) return {};
  if (p.trouble) return *p.trouble;
  return invalid_error("line " + std::to_string(p.line()) + ": " + XML_ErrorString(XML_GetErrorCode(p.expat.get())));
}

const XmlNode* XmlNode::child(std::string_view wanted) const {
  const auto at = std::ranges::find(children, wanted, &XmlNode::name);
  return at == children.end() ? nullptr : &*at;
}

const std::string* XmlNode::attribute(std::string_view wanted) const {
  const auto at = std::ranges::find(attributes, wanted, &std::pair<std::string, std::string>::first);
  return at == attributes.end() ? nullptr : &at->second;
}

Result<XmlNode> read_xml_tree(std::string_view text) {
  XmlNode tree;
  XmlElements elements(
      [&tree](const XmlNode& root, XmlNode child) -> Status {
        if (tree.name.empty()) tree = root;
        tree.children.push_back(std::move(child));
        return {};
      },
      XmlElements::Bounds::OfDocument);
  if (auto fed = elements.feed(text); !fed) return fed.error();
  if (auto finished = elements.finish(); !finished) return finished.error();
  if (tree.name.empty()) tree = elements.root();
  return tree;
}

namespace {

/// The children in the order of the first of each name.
std::vector<std::pair<std::string_view, std::vector<const XmlNode*>>> by_name(const XmlNode& node) {
  std::vector<std::pair<std::string_view, std::vector<const XmlNode*>>> out;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& child : node.children) {
    const auto [at, first] = places.emplace(child.name, out.size());
    if (first) out.push_back({child.name, {}});
    out[at->second].second.push_back(&child);
  }
  return out;
}

void append_json(std::string& out, const XmlNode& node);

/// One node, or a list of several.
void append_json(std::string& out, const std::vector<const XmlNode*>& nodes) {
  if (nodes.size() == 1) return append_json(out, *nodes.front());
  char separator = '[';
  for (const auto* node : nodes) {
    out += separator;
    separator = ',';
    append_json(out, *node);
  }
  out += ']';
}

void append_json(std::string& out, const XmlNode& node) {
  if (node.attributes.empty() && node.children.empty()) return append_json_string(out, node.text);
  char before = '{';
  const auto key = [&](std::string_view name) {
    out += before;
    before = ',';
    append_json_string(out, name);
    out += ':';
  };
  for (const auto& [name, value] : node.attributes) {
    key("@" + name);
    append_json_string(out, value);
  }
  for (const auto& [name, nodes] : by_name(node)) {
    key(name);
    append_json(out, nodes);
  }
  if (!node.text.empty()) {
    key("#text");
    append_json_string(out, node.text);
  }
  out += '}';
}

}  // namespace

std::string json_of(const XmlNode& node) {
  std::string out;
  append_json(out, node);
  return out;
}

std::vector<std::pair<std::string, std::string>> members_of(const XmlNode& node) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, nodes] : by_name(node)) append_json(out.emplace_back(std::string(name), "").second, nodes);
  return out;
}

std::string json_value_of(std::string_view text) {
  if (text == "true" || text == "false") return std::string(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string out;
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  if (whole) append_json_number(out, number);
  if (!out.empty() && out == text) return out;
  out.clear();
  append_json_string(out, text);
  return out;
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

bool fits_xml(std::string_view text) {
  const bool plain = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  // U+FFFE and U+FFFF
  return plain && text.find("\xef\xbf\xbe") == std::string_view::npos &&
         text.find("\xef\xbf\xbf") == std::string_view::npos;
}

}  // namespace visionops::annotations
