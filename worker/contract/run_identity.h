// Whose is it? What a run makes (checkpoints, results, telemetry) belongs to the object, the run number, the spec
// and the input data that it was made for. A name alone says nothing: an object can be deleted and made again
// with another spec, or be restored without the status that counted its runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "worker/contract/run_spec.h"

namespace visionops::contract {

/// Something that was pinned for a run.
struct RunInput {
  std::string role;    ///< "train", "source 0", "resumeFrom"
  std::string where;   ///< store and path
  std::string digest;  ///< of its content; empty when the place itself is the content's name
};

struct RunIdentity {
  std::string owner_uid;
  std::int64_t run = 0;
  std::string spec_hash;         ///< over the part of the spec that makes the run
  std::vector<RunInput> inputs;  ///< in the order of the spec
};

/// 32 hex digits: short enough for a label, long enough that nobody finds two runs with equal ones. Equal
/// identities, equal digests.
std::string digest_of(const RunIdentity& identity);

/// What something that a run made tells of its maker. Those of earlier versions tell no identity.
struct MadeBy {
  std::string owner_uid;
  std::int64_t run = 0;
  std::string identity;  ///< digest_of() the run
};

/// Empty when `maker` is the run of `owner`, else who it is, for a person: "another object (uid ...)". An owner
/// without identity (its run was begun by an earlier version) is recognised by uid and run.
std::string why_not_of(const RunOwner& owner, const MadeBy& maker);

}  // namespace visionops::contract
