// What the connections of one listener share.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/mutex.h"
#include "operator/http/listener.h"
#include "operator/http/seats.h"

namespace visionops::http {

/// A connection as its listener knows it.
class Guest {
 public:
  virtual ~Guest() = default;
  /// Ends the connection at once: another one needs its place.
  virtual void give_way() = 0;
};

/// Outlives all connections. Of the listener's thread, but the gate.
struct Shared {
  Shared(ListenerOptions listening, Handle handler, SeatLimits limits)
      : options(std::move(listening)), handle(std::move(handler)), seats(limits) {}

  Seats::Id enter(Guest& guest, const std::string& address) {
    const Seats::Id seat = seats.enter(address);
    guests.emplace(seat, &guest);
    connections = guests.size();
    return seat;
  }

  void move(Seats::Id seat, Stage stage) {
    seats.move(seat, stage);
    make_room();
  }

  void leave(Seats::Id seat) {
    seats.leave(seat);
    guests.erase(seat);
    connections = guests.size();
  }

  void make_room() {
    while (const auto surplus = seats.surplus()) send_away(*surplus);
  }

  /// For a connection that could not even be accepted.
  void free_a_descriptor() {
    if (const auto next = seats.next_to_go()) send_away(*next);
  }

  void send_away(Seats::Id seat) {
    Guest* const guest = guests.at(seat);
    leave(seat);
    ++gave_way;
    guest->give_way();
  }

  const ListenerOptions options;
  const Handle handle;
  Seats seats;
  std::map<Seats::Id, Guest*> guests;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::uint64_t> gave_way{0};
  std::set<std::shared_ptr<void>> waiting;  ///< connections whose answer is not here yet: nothing else holds them
  Mutex gate;
  /// For any thread; null once the listener closes.
  boost::asio::io_context* context VISIONOPS_GUARDED_BY(gate) = nullptr;
};

}  // namespace visionops::http
