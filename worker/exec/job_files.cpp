#include "worker/exec/job_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/posix/small_files.h"
#include "base/relative_path.h"
#include "worker/storage/beneath/new_file.h"
#include "worker/storage/beneath/open_beneath.h"

namespace visionops::exec {

namespace {

Status write_one(int root, const std::string& name, const std::string& text) {
  if (const auto problem = relative_path_problem(name)) return invalid_error(name + ": " + *problem);
  const auto slash = name.rfind('/');
  const auto parent = slash == std::string::npos ? "" : name.substr(0, slash);
  const auto folder = storage::open_folder(root, parent, /*create=*/true);
  if (!folder) return folder.error();
  auto file = storage::NewFile::create(folder->get(), name);
  if (!file) return file.error();
  if (auto status = file->append(text); !status) return status;
  if (text.starts_with("#!")) (void)::fchmod(file->fd(), 0755);
  return file->place(slash == std::string::npos ? name : name.substr(slash + 1), /*replace=*/true);
}

}  // namespace

Status write_job_files(const std::filesystem::path& folder, const std::map<std::string, std::string>& files) {
  if (auto made = make_folders(folder); !made) return made;
  const auto root = open_file(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!root) return root.error();
  (void)storage::remove_temporaries(root->get());  // of one that was killed
  for (const auto& [name, text] : files) {
    if (auto status = write_one(root->get(), name, text); !status)
      return Status(status.error().in("train.framework.files"));
  }
  return {};
}

}  // namespace visionops::exec
