// Runs an embedded cluster until it is killed: the parent whose sudden death the tests look at.
//   local-node-host DATA_FOLDER SCRIPT    one Job whose worker is `sh -c SCRIPT`; empty: no new Job
#include <unistd.h>

#include <cstdio>

#include "operator/local/embedded_cluster.h"
#include "tests/unit/local/objects.h"

int main(int argc, char** argv) {
  using namespace visionops;
  if (argc != 3) return 2;
  const SystemClock clock;
  local::EmbeddedClusterOptions options;
  options.data_folder = argv[1];
  options.cpus = 4;
  auto cluster = local::EmbeddedCluster::open(std::move(options), clock);
  if (!cluster) {
    std::fprintf(stderr, "%s\n", cluster.error().message.c_str());
    return 1;
  }
  const std::string script = argv[2];
  if (!script.empty() && !(*cluster)->api().create(test::shell_job("j", script)).ok()) return 1;
  if (!(*cluster)->start().ok()) return 1;
  while (true) pause();
}
