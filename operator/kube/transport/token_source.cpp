#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/json.h"
#include "operator/kube/transport/endpoint.h"

extern char** environ;

namespace visionops::kube {

namespace {

using Clock = std::chrono::steady_clock;
using Fetched = std::pair<Secret, Clock::time_point>;

constexpr std::size_t kMaxCredentialBytes = 1 << 20;
constexpr auto kExecDeadline = std::chrono::seconds(60);

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

Result<Fetched> read_token_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || trimmed(text.str()).empty()) return retry_error("token file " + path + " cannot be read");
  return Fetched{Secret(trimmed(text.str())), Clock::now() + std::chrono::minutes(1)};
}

/// Reads until end of file, the bound, or the deadline; true when the stream ended in time.
bool drain(int fd, std::string& out) {
  const auto deadline = Clock::now() + kExecDeadline;
  std::array<char, 4096> buffer{};
  while (out.size() <= kMaxCredentialBytes) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{fd, POLLIN, 0};
    if (left <= 0 || poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n == 0) return true;
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return false;
}

Result<std::string> run_plugin(const std::vector<std::string>& command,
                               const std::vector<std::pair<std::string, std::string>>& env) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return retry_error("exec credential plugin: no pipe");
  std::vector<std::string> environment;
  for (char** e = environ; *e != nullptr; ++e) environment.emplace_back(*e);
  for (const auto& [name, value] : env) environment.push_back(name + "=" + value);
  environment.emplace_back(
      R"(KUBERNETES_EXEC_INFO={"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
  std::vector<char*> argv, envp;
  for (const auto& a : command) argv.push_back(const_cast<char*>(a.c_str()));
  for (const auto& e : environment) envp.push_back(const_cast<char*>(e.c_str()));
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int spawned = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string out;
  const bool ended = spawned == 0 && drain(pipe_ends[0], out);
  close(pipe_ends[0]);
  if (spawned != 0) return invalid_error("exec credential plugin \"" + command.front() + "\" cannot be started");
  if (!ended) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended || status != 0) return retry_error("exec credential plugin \"" + command.front() + "\" failed");
  return out;
}

Result<Fetched> parse_credential(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  const auto token = json.is_object() ? json.value("/status/token"_json_pointer, std::string()) : std::string();
  if (token.empty()) return invalid_error("exec credential plugin: status.token is missing");
  const auto expires = parse_time(json.value("/status/expirationTimestamp"_json_pointer, std::string()));
  auto refresh = Clock::now() + std::chrono::hours(1);
  if (expires)
    refresh = Clock::now() + (*expires - std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())) -
              std::chrono::seconds(30);
  return Fetched{Secret(token), refresh};
}

}  // namespace

TokenSource TokenSource::constant(Secret token) {
  return TokenSource([token]() -> Result<Fetched> { return Fetched{token, Clock::time_point::max()}; });
}

TokenSource TokenSource::file(std::string path) {
  return TokenSource([path = std::move(path)] { return read_token_file(path); });
}

TokenSource TokenSource::exec(std::vector<std::string> command, std::vector<std::pair<std::string, std::string>> env) {
  return TokenSource([command = std::move(command), env = std::move(env)]() -> Result<Fetched> {
    auto text = run_plugin(command, env);
    if (!text) return text.error();
    return parse_credential(*text);
  });
}

Result<Secret> TokenSource::bearer() {
  if (!fetch_) return Secret();
  if (!cached_.empty() && Clock::now() < refresh_at_) return cached_;
  auto fetched = fetch_();
  // A rotation that fails once must not break calls while the old token may still be good.
  if (!fetched) return cached_.empty() ? Result<Secret>(fetched.error()) : Result<Secret>(cached_);
  cached_ = fetched->first;
  refresh_at_ = fetched->second;
  return cached_;
}

}  // namespace visionops::kube
