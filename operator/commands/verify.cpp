#include "operator/commands/verify.h"

#include <iostream>
#include <memory>

#include "base/cli/safe_streams.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/quantity.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/assembly/store_places.h"
#include "operator/assembly/worker_call.h"
#include "operator/present/columns.h"
#include "operator/present/resource_words.h"
#include "operator/present/text_table.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_spec.h"

namespace visionops::commands {

namespace {

using contract::ExitCode;

struct VerifyOptions {
  DataFolder folder;
  std::vector<std::string> words;
  bool json = false;
};

/// "NAME..." as well: nothing but Datasets is verified.
Result<std::vector<cluster::ObjectKey>> verified_keys(const VerifyOptions& options, cluster::ClusterApi& api) {
  if (!options.words.empty()) {
    auto words = options.words;
    const auto& first = words.front();
    if (!parse_kind(first) && first.find('/') == std::string::npos) words.insert(words.begin(), "dataset");
    return parse_object_keys(words, options.folder.namespace_);
  }
  const auto all = api.list(cluster::Kind::Dataset, {options.folder.namespace_, {}});
  if (!all) return all.error();
  std::vector<cluster::ObjectKey> keys;
  for (const auto& object : all->items) {
    if (!std::get<api::Dataset>(object).status.digest.empty()) keys.push_back(cluster::key_of(object));
  }
  return keys;
}

contract::DatasetLocation location_of(const api::Dataset& dataset) {
  contract::DatasetLocation out;
  out.name = dataset.meta.name;
  out.store = dataset.status.resolved->store;
  out.path = dataset.status.resolved->path;
  out.format = dataset.spec.format;
  out.annotations = dataset.spec.annotations;
  out.image_root = dataset.spec.image_root;
  out.split = dataset.spec.split;
  out.version = dataset.spec.version;
  out.digest = dataset.status.digest;
  out.uid = dataset.meta.uid;
  return out;
}

struct Verified {
  cluster::ObjectKey key;
  std::string place;
  std::string expected;
  Json found;  ///< what the worker said; null: it could not look
  ExitCode code = ExitCode::Done;
};

Result<Verified> verify_one(cluster::ClusterApi& api, const cluster::ObjectKey& key,
                            const std::filesystem::path& data) {
  if (key.kind != cluster::Kind::Dataset) return invalid_error(to_string(key) + ": only Datasets are verified");
  const auto object = api.get(key);
  if (!object) return object.error();
  const auto& dataset = std::get<api::Dataset>(*object);
  if (!dataset.status.resolved || dataset.status.digest.empty())
    return not_found_error(to_string(key) + " has not been Ready yet: there is nothing to compare with");
  const auto location = location_of(dataset);
  const auto answer = call_worker({"verify", "--dataset", encode_text(location)}, data);
  if (!answer) return answer.error();
  Verified out{key, place_in_store(data, location.store, location.path), location.digest, {}, {}};
  out.code = static_cast<ExitCode>(answer->exit_code);
  if (auto found = parse_json(answer->output)) out.found = *std::move(found);
  return out;
}

void print_named(const Json& found, const char* kind) {
  const auto files = found.value(kind, Json::object());
  const auto first = files.value("first", std::vector<std::string>{});
  for (const auto& path : first) std::cout << "  " << padded(kind, 9) << single_line(path) << "\n";
  const auto count = files.value("count", std::size_t{0});
  if (count > first.size()) std::cout << "  and " << count - first.size() << " more " << kind << "\n";
}

void print_verified(const Verified& verified) {
  const std::string name = std::string(kind_name(verified.key.kind)) + "/" + verified.key.name;
  const auto& found = verified.found;
  if (!found.is_object()) {
    std::cout << name << " could not be verified: " << verified.place << "\n";
    return;
  }
  if (found.value("same", false)) {
    std::cout << name << " verified: " << found.value("files", 0) << " files, "
              << format_bytes(found.value("bytes", std::int64_t{0})) << ", " << verified.expected << "\n";
    return;
  }
  std::cout << name << " differs from what it was Ready with: " << verified.place << "\n";
  for (const char* kind : {"changed", "missing", "added"}) print_named(found, kind);
  if (!found.contains("changed"))
    std::cout << "  its own list of files cannot be read; digest " << text_of(found, "digest") << ", was "
              << verified.expected << "\n";
}

Json to_json(const Verified& verified) {
  Json out = verified.found.is_object() ? verified.found : Json::object();
  out["namespace"] = verified.key.namespace_;
  out["name"] = verified.key.name;
  out["place"] = verified.place;
  out["expected"] = verified.expected;
  out["exitCode"] = static_cast<int>(verified.code);
  return out;
}

/// Changed bytes matter more than a folder that is not there, and that more than a question that was wrong.
int worse(int a, int b) {
  const int changed = static_cast<int>(ExitCode::ContentChanged);
  return a == changed || b == changed ? changed : std::max(a, b);
}

int verify(const VerifyOptions& options) {
  const auto cluster = FolderCluster::open(options.folder, Access::Read);
  if (!cluster) return report(cluster.error());
  const auto keys = verified_keys(options, (*cluster)->api());
  if (!keys) return report(keys.error());
  int exit_code = 0;
  Json all = Json::array();
  for (const auto& key : *keys) {
    const auto verified = verify_one((*cluster)->api(), key, options.folder.absolute());
    exit_code = worse(exit_code, verified ? static_cast<int>(verified->code) : report(verified.error()));
    if (!verified) continue;
    if (options.json) all.push_back(to_json(*verified));
    if (!options.json) print_verified(*verified);
  }
  if (options.json) cli::machine_output() << dump_json(all) << "\n";
  if (keys->empty()) std::cerr << "No Dataset has been Ready in namespace " << options.folder.namespace_ << ".\n";
  return exit_code;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("verify", "Read all files of Datasets again and compare them with what they were Ready with");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("RESOURCE", options->words, "Names of Datasets; when absent all of the namespace");
  command->add_flag("--json", options->json, "An array of objects, one for each Dataset");
  add_data_options(*command, options->folder);
  command->footer("Exit code 8: files are missing, changed or added; the first ten of each are named.");
  command->callback([options, &exit_code] { exit_code = verify(*options); });
}

}  // namespace visionops::commands
