// The commands of runtime files: words with {NAME} in them, filled in. The operator checks templates by the same
// functions that the Pod fills them in with. PURE.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::contract {

/// What {NAME} stands for. A name that is no key has no value; an empty text is one.
using WordValues = std::map<std::string, std::string>;

/// The names in `text`, in order, each once. {NAME} is a name of letters, digits and _ . - that begins with a letter;
/// other braces stand for themselves.
std::vector<std::string> names_in(std::string_view text);
/// `text` with its names replaced; nullopt when one of them has no value. Values are not looked at again.
std::optional<std::string> fill_text(std::string_view text, const WordValues& values);
/// The words of a command. Each text is one or more words, separated by single spaces; names are replaced after the
/// separation, so that a value with spaces stays one word. A text with a name that has no value is left out.
std::vector<std::string> fill_words(const std::vector<std::string>& texts, const WordValues& values);

/// What only the Pod knows (FrameworkRun::values has the others).
inline constexpr const char* kDataName = "data";              ///< the layout of the Datasets
inline constexpr const char* kJobName = "job";                ///< the job's folder
inline constexpr const char* kCheckpointName = "checkpoint";  ///< that the run goes on from
inline constexpr const char* kWeightsName = "weights";        ///< that the run starts from
inline constexpr const char* kClassesName = "classes";        ///< their number
inline constexpr const char* kPythonName = "python";          ///< the interpreter of the image

}  // namespace visionops::contract
