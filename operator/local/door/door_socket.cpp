#include "operator/local/door/door_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/posix/small_files.h"

namespace visionops::local {
namespace {

constexpr int kBacklog = 16;

/// An address by way of an open folder: the path of the folder itself may be longer than an address holds.
sockaddr_un address_in(int folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(folder) + "/" + kDoorName;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

struct Place {
  FileDescriptor folder;
  FileDescriptor socket;
  sockaddr_un address{};
};

Result<Place> place_in(const std::filesystem::path& data) {
  auto folder = open_file(data, O_PATH | O_DIRECTORY);
  if (!folder) return folder.error();
  Place place{std::move(*folder), FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), {}};
  if (!place.socket) return system_error("cannot create", "a socket");
  place.address = address_in(place.folder.get());
  return place;
}

const sockaddr* plain(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

Result<FileDescriptor> listen_at_door(const std::filesystem::path& data) {
  auto place = place_in(data);
  if (!place) return place.error();
  ::unlinkat(place->folder.get(), kDoorName, 0);
  const int fd = place->socket.get();
  // Before it has a name, so that there is no moment in which others may connect.
  if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0 || ::bind(fd, plain(place->address), sizeof place->address) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    return system_error("cannot listen at", data / kDoorName);
  }
  ::fchmodat(place->folder.get(), kDoorName, S_IRUSR | S_IWUSR, 0);
  return std::move(place->socket);
}

Result<FileDescriptor> knock_at_door(const std::filesystem::path& data) {
  auto place = place_in(data);
  if (!place) return place.error();
  if (::connect(place->socket.get(), plain(place->address), sizeof place->address) == 0)
    return std::move(place->socket);
  const auto failure = system_error("cannot reach", data / kDoorName);
  return errno == ECONNREFUSED || errno == ENOENT ? not_found_error(failure.message) : failure;
}

bool is_same_user(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

Result<std::string> LineSocket::read_line() {
  std::array<char, 65536> buffer{};
  std::size_t searched = 0;
  while (true) {
    const auto newline = rest_.find('\n', searched);
    if (std::min(newline, rest_.size()) > longest_) return invalid_error("a message through the socket is too long");
    if (newline != std::string::npos) {
      std::string line = rest_.substr(0, newline);
      rest_.erase(0, newline + 1);
      return line;
    }
    searched = rest_.size();
    const ssize_t got = ::recv(connection_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return retry_error("the process that owns the data folder does not answer");
    if (got <= 0) return retry_error("the process that owned the data folder has ended");
    rest_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Status LineSocket::write_line(const std::string& line) {
  const std::string bytes = line + "\n";
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = ::send(connection_.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return retry_error("the process that owned the data folder has ended");
    at += static_cast<std::size_t>(sent);
  }
  return {};
}

}  // namespace visionops::local
