#include "operator/record/postgres_programs.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace visionops::record {
namespace {

namespace fs = std::filesystem;

int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<PostgresPrograms> programs_in(const fs::path& folder) {
  PostgresPrograms found{folder / "initdb", folder / "postgres"};
  if (::access(found.initdb.c_str(), X_OK) != 0 || ::access(found.postgres.c_str(), X_OK) != 0) return std::nullopt;
  return found;
}

/// (version, folder with the programs) of packages: /usr/lib/postgresql/15/bin, /usr/pgsql-15/bin.
std::vector<std::pair<int, fs::path>> packaged() {
  std::vector<std::pair<int, fs::path>> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    out.emplace_back(number_of(entry.path().filename().string()), entry.path() / "bin");
  }
  for (const auto& entry : fs::directory_iterator("/usr", error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("pgsql-")) out.emplace_back(number_of(name.substr(6)), entry.path() / "bin");
  }
  std::sort(out.rbegin(), out.rend());
  return out;
}

}  // namespace

Result<PostgresPrograms> find_postgres_programs(const std::string& path_variable, const std::string& major) {
  if (major.empty()) {
    std::istringstream folders(path_variable);
    for (std::string folder; std::getline(folders, folder, ':');) {
      if (folder.empty() || folder.front() != '/') continue;
      if (auto found = programs_in(folder)) return *found;
    }
  }
  for (const auto& [version, folder] : packaged()) {
    if (!major.empty() && version != number_of(major)) continue;
    if (auto found = programs_in(folder)) return *found;
  }
  if (!major.empty()) {
    return Error{ErrorClass::NotFound, "the history was written by PostgreSQL " + major +
                                           ", which is not installed here: "
                                           "install postgresql-" +
                                           major + ", or move the folder away to start a new history"};
  }
  return Error{ErrorClass::NotFound,
               "PostgreSQL is not installed (apt-get install postgresql), so no history is kept; "
               "--database uses a server elsewhere"};
}

}  // namespace visionops::record
