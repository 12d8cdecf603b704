#include "worker/sidecar/last_word.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "worker/storage/local/unique_fd.h"

namespace visionops::sidecar {
namespace {

constexpr const char* kOfContainers = "/dev/termination-log";

Error failure(const std::string& file) {
  return retry_error("the last word was not written to " + file + ": " + std::strerror(errno));
}

}  // namespace

Status say_last_word(const contract::SidecarWord& word, const std::string& path) {
  const bool named = !path.empty();
  const std::string file = named ? path : kOfContainers;
  const storage::UniqueFd fd(
      ::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (named ? O_CREAT : 0), 0600));
  if (!fd && errno == ENOENT && !named) return {};
  if (!fd) return failure(file);
  const std::string text = contract::encode(word);
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) return failure(file);
  return {};
}

}  // namespace visionops::sidecar
