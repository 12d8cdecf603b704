#include "operator/local/kubelet/pod_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/posix/small_files.h"

namespace visionops::local {

Status PodFolder::create(const std::string& token_text, const std::vector<std::string>& containers) const {
  std::vector<std::filesystem::path> folders{volume(), answers(), sidecar()};
  for (const auto& container : containers) folders.push_back(termination(container).parent_path());
  for (const auto& folder : folders) {
    if (auto made = make_folders(folder); !made) return made;
  }
  if (::chmod(root_.c_str(), 0700) != 0) return system_error("cannot protect", root_);
  auto fd = open_file(token(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
  if (!fd) return fd.error();
  return write_all(fd->get(), token_text, token());
}

Status PodFolder::remove() const {
  std::error_code failure;
  std::filesystem::remove_all(root_, failure);
  if (failure) return retry_error("cannot remove " + root_.string() + ": " + failure.message());
  return {};
}

}  // namespace visionops::local
