// The live view as values: what a row says of a resource, and how rows become lines of a terminal of some size. PURE.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/present/settlement.h"
#include "operator/present/terminal.h"

namespace visionops::commands {

struct LiveRow {
  std::string resource;  ///< "trainingjob/street-detector"
  std::string phase;
  std::string reason;  ///< of the condition that says where things stand
  std::string age;
  std::string message;  ///< how far it is, or why it does not move
  Rest rest = Rest::Moving;
};

/// What a resource has done so far in a few words: "epoch 3/12  best map50 0.41 @ 2". Empty: nothing yet.
std::string facts_of(const cluster::Object& object);

LiveRow live_row(const cluster::Object& object, TimePoint now);

/// At most `size.rows` - 1 lines of at most `size.columns` columns, with a head. Where the terminal is narrow the age
/// goes first, then names are cut in their middle, then messages stand on lines of their own; where it is low, what is
/// done goes first, and the last line counts what is not shown.
std::vector<std::string> live_lines(const std::vector<LiveRow>& rows, TerminalSize size, bool colours);

}  // namespace visionops::commands
