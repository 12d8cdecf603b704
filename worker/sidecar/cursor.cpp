#include "worker/sidecar/cursor.h"

#include <sstream>
#include <string>

namespace visionops::sidecar {
namespace {

// Messages go out at most every 200 ms, cursors are saved at least every few seconds.
constexpr std::int64_t kSequenceReserve = 1'000;
constexpr const char* kFile = "cursor";
constexpr std::int64_t kMaxBytes = 64;

}  // namespace

Cursor load_cursor(storage::StorageClient& own) {
  const auto text = own.read(kFile, kMaxBytes);
  if (!text) return {};
  std::istringstream in(*text);
  Cursor cursor;
  if (!(in >> cursor.offset >> cursor.sequence) || cursor.offset < 0 || cursor.sequence < 0) return {};
  cursor.sequence += kSequenceReserve;
  return cursor;
}

Status save_cursor(storage::StorageClient& own, const Cursor& cursor) {
  const auto text = std::to_string(cursor.offset) + ' ' + std::to_string(cursor.sequence) + '\n';
  const auto written = own.write(kFile, text, storage::IfExists::Replace);
  return written ? Status() : Status(written.error().in("the sidecar's folder"));
}

}  // namespace visionops::sidecar
