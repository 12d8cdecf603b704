#include "operator/commands/run/run_words.h"

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "operator/assembly/store_places.h"
#include "operator/present/result_tree.h"

namespace visionops::commands {

namespace {

/// The first training of the run, or else its first resource.
std::string worth_a_look(const std::vector<cluster::ObjectKey>& keys) {
  const auto training =
      std::ranges::find(keys, cluster::Kind::TrainingJob, [](const cluster::ObjectKey& key) { return key.kind; });
  const auto& key = training == keys.end() ? keys.front() : *training;
  return std::string(kind_name(key.kind)) + "/" + key.name;
}

std::string place_of_files(const cluster::ObjectKey& key, const std::vector<cluster::Object>& objects,
                           const std::filesystem::path& data) {
  const auto object = std::ranges::find_if(objects, [&](const auto& o) { return cluster::key_of(o) == key; });
  const auto* dataset = object == objects.end() ? nullptr : std::get_if<api::Dataset>(&*object);
  if (dataset == nullptr || !dataset->status.resolved) return "";
  const auto& place = *dataset->status.resolved;
  return "\n  its files: " + place_in_store(data, place.store, place.path);
}

}  // namespace

void print_result(const std::vector<cluster::Object>& objects) {
  std::cout << "\n";
  for (const auto& line : result_tree(objects)) std::cout << line << "\n";
}

void print_failures(const std::vector<cluster::ObjectKey>& keys, const std::vector<Settlement>& states,
                    const std::vector<cluster::Object>& objects, const std::filesystem::path& data) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (states[i].rest == Rest::Done) continue;
    const char* word = states[i].rest == Rest::Failed    ? "failed"
                       : states[i].rest == Rest::Waiting ? "waits"
                                                         : "unfinished";
    std::cout << kind_name(keys[i].kind) << "/" << keys[i].name << " " << word << ": " << states[i].why
              << place_of_files(keys[i], objects, data) << "\n";
  }
}

void print_hints(const DataFolder& folder, const std::vector<cluster::ObjectKey>& keys) {
  const std::string program = program_invocation_name;
  const std::string flag = folder.flag();
  const std::string resource = worth_a_look(keys);
  std::cout << "\nLook next:\n"
            << "  " << program << " get" << flag << "  # resources, like kubectl\n"
            << "  " << program << " describe " << resource << flag << "  # conditions and events\n"
            << "  " << program << " logs " << resource << flag << "  # what its Pods wrote\n"
            << "  " << program << " sql 'SELECT * FROM visionops.dataset_group_summary'" << flag << "\n"
            << "  " << program << " stores" << flag << "  # where the files lie\n";
}

}  // namespace visionops::commands
