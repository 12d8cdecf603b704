#include "operator/http/seats.h"

#include <algorithm>
#include <tuple>

namespace visionops::http {

Seats::Id Seats::enter(const std::string& address) {
  const auto of_address = addresses_.try_emplace(address, 0).first;
  ++of_address->second;
  ++at_[static_cast<std::size_t>(Stage::Idle)];
  seats_.emplace(++last_, Seat{of_address, Stage::Idle, false, ++moves_});
  return last_;
}

void Seats::move(Id id, Stage stage) {
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  --at_[static_cast<std::size_t>(found->second.stage)];
  ++at_[static_cast<std::size_t>(stage)];
  found->second.stage = stage;
  found->second.since = ++moves_;
}

void Seats::served(Id id) {
  if (const auto found = seats_.find(id); found != seats_.end()) found->second.served = true;
}

void Seats::leave(Id id) {
  const auto found = seats_.find(id);
  if (found == seats_.end()) return;
  --at_[static_cast<std::size_t>(found->second.stage)];
  if (--found->second.address->second == 0) addresses_.erase(found->second.address);
  seats_.erase(found);
}

/// Strangers give way first, but a few of them stay: a newcomer is one, too, until it has been served.
bool Seats::strangers_go() const {
  const auto strangers = std::ranges::count_if(
      seats_, [](const auto& entry) { return entry.second.stage == Stage::Idle && !entry.second.served; });
  return static_cast<std::size_t>(strangers) > std::max<std::size_t>(1, limits_.idle / 4);
}

std::optional<Seats::Id> Seats::first(std::optional<Stage> stage, const std::string* address) const {
  const bool strangers = strangers_go();
  const auto order = [&](const Seat& seat) {
    const bool kept = seat.stage == Stage::Idle && seat.served == strangers;
    return std::tuple(seat.stage, kept, ~seat.address->second, seat.since);
  };
  auto best = seats_.end();
  for (auto it = seats_.begin(); it != seats_.end(); ++it) {
    const Seat& seat = it->second;
    if (seat.stage == Stage::Answer || (stage && seat.stage != *stage)) continue;
    if (address != nullptr && seat.address->first != *address) continue;
    if (best == seats_.end() || order(seat) < order(best->second)) best = it;
  }
  if (best == seats_.end()) return std::nullopt;
  return best->first;
}

std::optional<Seats::Id> Seats::surplus() const {
  const auto over = [this](Stage stage, std::size_t limit) { return at(stage) > limit; };
  if (over(Stage::Idle, limits_.idle)) return first(Stage::Idle, nullptr);
  if (over(Stage::Head, limits_.heads)) return first(Stage::Head, nullptr);
  if (over(Stage::Body, limits_.bodies)) return first(Stage::Body, nullptr);
  if (over(Stage::Write, limits_.answers)) return first(Stage::Write, nullptr);
  for (const auto& [address, count] : addresses_) {
    if (count <= limits_.of_one_address) continue;
    if (const auto out = first(std::nullopt, &address)) return out;
  }
  if (size() > limits_.total) return first(std::nullopt, nullptr);
  return std::nullopt;
}

}  // namespace visionops::http
