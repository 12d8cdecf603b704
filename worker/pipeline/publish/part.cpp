#include "worker/pipeline/publish/part.h"

#include "base/fields/field_table.h"

namespace visionops::pipeline {

const Table<PartFile>& PartFile::fields() {
  static const Table<PartFile> table{
      field("path", &PartFile::path, "Inside the dataset folder.").required(),
      field("size", &PartFile::size, "Bytes.").required(),
      field("sha256", &PartFile::sha256, "Of the bytes, hex.").required(),
  };
  return table;
}

const Table<PartSkip>& PartSkip::fields() {
  static const Table<PartSkip> table{
      field("item", &PartSkip::item, "Index into the plan.").required(),
      field("kind", &PartSkip::kind, "Why, in a word.").required(),
      field("message", &PartSkip::message, "Why, in full."),
  };
  return table;
}

const Table<Part>& Part::fields() {
  static const Table<Part> table{
      field("plan", &Part::plan, "Digest of the plan.").required(),
      field("shard", &Part::shard, "Index of the shard.").required(),
      field("shards", &Part::shards, "Number of shards.").required(),
      field("files", &Part::files, "What was written."),
      field("skipped", &Part::skipped, "What was not."),
      field("noEndMark", &Part::no_end_mark, "Items whose file is a JPEG that lacks its end mark."),
  };
  return table;
}

}  // namespace visionops::pipeline

namespace visionops::pipeline {
namespace {
constexpr std::int64_t kMaxPartBytes = 1LL << 30;
}

std::string part_path(std::int32_t shard, std::int32_t shards) {
  return std::string(kWorkFolder) + "/part-" + std::to_string(shard) + "-of-" + std::to_string(shards) + ".json";
}

Status write_part(const SourceFolder& output, const Part& part) {
  const auto path = path_in(output.folder, part_path(part.shard, part.shards));
  const auto written = output.store->write(path, encode_text(part), storage::IfExists::Replace);
  return written ? Status{} : Status{written.error()};
}

Result<std::optional<Part>> read_part(const SourceFolder& output, const std::string& plan, std::int32_t shard,
                                      std::int32_t shards) {
  const auto text = output.store->read(path_in(output.folder, part_path(shard, shards)), kMaxPartBytes);
  if (!text) {
    if (text.error().cls == ErrorClass::NotFound) return std::optional<Part>{};
    return text.error();
  }
  Problems problems;
  Part part = decode_text<Part>(*text, "part", problems);
  if (!problems.empty() || part.plan != plan || part.shard != shard || part.shards != shards)
    return std::optional<Part>{};
  return std::optional<Part>{std::move(part)};
}

}  // namespace visionops::pipeline
