// Cuts an XML document that arrives in pieces into the children of its root. Memory is bounded by the largest child,
// not by the file. What comes from outside is bounded: depth, elements and text of a child; entities are refused where
// they are declared, nothing is fetched.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace visionops::annotations {

inline constexpr std::size_t kMaxXmlDepth = 48;                       ///< open elements
inline constexpr std::size_t kMaxXmlElements = std::size_t{1} << 20;  ///< inside one child of the root, or a document
inline constexpr std::size_t kMaxXmlBytes = std::size_t{64}
                                            << 20;  ///< of text and attributes inside one child, or a document

/// UTF-8 throughout.
struct XmlNode {
  std::string name;
  std::string text;  ///< directly inside it; without the white space around it where that has line ends
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlNode> children;
  std::size_t line = 0;  ///< where it begins

  /// The first of this name; nullptr when there is none.
  [[nodiscard]] const XmlNode* child(std::string_view wanted) const;
  /// nullptr when there is none.
  [[nodiscard]] const std::string* attribute(std::string_view wanted) const;
};

/// Not thread-safe. After an error it may not be used any more. Errors are Invalid and carry "line N".
class XmlElements {
 public:
  /// Takes each child of the root, as soon as it is complete; `root` has its name and attributes.
  using Consume = std::function<Status(const XmlNode& root, XmlNode child)>;
  enum class Bounds { OfChild, OfDocument };  ///< what kMaxXmlElements and kMaxXmlBytes count
  explicit XmlElements(Consume consume, Bounds bounds = Bounds::OfChild);
  ~XmlElements();
  XmlElements(const XmlElements&) = delete;
  XmlElements& operator=(const XmlElements&) = delete;

  /// The first piece decides on the encoding: a text that is ASCII, or UTF-8 where UTF-16 is declared, is read as
  /// UTF-8 whatever it declares. Beside these UTF-8, UTF-16 and ISO-8859-1; others are refused by name.
  Status feed(std::string_view bytes);
  Status finish();
  /// Name and attributes of the root, as soon as it is open.
  [[nodiscard]] const XmlNode& root() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// The whole document. Invalid with "line N".
Result<XmlNode> read_xml_tree(std::string_view text);

/// A leaf is its text; everything else an object of its attributes ("@name"), children and text ("#text"), and children
/// of one name are a list.
std::string json_of(const XmlNode& node);

/// The children of the node as members of such an object: names and JSON texts, each name once.
std::vector<std::pair<std::string, std::string>> members_of(const XmlNode& node);

/// The JSON text that the text of a tag means: 3, 0.5 or true where it is written as JSON writes them, else a string.
std::string json_value_of(std::string_view text);

/// `text` as the content of an element or an attribute in double quotes.
std::string xml_text(std::string_view text);
/// Whether `text` can stand in XML 1.0 and comes back as it is: no control characters, no line ends.
bool fits_xml(std::string_view text);

}  // namespace visionops::annotations
