#include "worker/framework/checkpoints/checkpoint_files.h"

#include <algorithm>

#include "base/json.h"
#include "worker/framework/checkpoints/safetensors_file.h"
#include "worker/framework/checkpoints/torch_legacy.h"
#include "worker/framework/checkpoints/zip_file.h"
#include "worker/framework/files/json_numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

constexpr std::uint64_t kMostJson = 8 << 20;
constexpr std::size_t kBeginning = 64;
constexpr std::uint64_t kShortest = 16;  // no format says anything in less

/// A document too large to be parsed is looked at where it ends.
Status check_json(const ByteSource& source) {
  const std::uint64_t size = source.size();
  const bool whole = size <= kMostJson;
  const auto text = source.read(whole ? 0 : size - kBeginning, static_cast<std::size_t>(whole ? size : kBeginning));
  if (!text) return text.error();
  const auto end = trimmed(*text);
  if (!end.ends_with('}') && !end.ends_with(']'))
    return invalid_error("the JSON ends too early: it was cut off, or is still written");
  if (whole && !parse_python_json(*text)) return invalid_error("the file is no JSON");
  return {};
}

}  // namespace

Status check_whole(std::string_view name, const ByteSource& source) {
  if (source.size() == 0) return invalid_error("the file is empty");
  const bool text = name.ends_with(".json");
  if (!text && source.size() < kShortest) return invalid_error("the file ends within its first bytes");
  const auto beginning = source.read(0, kBeginning);
  if (!beginning) return beginning.error();
  if (name.ends_with(".safetensors")) return check_safetensors(source);
  if (text) return check_json(source);
  if (beginning->starts_with("PK\3\4")) return check_zip(source);
  if (is_torch_legacy(*beginning)) return check_torch_legacy(source);
  if (beginning->starts_with('\x80')) return check_pickle(source);
  const bool zeros = std::all_of(beginning->begin(), beginning->end(), [](char c) { return c == '\0'; });
  if (zeros) return invalid_error("the file begins with zeros: its bytes were not written yet");
  return {};
}

}  // namespace visionops::framework
