// The field reference as Markdown, from the same tables as the CRDs.
#pragma once

#include <string>

#include "crds/gen/crd.h"

namespace visionops::crds {

/// All fields of spec and status of one kind with type, bounds and description, and its rules.
std::string resource_reference(const Resource& resource);
/// Every manipulator with its parameters and an example.
std::string manipulator_reference();
/// Every annotation format: its files, whether it is read and written, and what writing it loses.
std::string format_reference();
/// The configuration file of `visionops operator`.
std::string configuration_reference();
/// What the built-in trainer learns, by what it is measured, and the settings that only a task of it knows.
std::string training_task_reference();
/// What the exit codes of the worker mean and whether they are retried.
std::string exit_code_reference();

}  // namespace visionops::crds
