#include "worker/layout/layout_record.h"

#include "base/fields/field_table.h"
#include "base/posix/small_files.h"

namespace visionops::layout {

namespace {
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20;
}  // namespace

const Table<SplitCounts>& SplitCounts::fields() {
  using S = SplitCounts;
  static const Table<S> table{
      field("split", &S::split, "train, val or test.").required().max_length(16),
      field("imagesIn", &S::images_in, "Pictures of the Dataset.").always().min(0),
      field("imagesOut", &S::images_out, "Pictures of the layout.").always().min(0),
      field("renamed", &S::renamed, "Of these with another name.").always().min(0),
      field("objectsIn", &S::objects_in, "Objects of the Dataset.").always().min(0),
      field("objectsOut", &S::objects_out, "Objects in the labels.").always().min(0),
  };
  return table;
}

const Table<LayoutRecord>& LayoutRecord::fields() {
  using R = LayoutRecord;
  static const Table<R> table{
      field("key", &R::key, "Digest of what it was made of.").required().max_length(80),
      field("classes", &R::classes, "Classes.").always().min(0),
      field("splits", &R::splits, "Counts.").max_items(3),
      field("loss", &R::loss, "What was lost, by kind."),
      field("remarks", &R::remarks, "For people."),
  };
  return table;
}

std::string encode(const LayoutRecord& record) { return encode_text(record) + "\n"; }

std::optional<LayoutRecord> read_record(const std::filesystem::path& folder) {
  const auto text = read_untrusted_head(folder / kRecordFile, kMaxRecordBytes);
  if (text.empty()) return std::nullopt;
  Problems problems;
  auto record = decode_text<LayoutRecord>(text, "", problems);
  return problems.empty() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace visionops::layout
