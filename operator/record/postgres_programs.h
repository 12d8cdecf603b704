// Where PostgreSQL's server programs are on this machine.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace visionops::record {

struct PostgresPrograms {
  std::filesystem::path initdb;
  std::filesystem::path postgres;
};

/// Looks in PATH, then in the distributions' folders, the newest version first. A non-empty `major`
/// ("15") asks for the version that made an existing database. NotFound names the package to install.
Result<PostgresPrograms> find_postgres_programs(const std::string& path_variable, const std::string& major);

}  // namespace visionops::record
