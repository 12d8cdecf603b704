// Who stays when a listener has more connections than it may: bookkeeping without sockets and clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace visionops::http {

/// What a connection is at. In the order in which they give way, but Answer, which never does: work is under way for
/// it.
enum class Stage : std::uint8_t { Farewell, Idle, Head, Body, Write, Answer };
inline constexpr std::size_t kStages = 6;

struct SeatLimits {
  std::size_t total = 0;
  std::size_t of_one_address = 0;
  std::size_t idle = 0;
  std::size_t heads = 0;
  std::size_t bodies = 0;
  std::size_t answers = 0;  ///< being written
};

/// Of one thread.
class Seats {
 public:
  using Id = std::uint64_t;

  explicit Seats(SeatLimits limits) : limits_(limits) {}

  /// A connection of that address has come; it is Idle.
  Id enter(const std::string& address);
  /// Ids that have left are ignored.
  void move(Id id, Stage stage);
  /// A request of it was answered with success: it gives way after the idle ones that never asked for anything, while
  /// these are more than a quarter of those that may be idle.
  void served(Id id);
  void leave(Id id);

  /// One that has to go for the limits to hold; nullopt: they hold, or nobody can go. Of those at the stage that gives
  /// way first: the oldest at it of the address that has the most connections.
  [[nodiscard]] std::optional<Id> surplus() const;

  /// The same where no limit of these is hurt, but another one: nullopt when nobody can go.
  [[nodiscard]] std::optional<Id> next_to_go() const { return first(std::nullopt, nullptr); }

  [[nodiscard]] std::size_t size() const { return seats_.size(); }
  [[nodiscard]] std::size_t at(Stage stage) const { return at_.at(static_cast<std::size_t>(stage)); }

 private:
  using Addresses = std::map<std::string, std::size_t>;
  struct Seat {
    Addresses::iterator address;
    Stage stage = Stage::Idle;
    bool served = false;
    std::uint64_t since = 0;  ///< position in the order in which connections moved
  };

  [[nodiscard]] std::optional<Id> first(std::optional<Stage> stage, const std::string* address) const;
  [[nodiscard]] bool strangers_go() const;

  SeatLimits limits_;
  std::map<Id, Seat> seats_;
  Addresses addresses_;  ///< connections of each
  std::array<std::size_t, kStages> at_{};
  std::uint64_t moves_ = 0;
  Id last_ = 0;
};

}  // namespace visionops::http
