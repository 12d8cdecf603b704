#include "operator/record/private_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "operator/record/database_folder.h"
#include "operator/record/server_process.h"
#include "operator/record/sql_error.h"

namespace visionops::record {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr const char* kDatabase = "visionops";
constexpr const char* kUser = "visionops";
constexpr const char* kSocketFolder = "socket";
constexpr const char* kSocketName = ".s.PGSQL.5432";
constexpr std::size_t kMaxSocketPath = 107;  // sun_path less its NUL
constexpr std::uintmax_t kMaxLogBytes = 8 * 1024 * 1024;
constexpr Duration kPoll{50};
constexpr Duration kSupervisionPoll{250};
constexpr Duration kHardStopPatience{5'000};

/// Whether `pid` is a postmaster that works in this data folder, and not a later process of that number.
bool is_server_of(pid_t pid, const fs::path& data) {
  if (pid <= 1 || first_line_of("/proc/" + std::to_string(pid) + "/comm") != "postgres") return false;
  std::error_code error;
  const auto working = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", error);
  return !error && fs::equivalent(working, data, error);
}

/// Below the folder, or below /tmp where the path would be too long for a socket.
fs::path socket_folder_of(const fs::path& folder) {
  const fs::path own = folder / kSocketFolder;
  if ((own / kSocketName).string().size() <= kMaxSocketPath) return own;
  return "/tmp/visionops-" + sha256_hex(folder.string()).substr(0, 16);
}

std::string connection_by(const fs::path& socket_folder, const std::string& database) {
  std::string host;
  for (const char c : socket_folder.string()) {
    if (c == '\'' || c == '\\') host += '\\';
    host += c;
  }
  return "host='" + host + "' port=5432 user=" + kUser + " dbname=" + database;
}

}  // namespace

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::start(PrivatePostgresOptions options) {
  std::error_code error;
  options.folder = fs::absolute(options.folder, error).lexically_normal();
  if (!options.folder.has_filename()) options.folder = options.folder.parent_path();
  std::unique_ptr<PrivatePostgres> server(new PrivatePostgres(std::move(options)));
  if (auto status = server->prepare(); !status) return status.error();
  server->thread_ = std::jthread([self = server.get()](const std::stop_token& stop) { self->supervise(stop); });
  Status outcome;
  {
    MutexLock lock(server->mutex_);
    server->changed_.wait(lock, [&]() VISIONOPS_REQUIRES(server->mutex_) { return server->first_start_.has_value(); });
    outcome = *server->first_start_;
  }
  if (!outcome) return outcome.error();
  return server;
}

PrivatePostgres::PrivatePostgres(PrivatePostgresOptions options) : options_(std::move(options)) {}

PrivatePostgres::~PrivatePostgres() { stop(); }

void PrivatePostgres::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (short_socket_folder_) ::rmdir(socket_folder_.c_str());
  lock_.reset();
}

int PrivatePostgres::pid() const {
  const MutexLock lock(mutex_);
  return pid_;
}

std::string PrivatePostgres::connection_string() const { return connection_to(kDatabase); }

std::string PrivatePostgres::connection_to_running(const fs::path& folder) {
  return connection_by(socket_folder_of(folder), kDatabase);
}

std::string PrivatePostgres::connection_to(const std::string& database) const {
  return connection_by(socket_folder_, database);
}

/// Everything that needs no process: programs, user, folders, lock.
Status PrivatePostgres::prepare() {
  auto programs = find_postgres_programs(options_.path_variable, first_line_of(cluster() / "PG_VERSION"));
  if (!programs) return programs.error();
  programs_ = std::move(*programs);
  auto account = service_account(cluster());
  if (!account) return account.error();
  account_ = std::move(*account);
  const uid_t uid = account_ ? account_->uid : ::geteuid();
  const gid_t gid = account_ ? account_->gid : ::getegid();

  std::error_code error;
  fs::create_directories(options_.folder.parent_path(), error);
  if (auto status = make_private_folder(options_.folder, uid, gid); !status) return status;
  keep_search_right_ = account_ && !can_reach(*account_, options_.folder);
  auto lock = lock_database(options_.folder);
  if (!lock) return lock.error();
  lock_ = std::move(*lock);

  socket_folder_ = socket_folder_of(options_.folder);
  short_socket_folder_ = socket_folder_ != options_.folder / kSocketFolder;
  return make_private_folder(socket_folder_, uid, gid);
}

void PrivatePostgres::supervise(const std::stop_token& stop) {
  constexpr Duration kFirstBackoff{1'000};
  constexpr Duration kLastBackoff{30'000};
  constexpr auto kStable = std::chrono::minutes(1);
  Duration backoff = kFirstBackoff;
  while (!stop.stop_requested()) {
    const auto started = Steady::now();
    const Status status = launch(stop);
    if (!status) shut_down();
    bool first = false;
    {
      const MutexLock lock(mutex_);
      first = !first_start_.has_value();
      if (first) first_start_ = status;
    }
    changed_.notify_all();
    if (first && !status) return;
    if (status.ok()) {
      while (!reap(Duration::zero()) && pause(kSupervisionPoll, stop)) {
      }
      if (stop.stop_requested()) break;
      options_.log->warn("{}, starting it again", with_log("the private PostgreSQL ended").message);
    } else {
      options_.log->warn("{}", status.error().message);
    }
    if (Steady::now() - started > kStable) backoff = kFirstBackoff;
    pause(backoff, stop);
    backoff = std::min(backoff * 2, kLastBackoff);
  }
  shut_down();
}

Status PrivatePostgres::launch(const std::stop_token& stop) {
  if (auto status = end_orphan(); !status) return status;
  std::error_code error;
  if (!fs::exists(cluster() / "PG_VERSION", error)) {
    if (auto status = initialise(stop); !status) return status;
  }
  // Small: a few connections of our own, histories of one machine. No TCP.
  std::vector<std::string> arguments{"-D", cluster().string(), "-k", socket_folder_.string(), "-p", "5432", "-h", ""};
  for (const char* setting :
       {"unix_socket_permissions=0700", "shared_buffers=16MB", "max_connections=10", "wal_level=minimal",
        "max_wal_senders=0", "max_wal_size=128MB", "min_wal_size=32MB", "max_worker_processes=2",
        "max_parallel_workers=0", "autovacuum_max_workers=1", "jit=off", "logging_collector=off", "log_timezone=UTC",
        "timezone=UTC", "log_line_prefix=%m [%p] "}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  auto pid = spawn(programs_.postgres.string(), arguments, SIGINT);
  if (!pid) return pid.error();
  set_pid(*pid);
  if (auto status = wait_until_ready(stop); !status) return status;
  return ensure_database();
}

/// In a folder of another name first, so that a killed initdb leaves nothing that looks like a database.
Status PrivatePostgres::initialise(const std::stop_token& stop) {
  const auto fresh = options_.folder / "cluster.new";
  std::error_code error;
  fs::remove_all(fresh, error);
  auto status = run_to_end(programs_.initdb.string(),
                           {"-D", fresh.string(), "-U", kUser, "--auth=trust", "--encoding=UTF8", "--locale=C"}, stop);
  if (!status) return status;
  fs::rename(fresh, cluster(), error);
  if (error) return retry_error("rename " + fresh.string() + ": " + error.message());
  return {};
}

/// We hold the lock of the folder, so a server that still works in it has lost its owner. Usually it is
/// just shutting down; it gets time, then signals. Afterwards its traces are removed.
Status PrivatePostgres::end_orphan() {
  const auto pid_file = cluster() / "postmaster.pid";
  const auto pid = static_cast<pid_t>(std::atoi(first_line_of(pid_file).c_str()));
  for (const int signal : {0, SIGINT, SIGQUIT, SIGKILL}) {
    if (!is_server_of(pid, cluster())) break;
    if (signal != 0) ::kill(pid, signal);
    const auto deadline = Steady::now() + kHardStopPatience;
    while (is_server_of(pid, cluster()) && Steady::now() < deadline) std::this_thread::sleep_for(kPoll);
  }
  if (is_server_of(pid, cluster())) {
    return retry_error("an earlier PostgreSQL (process " + std::to_string(pid) + ") does not end");
  }
  std::error_code ignored;
  fs::remove(pid_file, ignored);
  fs::remove(socket_folder_ / kSocketName, ignored);
  fs::remove(socket_folder_ / (std::string(kSocketName) + ".lock"), ignored);
  return {};
}

Status PrivatePostgres::wait_until_ready(const std::stop_token& stop) {
  const auto deadline = Steady::now() + options_.start_deadline;
  const std::string target = connection_to("postgres");
  while (Steady::now() < deadline) {
    if (reap(Duration::zero())) return with_log("the private PostgreSQL did not start");
    if (PQping(target.c_str()) == PQPING_OK) return {};
    if (!pause(kPoll, stop)) return Error{ErrorClass::Cancelled, "stopped while PostgreSQL was starting"};
  }
  return with_log("the private PostgreSQL did not answer in time");
}

Status PrivatePostgres::ensure_database() const {
  return sql_guard([this] {
    pqxx::connection connection(connection_to("postgres"));
    pqxx::nontransaction session(connection);
    const auto found = session.exec(std::string("SELECT 1 FROM pg_database WHERE datname = '") + kDatabase + "'");
    if (found.empty()) session.exec(std::string("CREATE DATABASE ") + kDatabase);
  });
}

Status PrivatePostgres::run_to_end(const std::string& program, const std::vector<std::string>& arguments,
                                   const std::stop_token& stop) {
  auto pid = spawn(program, arguments, SIGKILL);
  if (!pid) return pid.error();
  const auto deadline = Steady::now() + options_.start_deadline;
  int result = 0;
  while (::waitpid(*pid, &result, WNOHANG) == 0) {
    if (Steady::now() < deadline && pause(kPoll, stop)) continue;
    ::kill(*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return with_log(program + " was stopped");
  }
  if (!WIFEXITED(result) || WEXITSTATUS(result) != 0) return with_log(program + " failed");
  return {};
}

Result<int> PrivatePostgres::spawn(const std::string& program, const std::vector<std::string>& arguments,
                                   int death_signal) const {
  std::error_code error;
  const bool grown = fs::file_size(log_file(), error) > kMaxLogBytes && !error;
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (grown ? O_TRUNC : 0);
  const int log = ::open(log_file().c_str(), flags, 0600);
  if (log < 0) return retry_error("open " + log_file().string() + ": " + std::strerror(errno));
  auto pid = start_server({program, arguments, log, death_signal, account_, keep_search_right_});
  ::close(log);
  if (!pid) return pid.error();
  return static_cast<int>(*pid);
}

/// Fast shutdown, then immediate shutdown, then kill.
void PrivatePostgres::shut_down() {
  const std::pair<int, Duration> steps[] = {
      {SIGINT, options_.stop_deadline}, {SIGQUIT, kHardStopPatience}, {SIGKILL, kHardStopPatience}};
  for (const auto& [signal, patience] : steps) {
    const int server = pid();
    if (server == 0) return;
    ::kill(server, signal);
    if (reap(patience)) return;
  }
}

/// True when there is no server (any more) after at most `patience`.
bool PrivatePostgres::reap(Duration patience) {
  const int server = pid();
  if (server == 0) return true;
  const auto deadline = Steady::now() + patience;
  while (::waitpid(server, nullptr, WNOHANG) == 0) {
    if (Steady::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  set_pid(0);
  return true;
}

/// False when the end was requested.
bool PrivatePostgres::pause(Duration time, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void PrivatePostgres::set_pid(int pid) {
  const MutexLock lock(mutex_);
  pid_ = pid;
}

Error PrivatePostgres::with_log(std::string what) const {
  const std::string line = last_line_of(log_file());
  if (!line.empty()) what += ": " + line;
  return retry_error(what + " (log: " + log_file().string() + ")");
}

}  // namespace visionops::record
