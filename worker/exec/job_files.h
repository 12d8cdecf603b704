// The files that a runtime brings into the job's folder: scripts, configuration.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace visionops::exec {

/// Makes the folder and writes each text under its name in it, whole, over an older file and never through a link.
/// Texts that begin with "#!" can be executed. Invalid names the file.
Status write_job_files(const std::filesystem::path& folder, const std::map<std::string, std::string>& files);

}  // namespace visionops::exec
