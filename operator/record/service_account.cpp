#include "operator/record/service_account.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace visionops::record {
namespace {

constexpr const char* kUser = "postgres";

std::vector<gid_t> groups_of(const char* user, gid_t gid) {
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (::getgrouplist(user, gid, groups.data(), &count) < 0) return {gid};
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

bool may_search(const ServiceAccount& account, const struct stat& folder) {
  if (folder.st_uid == account.uid) return (folder.st_mode & S_IXUSR) != 0;
  const bool member = folder.st_gid == account.gid ||
                      std::find(account.groups.begin(), account.groups.end(), folder.st_gid) != account.groups.end();
  return (folder.st_mode & (member ? S_IXGRP : S_IXOTH)) != 0;
}

}  // namespace

Result<std::optional<ServiceAccount>> service_account(const std::filesystem::path& existing) {
  if (::geteuid() != 0) return std::optional<ServiceAccount>();
  struct stat info {};
  if (::stat(existing.c_str(), &info) == 0 && info.st_uid != 0) {
    return std::optional(ServiceAccount{info.st_uid, info.st_gid, {info.st_gid}});
  }
  std::array<char, 16384> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwnam_r(kUser, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return invalid_error("PostgreSQL does not run as root, and there is no user \"postgres\" to run it as");
  }
  return std::optional(ServiceAccount{entry.pw_uid, entry.pw_gid, groups_of(kUser, entry.pw_gid)});
}

bool can_reach(const ServiceAccount& account, const std::filesystem::path& path) {
  for (auto folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0 || !may_search(account, info)) return false;
    if (folder == folder.parent_path()) break;
  }
  return true;
}

}  // namespace visionops::record
