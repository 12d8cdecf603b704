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
  return {std::make_shared<const Json>(), file, line, nullptr, "", std::move(error)};
}

bool is_list(const Json& document) {
  return document.is_object() && document.value("kind", Json()) == "List" && document.contains("items") &&
         document.at("items").is_array();
}

int line_at(const YamlLines& lines, const std::string& path, int otherwise) {
  const auto found = lines.find(path);
  return found == lines.end() ? otherwise : found->second;
}

/// The items of a List stay where they are: copied with their lines, many would cost their number squared.
void add_items(const std::filesystem::path& file, const std::shared_ptr<const Json>& document,
               const std::shared_ptr<const YamlLines>& lines, std::vector<Manifest>& out) {
  const Json& items = document->at("items");
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string within = "items[" + std::to_string(i) + "]";
    const int line = line_at(*lines, within, 0);
    out.push_back({std::shared_ptr<const Json>(document, &items[i]), file, line, lines, std::move(within), {}});
  }
}

void add_document(const std::filesystem::path& file, const Chunk& chunk, std::vector<Manifest>& out) {
  Json parsed;
  YamlLines found;
  YamlError failure;
  if (!parse_yaml(chunk.text, chunk.line, parsed, found, failure)) {
    const std::string where = file.string() + ":" + std::to_string(failure.line);
    out.push_back(broken(file, failure.line, invalid_error(where + ": " + failure.message)));
    return;
  }
  if (parsed.is_null()) return;
  const auto document = std::make_shared<const Json>(std::move(parsed));
  const auto lines = std::make_shared<const YamlLines>(std::move(found));
  if (is_list(*document)) return add_items(file, document, lines, out);
  out.push_back({document, file, line_at(*lines, "", 0), lines, "", {}});
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
  const auto told = [this](int found) { return file.string() + ":" + std::to_string(found); };
  if (lines == nullptr) return told(line);
  std::string nearest = within.empty() || path.empty() ? within + path : within + "." + path;
  while (nearest.size() > within.size() && !lines->contains(nearest)) {
    const auto cut = nearest.find_last_of(".[");
    nearest.resize(cut == std::string::npos ? within.size() : std::max(cut, within.size()));
  }
  return told(line_at(*lines, nearest, line));
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
