// The composition of an embedded run: cluster, operator, history and telemetry, wired once.
#pragma once

#include <spdlog/fwd.h>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "operator/local/embedded_cluster.h"

namespace visionops::commands {

struct SessionOptions {
  std::string data_folder = ".visionops";
  bool history = true;              ///< false: no database at all
  Secret database;                  ///< empty: private PostgreSQL
  std::vector<std::string> stores;  ///< NAME=FOLDER or NAME=FILE, see declared_stores.h
  std::string log_level = "warn";
};

/// open, start and stop from one thread.
class Session {
 public:
  /// Takes the data folder; nothing runs yet.
  static Result<std::unique_ptr<Session>> open(SessionOptions options);
  ~Session();

  cluster::ClusterApi& api();
  /// What commands of other terminals have created or changed since the start.
  [[nodiscard]] std::set<cluster::ObjectKey> asked_from_outside() const;
  /// Starts PostgreSQL, telemetry, Pods and the operator.
  Status start();
  /// Pods save their state, the last records are written (or spooled), all processes end. Idempotent.
  void stop();
  /// Records that an earlier run could not write are waiting for a start.
  [[nodiscard]] bool has_unwritten_history() const;
  /// One line about the history that a user should know at the end; empty when all is well.
  [[nodiscard]] std::string history_note() const;

 private:
  struct Parts;
  explicit Session(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::commands
