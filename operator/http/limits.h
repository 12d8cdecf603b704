// What one listener may be made to keep by anybody who can reach its port. docs/security.md shows the same table.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace visionops::http {

// Of one request.
inline constexpr std::size_t kMaxHead = 8 * 1024;  ///< bytes of the request line and all headers; then 431
inline constexpr std::size_t kMaxHeaders = 100;    ///< then 431
/// Bytes that wait to be understood: a chunk's size line with its extensions, the last one with all trailers; then 413.
inline constexpr std::size_t kMaxBuffered = 64 * 1024;
/// Bytes of a body that are not its content: all size lines, extensions and trailers together; then 413.
inline constexpr std::size_t kMaxFraming = 64 * 1024;
/// For the handshake, an idle connection, a request to arrive whole, an answer to be taken: for each anew.
inline constexpr Duration kPatience{10'000};

// Of all connections. Where there are too many, docs/security.md says who gives way.
inline constexpr std::size_t kMaxConnections = 1024;  ///< or a quarter of the process's file descriptors
inline constexpr std::size_t kMinConnections = 16;    ///< however few file descriptors there are
/// Of one address (IPv6: of one /64). Half of all: the Pods of a node may come with the node's address.
inline constexpr std::size_t kMaxOfOneAddress = 512;
inline constexpr std::size_t kMaxIdle = 768;     ///< without a byte of a request
inline constexpr std::size_t kMaxHeads = 256;    ///< with a part of a head
inline constexpr std::size_t kMaxBodies = 128;   ///< with a part of a body
inline constexpr std::size_t kMaxAnswers = 128;  ///< with an answer that the client has not taken yet

/// How long accepting rests when the process or the kernel has no file descriptor or memory for one more connection.
inline constexpr Duration kRestWithoutDescriptors{50};

}  // namespace visionops::http
