#include "worker/dataset/folder/file_list.h"

#include <string_view>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/relative_path.h"

namespace visionops::dataset_folder {

const Table<FileListHead>& FileListHead::fields() {
  static const Table<FileListHead> table{
      field("schema", &FileListHead::schema, "Version of this file format.").required().range(1, 1),
      field("uid", &FileListHead::uid, "Uid of the Dataset.").required(),
      field("namespace", &FileListHead::namespace_, "Its namespace."),
      field("name", &FileListHead::name, "Its name."),
      field("run", &FileListHead::run, "The run that inspected the files."),
      field("path", &FileListHead::path, "Dataset folder inside the store.").required(),
      field("digest", &FileListHead::digest, "Digest of the files.").required(),
  };
  return table;
}

namespace {

constexpr const char* kListFile = "files.jsonl";

std::string line_of(const ListedFile& listed) {
  const auto& file = listed.file;
  std::string out = "{\"path\":" + dump_json(file.path) + ",\"size\":" + std::to_string(file.size) +
                    ",\"mtime\":" + std::to_string(file.mtime_ns) + ",\"sha256\":" + dump_json(file.sha256);
  return out + (listed.stray ? ",\"stray\":true}\n" : "}\n");
}

/// nullopt for what is no line of a list.
std::optional<ListedFile> read_line(std::string_view line) {
  const auto json = parse_json(std::string(line));
  if (!json || !json->is_object()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto it = json->find(key);
    return it != json->end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto number = [&](const char* key) {
    const auto it = json->find(key);
    return it != json->end() && it->is_number_integer() ? it->get<std::int64_t>() : -1;
  };
  const auto stray = json->find("stray");
  ListedFile out{{text("path"), number("size"), text("sha256"), number("mtime")},
                 stray != json->end() && stray->is_boolean() && stray->get<bool>()};
  if (relative_path_problem(out.file.path) || out.file.size < 0 || out.file.sha256.empty()) return std::nullopt;
  return out;
}

std::vector<DataFile> data_of(const FileList& list) {
  std::vector<DataFile> out;
  out.reserve(list.files.size());
  for (const auto& listed : list.files) out.push_back(listed.file);
  return out;
}

Result<FileListHead> decode_head(std::string_view line) {
  const auto json = parse_json(std::string(line));
  if (!json) return json.error().in(kListFile);
  Problems problems;
  auto head = decode_fields<FileListHead>(*json, "", problems);
  if (!problems.empty()) return invalid_error(std::string(kListFile) + ": " + describe(problems));
  return head;
}

}  // namespace

std::string file_list_path(const std::string& uid) { return contract::own_folder(uid) + "/" + kListFile; }

std::string encode(const FileList& list) {
  std::string out = dump_json(encode_fields(list.head)) + "\n";
  for (const auto& listed : list.files) out += line_of(listed);
  return out;
}

Result<FileList> decode_file_list(const std::string& text) {
  FileList list;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (++number == 1) {
      auto head = decode_head(line);
      if (!head) return head.error();
      list.head = *std::move(head);
      continue;
    }
    auto file = read_line(line);
    if (!file) return invalid_error(std::string(kListFile) + " line " + std::to_string(number) + ": is no file");
    list.files.push_back(*std::move(file));
  }
  if (number == 0) return invalid_error(std::string(kListFile) + ": is empty");
  if (dataset_digest(data_of(list)) != list.head.digest) {
    return invalid_error(std::string(kListFile) + ": its lines do not have the digest that it names");
  }
  return list;
}

Result<FileList> read_file_list(storage::StorageClient& store, const contract::DatasetLocation& location) {
  if (location.uid.empty()) return not_found_error("the Dataset has no uid");
  const auto text = store.read(file_list_path(location.uid), kMaxFileListBytes);
  if (!text) return text.error();
  auto list = decode_file_list(*text);
  if (!list) return list.error();
  const auto foreign = [&](const std::string& what, const std::string& found, const std::string& wanted) {
    return invalid_error(file_list_path(location.uid) + " is of " + what + " " + found + ", not of " + wanted);
  };
  if (list->head.uid != location.uid) return foreign("the Dataset with uid", list->head.uid, location.uid);
  if (list->head.path != location.path) return foreign("the folder", list->head.path, location.path);
  if (list->head.digest != location.digest) return foreign("the digest", list->head.digest, location.digest);
  return list;
}

}  // namespace visionops::dataset_folder
