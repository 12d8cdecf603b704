#include "tests/sim/undisturbed.h"

#include <stdexcept>

#include "tests/sim/end_state.h"

namespace visionops::sim {
namespace {

Undisturbed compute() {
  World world({.seed = 1});
  std::string problem = world.run();
  for (const auto& violation : world.history().violations()) problem += "\n" + violation;
  if (!problem.empty()) {
    for (const auto& [name, text] : end_state(world.store(), {})) problem += "\n" + name + ": " + text;
    throw std::runtime_error("the undisturbed run: " + problem);
  }
  return {.state = end_state(world.store(), {}),
          .state_without_attempts = end_state(world.store(), {.attempts = true}),
          .counts = world.history().counts(),
          .records = world.lasting_records(),
          .writes_by_object = world.api().writes_by_object(),
          .writes = world.api().writes()};
}

}  // namespace

const Undisturbed& undisturbed() {
  static const Undisturbed run = compute();
  return run;
}

}  // namespace visionops::sim
