// write(2) until everything is written.
#pragma once

#include <string_view>

namespace visionops {

/// Goes on after a signal and a short write. False with errno set; a part may have been written.
bool write_all(int fd, std::string_view bytes);

}  // namespace visionops
