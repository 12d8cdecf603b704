// Variables of the Secrets that a TrainingJob names, as the trainer reads them.
#pragma once

#include <ostream>

namespace visionops::train {

/// Before any thread is started: gives variables out of Secrets (contract/secret_variables.h) their own names when
/// they look like credentials, and takes the others away, with a line on `log` that names the variable and never its
/// value. What is set already stays as it is.
void take_secrets(std::ostream& log);

}  // namespace visionops::train
