// What can still be read of damaged files.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/json.h"
#include "operator/local/api_server/journal.h"
#include "operator/local/api_server/journal_line.h"

namespace visionops::local {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;

Result<std::string> text_of(const fs::path& file) {
  auto text = read_file(file, kMostBytes);
  if (!text && text.error().cls == ErrorClass::NotFound) return std::string();
  return text;
}

/// "damaged-2026-11-29T08-49-02.123Z", and synced: from here on the originals may be replaced.
Result<fs::path> keep_copies(const fs::path& folder, TimePoint now) {
  std::string name = "damaged-" + format_time_millis(now);
  std::ranges::replace(name, ':', '-');
  const fs::path backup = folder / name;
  if (auto made = make_folders(backup); !made) return made.error();
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "lock") continue;
    std::error_code failure;
    fs::copy_file(entry.path(), backup / entry.path().filename(), fs::copy_options::overwrite_existing, failure);
    if (failure) return retry_error("cannot copy " + entry.path().string() + ": " + failure.message());
    const auto copy = open_file(backup / entry.path().filename(), O_RDONLY);
    if (!copy || ::fsync(copy->get()) != 0) return system_error("cannot sync", backup / entry.path().filename());
  }
  if (auto synced = sync_folder(backup); !synced) return synced.error();
  return backup;
}

struct Saved {
  SavedLines snapshot;
  SavedLines journal;
};

Result<Saved> read_what_is_left(const fs::path& folder) {
  const auto snapshot = text_of(folder / "snapshot.jsonl");
  if (!snapshot) return snapshot.error();
  const auto journal = text_of(folder / "journal.jsonl");
  if (!journal) return journal.error();
  return Saved{save_lines(*snapshot), save_lines(*journal)};
}

std::uint64_t sequence_of(const Json& record) { return record["seq"].get<std::uint64_t>(); }

/// The snapshot's first line counts its others and is no record; what the journal repeats of the snapshot is left out.
std::vector<const Json*> in_order(const Saved& saved) {
  std::vector<const Json*> out;
  std::uint64_t newest = 0;
  for (const auto* lines : {&saved.snapshot, &saved.journal}) {
    for (const auto& record : lines->records) {
      if (sequence_of(record) <= newest) continue;
      newest = sequence_of(record);
      if (!record.contains("snapshot")) out.push_back(&record);
    }
  }
  return out;
}

/// Numbers between those that are there: a snapshot takes the place of all before it.
std::uint64_t missing_in(const Saved& saved, std::uint64_t reached) {
  std::uint64_t newest = 0;
  std::uint64_t missing = 0;
  for (const auto* lines : {&saved.snapshot, &saved.journal}) {
    for (const auto& record : lines->records) {
      const auto number = sequence_of(record);
      const bool begins = newest == 0 && lines == &saved.snapshot;
      if (number > newest + 1 && !begins) missing += number - newest - 1;
      newest = std::max(newest, number);
    }
  }
  return missing + (reached > newest ? reached - newest : 0);
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::salvage(const fs::path& folder, const RecordSink& sink, TimePoint now,
                                                  Losses& losses) {
  auto lock = FolderLock::acquire(folder / "lock");
  if (!lock) return lock.error().in(folder.string());
  std::unique_ptr<Journal> journal(new Journal(folder, std::move(*lock)));
  const auto saved = read_what_is_left(folder);
  if (!saved) return saved.error();
  auto backup = keep_copies(folder, now);
  if (!backup) return backup.error();
  const auto reached = std::strtoull(read_untrusted_head(folder / "sequence", 32).c_str(), nullptr, 10);
  const auto records = in_order(*saved);
  std::size_t refused = 0;
  for (const Json* record : records) ++(sink(*record) ? losses.records : refused);
  journal->sequence_ = std::max<std::uint64_t>(reached, records.empty() ? 0 : sequence_of(*records.back()));
  losses.places = saved->snapshot.places + saved->journal.places;
  losses.bytes = saved->snapshot.lost_bytes + saved->journal.lost_bytes;
  losses.missing = missing_in(*saved, reached) + refused;
  losses.backup = *std::move(backup);
  return journal;
}

}  // namespace visionops::local
