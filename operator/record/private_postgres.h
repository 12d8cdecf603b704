// A PostgreSQL of our own for a single machine: data, socket and log below one folder, reachable only
// through a Unix socket in a folder of mode 0700, gone with the process that owns it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "operator/record/database_folder.h"
#include "operator/record/postgres_programs.h"
#include "operator/record/service_account.h"

namespace spdlog {
class logger;
}

namespace visionops::record {

struct PrivatePostgresOptions {
  std::filesystem::path folder;         ///< made when absent; belongs to this class
  std::string path_variable;            ///< $PATH, where to look for the programs first
  Duration start_deadline{90'000};      ///< initdb and crash recovery included
  Duration stop_deadline{10'000};       ///< of the fast shutdown, before harder signals
  std::shared_ptr<spdlog::logger> log;  ///< required
};

/// The server is a child of a thread of this object: it gets SIGINT (fast shutdown) from the kernel when
/// that thread ends for any reason, kill -9 of the owner included. When the server dies by itself
/// it is started again, with backoff.
class PrivatePostgres {
 public:
  /// Blocks until the server answers and the database exists. NotFound: PostgreSQL is not installed, with
  /// the name of the package. Conflict: another process uses the folder.
  static Result<std::unique_ptr<PrivatePostgres>> start(PrivatePostgresOptions options);
  /// For libpq, of the server that another process has started for this folder; whether one answers is for the caller
  /// to find out. `folder` as given to start().
  static std::string connection_to_running(const std::filesystem::path& folder);
  /// stop().
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  /// For libpq; valid as long as the object lives, also while the server restarts. No secret in it.
  [[nodiscard]] std::string connection_string() const;
  /// Process id of the server; 0 while there is none.
  [[nodiscard]] int pid() const;
  /// Shuts down and waits.
  void stop();

 private:
  explicit PrivatePostgres(PrivatePostgresOptions options);

  Status prepare();
  void supervise(const std::stop_token& stop);
  Status launch(const std::stop_token& stop);
  Status initialise(const std::stop_token& stop);
  Status end_orphan();
  Status wait_until_ready(const std::stop_token& stop);
  Status ensure_database() const;
  Status run_to_end(const std::string& program, const std::vector<std::string>& arguments, const std::stop_token& stop);
  Result<int> spawn(const std::string& program, const std::vector<std::string>& arguments, int death_signal) const;
  void shut_down();
  bool reap(Duration patience);
  bool pause(Duration time, const std::stop_token& stop);
  void set_pid(int pid);
  [[nodiscard]] Error with_log(std::string what) const;
  [[nodiscard]] std::string connection_to(const std::string& database) const;
  [[nodiscard]] std::filesystem::path cluster() const { return options_.folder / "cluster"; }
  [[nodiscard]] std::filesystem::path log_file() const { return options_.folder / "postgres.log"; }

  const PrivatePostgresOptions options_;
  std::filesystem::path socket_folder_;
  bool short_socket_folder_ = false;  // below /tmp, removed in the end
  PostgresPrograms programs_;
  std::optional<ServiceAccount> account_;
  bool keep_search_right_ = false;
  std::optional<FolderLock> lock_;

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  int pid_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  std::optional<Status> first_start_ VISIONOPS_GUARDED_BY(mutex_);

  std::jthread thread_;
};

}  // namespace visionops::record
