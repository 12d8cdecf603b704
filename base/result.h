// Errors as values. Every fallible function of VisionOps returns Result<T>; exceptions of third
// parties are caught where they enter and turned into an Error. Values only: safe on any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace visionops {

/// What the caller should do about an error; policies switch on it, never on the message.
enum class ErrorClass {
  Retry,          ///< transient (network, busy file system): the same call may succeed later
  Conflict,       ///< somebody else changed the object (409): read again, decide again
  AlreadyExists,  ///< create found an object or file of that name
  NotFound,       ///< the object or file is not there
  Gone,           ///< the position in a history is no longer kept (410): start over with a list
  Invalid,        ///< the input is wrong and will stay wrong until a person changes it
  Cancelled,      ///< the caller asked to stop
  OutOfMemory,    ///< the host's or a device's memory ran out: the same needs less of it, or more has to be there
  Internal,       ///< a broken invariant of ours
};

/// CamelCase name of the class, as it stands in logs and status reasons.
const char* to_string(ErrorClass cls);

struct Error {
  ErrorClass cls = ErrorClass::Internal;
  std::string message;

  /// The same error with "context: " put before the message; context is added on the way up.
  [[nodiscard]] Error in(const std::string& context) const { return Error{cls, context + ": " + message}; }
};

inline Error retry_error(std::string m) { return {ErrorClass::Retry, std::move(m)}; }
inline Error conflict_error(std::string m) { return {ErrorClass::Conflict, std::move(m)}; }
inline Error not_found_error(std::string m) { return {ErrorClass::NotFound, std::move(m)}; }
inline Error invalid_error(std::string m) { return {ErrorClass::Invalid, std::move(m)}; }
inline Error internal_error(std::string m) { return {ErrorClass::Internal, std::move(m)}; }

/// Either a value or an Error. T must not be Error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by intent
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// Precondition of the value accessors: ok(). Violations throw std::bad_variant_access.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Precondition: !ok().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// The result of an action without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace visionops
