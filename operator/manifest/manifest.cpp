#include "operator/manifest/manifest.h"

#include <algorithm>
#include <iostream>

#include "base/json.h"
#include "base/posix/small_files.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxManifestBytes = 4U << 20U;

/// A document of a file as text, with the number of its first line.
struct Chunk {
  std::string text;
  int line;
};

/// A line that begins with "---" starts a document, whatever stands before it: even inside a block
/// scalar it would end the document (YAML 1.2.2, section 9.1.2). Splitting before parsing keeps a
/// broken document from hiding the good ones.
std::vector<Chunk> split_documents(const std::string& text) {
  std::vector<Chunk> chunks{{"", 1}};
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const auto end = std::min(text.find('\n', at), text.size() - 1);
    const std::string_view current(text.data() + at, end - at + 1);
    const bool marker =
        current.rfind("---", 0) == 0 && (current.size() == 3 || std::isspace(static_cast<unsigned char>(current[3])));
    if (marker) chunks.push_back({"", line});
    chunks.back().text += current;
    at = end + 1;
  }
  return chunks;
}

Manifest broken(const std::filesystem::path& file, int line, Error error) {
  return {std::make_shared<const Json>(), file, line, {}, std::move(error)};
}

/// Lines of the items of a List, with paths as if each were a document.
YamlLines lines_below(const YamlLines& lines, const std::string& prefix) {
  YamlLines out;
  for (const auto& [path, line] : lines) {
    if (path == prefix) out[""] = line;
    if (path.rfind(prefix + ".", 0) == 0) out[path.substr(prefix.size() + 1)] = line;
  }
  return out;
}

void add_document(const std::filesystem::path& file, const Chunk& chunk, std::vector<Manifest>& out) {
  Json document;
  YamlLines lines;
  YamlError failure;
  if (!parse_yaml(chunk.text, chunk.line, document, lines, failure)) {
    const std::string where = file.string() + ":" + std::to_string(failure.line);
    out.push_back(broken(file, failure.line, invalid_error(where + ": " + failure.message)));
    return;
  }
  if (document.is_null()) return;
  const bool list =
      document.is_object() && document.value("kind", Json()) == "List" && document.value("items", Json()).is_array();
  if (!list) {
    const int line = lines[""];
    out.push_back({std::make_shared<const Json>(std::move(document)), file, line, std::move(lines), std::nullopt});
    return;
  }
  const Json& items = document["items"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    YamlLines below = lines_below(lines, "items[" + std::to_string(i) + "]");
    const int line = below[""];
    out.push_back({std::make_shared<const Json>(items[i]), file, line, std::move(below), std::nullopt});
  }
}

void add_documents(const std::filesystem::path& name, const std::string& text, std::vector<Manifest>& out) {
  for (const Chunk& chunk : split_documents(text)) add_document(name, chunk, out);
}

void load_file(const std::filesystem::path& file, std::vector<Manifest>& out) {
  const auto text = read_file(file, kMaxManifestBytes);
  if (!text) {
    out.push_back(broken(file, 1, text.error()));
    return;
  }
  add_documents(file, *text, out);
}

/// One byte more than allowed tells that there are too many.
void load_standard_input(std::vector<Manifest>& out) {
  const std::filesystem::path name = "standard input";
  std::string text(kMaxManifestBytes + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (text.size() > kMaxManifestBytes) {
    const auto limit = std::to_string(kMaxManifestBytes);
    out.push_back(broken(name, 1, invalid_error(name.string() + " has more than " + limit + " bytes")));
    return;
  }
  add_documents(name, text, out);
}

bool is_manifest(const std::filesystem::path& file) {
  const auto extension = file.extension();
  std::error_code failure;
  return (extension == ".yaml" || extension == ".yml" || extension == ".json") &&
         std::filesystem::is_regular_file(file, failure);
}

template <class Walk>
Result<std::vector<std::filesystem::path>> manifests_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (Walk it(folder, failure), end; !failure && it != end; it.increment(failure)) {
    if (is_manifest(it->path())) files.push_back(it->path());
  }
  if (failure) return retry_error("cannot read " + folder.string() + ": " + failure.message());
  if (files.empty()) return invalid_error(folder.string() + " has no *.yaml, *.yml or *.json file");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string Manifest::where(const std::string& path) const {
  std::string nearest = path;
  while (!lines.contains(nearest) && !nearest.empty()) {
    const auto cut = nearest.find_last_of(".[");
    nearest = cut == std::string::npos ? "" : nearest.substr(0, cut);
  }
  const auto it = lines.find(nearest);
  return file.string() + ":" + std::to_string(it == lines.end() ? line : it->second);
}

Result<std::vector<Manifest>> load_manifests(const std::filesystem::path& given, bool recursive) {
  std::vector<Manifest> out;
  if (given == "-") {
    load_standard_input(out);
    return out;
  }
  std::error_code failure;
  const auto path = std::filesystem::absolute(given, failure).lexically_normal();
  const auto type = std::filesystem::status(path, failure).type();
  if (type == std::filesystem::file_type::not_found) return not_found_error(path.string() + " does not exist");
  if (type != std::filesystem::file_type::directory) {
    load_file(path, out);
    return out;
  }
  auto files = recursive ? manifests_in<std::filesystem::recursive_directory_iterator>(path)
                         : manifests_in<std::filesystem::directory_iterator>(path);
  if (!files) return files.error();
  for (const auto& file : *files) load_file(file, out);
  return out;
}

}  // namespace visionops::local
