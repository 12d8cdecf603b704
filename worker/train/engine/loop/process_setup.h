// What a process that trains wants of its C library and its OpenMP runtime.
#pragma once

namespace visionops::train {

/// First in main(), with its argv: libgomp reads its settings before that, so the program may start once more.
/// Settings of the caller (OMP_WAIT_POLICY, GOMP_SPINCOUNT) stay as they are.
void set_up_training_process(char** argv);

}  // namespace visionops::train
