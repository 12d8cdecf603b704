#include "worker/sidecar/cursor.h"

#include <fstream>

namespace visionops::sidecar {
namespace {

// Messages go out at most every 200 ms, cursors are saved at least every few seconds.
constexpr std::int64_t kSequenceReserve = 1'000;

}  // namespace

Cursor load_cursor(const std::filesystem::path& file) {
  std::ifstream in(file);
  Cursor cursor;
  if (!(in >> cursor.offset >> cursor.sequence) || cursor.offset < 0 || cursor.sequence < 0) return {};
  cursor.sequence += kSequenceReserve;
  return cursor;
}

Status save_cursor(const std::filesystem::path& file, const Cursor& cursor) {
  auto temporary = file;
  temporary += ".new";
  {
    std::ofstream out(temporary, std::ios::trunc);
    out << cursor.offset << ' ' << cursor.sequence << '\n';
    if (!out.flush()) return retry_error("cannot write " + temporary.string());
  }
  std::error_code error;
  std::filesystem::rename(temporary, file, error);
  return error ? Status(retry_error(file.string() + ": " + error.message())) : Status();
}

}  // namespace visionops::sidecar
