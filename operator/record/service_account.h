// Which user a server process runs as. PostgreSQL refuses to run as root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"

namespace visionops::record {

struct ServiceAccount {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

/// nullopt: as ourselves. For root it is the owner of `existing` when that is somebody else, else the user
/// `postgres`. Invalid when there is no such user.
Result<std::optional<ServiceAccount>> service_account(const std::filesystem::path& existing);

/// Whether the account may pass through every folder above `path` (root's home often forbids it).
bool can_reach(const ServiceAccount& account, const std::filesystem::path& path);

}  // namespace visionops::record
