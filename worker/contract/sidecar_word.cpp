#include "worker/contract/sidecar_word.h"

#include "base/field_table.h"

namespace visionops::contract {

const Table<SidecarWord>& SidecarWord::fields() {
  static const Table<SidecarWord> table{
      field("ownerUid", &SidecarWord::owner_uid, "TrainingJob that the checkpoints are of.").required().min_length(1),
      field("run", &SidecarWord::run, "Run of the TrainingJob.").required(),
      field("attempt", &SidecarWord::attempt, "Attempt of the run.").required(),
      field("identity", &SidecarWord::identity, "Digest of uid, run, spec and inputs."),
      field("model", &SidecarWord::model, "The best checkpoint as the store gave it back."),
      field("last", &SidecarWord::last, "The final checkpoint as the store gave it back."),
      field("problem", &SidecarWord::problem, "Why there is no model."),
  };
  return table;
}

std::string encode(const SidecarWord& word) {
  constexpr std::size_t kMaxProblem = 512;
  SidecarWord cut = word;
  cut.problem = cut_text(cut.problem, kMaxProblem);
  std::string text = dump_json(encode_fields(cut));
  if (text.size() <= kMaxResultBytes) return text;
  cut.model.reset();
  cut.last.reset();
  cut.problem = "the path of the model is too long to be told";
  return dump_json(encode_fields(cut));
}

std::optional<SidecarWord> decode_sidecar_word(const std::string& text) {
  if (text.empty() || text.size() > kMaxResultBytes) return std::nullopt;
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return std::nullopt;
  Problems problems;
  auto word = decode_fields<SidecarWord>(prune_unknown(*json, SidecarWord::fields().schema()), "", problems);
  return problems.empty() ? std::optional(std::move(word)) : std::nullopt;
}

}  // namespace visionops::contract
