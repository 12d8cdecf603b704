#include "operator/record/sql_error.h"

namespace visionops::record {

ErrorClass classify_sqlstate(std::string_view sqlstate) {
  const std::string_view cls = sqlstate.substr(0, 2);
  const bool data = cls == "21" || cls == "22" || cls == "23" || cls == "54" || cls == "P0";
  return data ? ErrorClass::Invalid : ErrorClass::Retry;
}

std::string first_line(std::string_view text) {
  constexpr std::size_t kMaxBytes = 300;
  std::string out(text.substr(0, text.find('\n')));
  if (out.size() > kMaxBytes) out.resize(kMaxBytes);
  return out;
}

}  // namespace visionops::record
