#include "worker/framework/failures/by_kind.h"

#include <algorithm>

namespace visionops::framework {

namespace {

using enum contract::FailureClass;

struct Kind {
  std::string_view name;
  contract::FailureClass value;
};

/// Kinds that mean the same wherever they happen.
constexpr auto kKinds = std::to_array<Kind>({
    {"KeyboardInterrupt", Cancelled},
    {"MemoryError", HostOOM},
    {"ModuleNotFoundError", EnvironmentError},
    {"ImportError", EnvironmentError},
    {"PermissionError", PermissionError},
    {"ConnectionError", DownloadFailed},
    {"gaierror", DownloadFailed},
    {"FloatingPointError", NaN},
    {"UnpicklingError", CheckpointUnreadable},
    {"BadZipFile", CheckpointUnreadable},
    {"JSONDecodeError", DataError},
    {"UnicodeDecodeError", DataError},
    {"ParseError", DataError},
    {"SyntaxError", UserError},
    {"NameError", UserError},
    {"NotImplementedError", UserError},
});

/// Kinds that a missing or broken file has; of a checkpoint only where one is loaded.
constexpr std::array<std::string_view, 5> kFileKinds{"FileNotFoundError", "NotADirectoryError", "IsADirectoryError",
                                                     "EOFError", "UnidentifiedImageError"};

/// "torch.cuda.OutOfMemoryError" -> "OutOfMemoryError"
std::string_view kind_of(std::string_view text) {
  const auto name = text.substr(0, text.find_first_of(": "));
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

contract::FailureClass class_by_kind(const Raised& raised) {
  // An empty message was followed by its first line: the kind stands above it.
  const auto kind =
      kind_of(raised.message.empty() || !raised.message[0].ends_with(':') ? raised.text : raised.message[0]);
  for (const auto& known : kKinds) {
    if (known.name == kind) return known.value;
  }
  if (raised.in_loading) return CheckpointUnreadable;
  if (raised.in_data || std::find(kFileKinds.begin(), kFileKinds.end(), kind) != kFileKinds.end()) return DataError;
  return UserError;
}

}  // namespace visionops::framework
