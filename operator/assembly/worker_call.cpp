#include "operator/assembly/worker_call.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "worker/contract/run_spec.h"
#include "worker/contract/store_location.h"

namespace visionops::commands {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostOutput = 4U << 20U;

std::string beside_us(const char* program) {
  std::error_code failure;
  return (fs::read_symlink("/proc/self/exe", failure).parent_path() / program).string();
}

/// Ours, with the stores of `data`: a folder, and the location of each bucket.
std::vector<std::string> environment_for(const fs::path& data) {
  std::vector<std::string> out;
  const std::string stores = std::string(contract::kStoresEnv) + "=";
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(stores)) out.emplace_back(*variable);
  }
  out.push_back(stores + (data / "stores").string());
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(data / "stores", failure)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    out.push_back(contract::store_env(entry.path().stem().string()) + "=" +
                  std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::string read_all(int fd) {
  std::string out;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return out;
    if (out.size() < kMostOutput) out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

int end_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace

Result<WorkerAnswer> call_worker(const std::vector<std::string>& arguments, const fs::path& data) {
  const std::string program = beside_us("visionops-worker");
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = environment_for(data);
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return retry_error(std::string("pipe: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  pid_t pid = -1;
  const int failure =
      ::posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  WorkerAnswer answer;
  if (failure == 0) answer.output = read_all(pipe[0]);
  ::close(pipe[0]);
  if (failure != 0) return not_found_error(program + ": " + std::strerror(failure));
  answer.exit_code = end_of(pid);
  return answer;
}

}  // namespace visionops::commands
