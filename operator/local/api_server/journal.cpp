#include "operator/local/api_server/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "base/json.h"
#include "operator/local/api_server/journal_line.h"

namespace visionops::local {
namespace {

constexpr const char* kSnapshot = "snapshot.jsonl";
constexpr const char* kJournal = "journal.jsonl";
constexpr const char* kSequence = "sequence";
constexpr std::size_t kMostDigits = 32;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;
constexpr std::uint64_t kMinCompactionBytes = 4U << 20U;

/// What stands on disk, read in one go.
struct Contents {
  JournalLines snapshot;
  JournalLines journal;
  std::uint64_t snapshot_sequence = 0;

  /// Of the last good write; 0: there is none.
  [[nodiscard]] std::uint64_t newest() const {
    const auto last = journal.records.empty() ? 0 : journal.records.back()["seq"].get<std::uint64_t>();
    return std::max(last, snapshot_sequence);
  }
};

/// 0: nobody has noted it yet.
std::uint64_t noted_sequence(const std::filesystem::path& folder) {
  return std::strtoull(read_untrusted_head(folder / kSequence, kMostDigits).c_str(), nullptr, 10);
}

Result<JournalLines> read_lines(const std::filesystem::path& path) {
  auto text = read_file(path, kMaxFileBytes);
  if (!text) {
    if (text.error().cls == ErrorClass::NotFound) return JournalLines{};
    return text.error();
  }
  auto lines = parse_journal(*text);
  if (!lines) return lines.error().in(path.string());
  return lines;
}

/// A snapshot is renamed into place whole, so a short one is damage: its first line counts the rest.
Status check_snapshot(const JournalLines& snapshot, const std::filesystem::path& path) {
  if (snapshot.records.empty()) {
    if (std::filesystem::exists(path)) return invalid_error(path.string() + " is damaged at byte 0");
    return {};
  }
  const Json& head = snapshot.records.front();
  if (!head.contains("snapshot") || head["snapshot"] != snapshot.records.size() - 1) {
    return invalid_error(path.string() + " is damaged at byte " + std::to_string(snapshot.good_bytes));
  }
  return {};
}

/// The journal is read before the snapshot: a compaction between the two reads then only hides
/// writes that the newer snapshot holds, and never loses one.
Result<Contents> read_contents(const std::filesystem::path& folder) {
  Contents out;
  const auto reached = noted_sequence(folder);  // before the others, which only grow
  auto journal = read_lines(folder / kJournal);
  if (!journal) return journal.error();
  out.journal = std::move(*journal);
  auto snapshot = read_lines(folder / kSnapshot);
  if (!snapshot) return snapshot.error();
  out.snapshot = std::move(*snapshot);
  if (auto good = check_snapshot(out.snapshot, folder / kSnapshot); !good) return good.error();
  if (!out.snapshot.records.empty()) out.snapshot_sequence = out.snapshot.records.back()["seq"].get<std::uint64_t>();
  if (!out.journal.records.empty()) {
    const auto first = out.journal.records.front()["seq"].get<std::uint64_t>();
    if (first > out.snapshot_sequence + 1) {
      return invalid_error((folder / kJournal).string() + " begins with write " + std::to_string(first) +
                           " but the snapshot ends with " + std::to_string(out.snapshot_sequence));
    }
  }
  if (out.newest() < reached) {
    return invalid_error((folder / kJournal).string() + " ends at byte " + std::to_string(out.journal.good_bytes) +
                         " with write " + std::to_string(out.newest()) + ", but write " + std::to_string(reached) +
                         " had been there");
  }
  return out;
}

Status deliver(const Contents& contents, const RecordSink& sink) {
  const auto& snapshot = contents.snapshot.records;
  for (std::size_t i = 1; i < snapshot.size(); ++i) {
    if (auto taken = sink(snapshot[i]); !taken) return taken;
  }
  for (const Json& record : contents.journal.records) {
    if (record["seq"].get<std::uint64_t>() <= contents.snapshot_sequence) continue;
    if (auto taken = sink(record); !taken) return taken;
  }
  return {};
}

}  // namespace

Status read_journal(const std::filesystem::path& folder, const RecordSink& sink) {
  auto contents = read_contents(folder);
  if (!contents) return contents.error();
  return deliver(*contents, sink);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder, const RecordSink& sink) {
  if (auto made = make_folders(folder); !made) return made.error();
  auto lock = FolderLock::acquire(folder / "lock");
  if (!lock && lock.error().cls == ErrorClass::Conflict) {
    return conflict_error(folder.string() + " " + lock.error().message +
                          "; stop it first or choose another data folder");
  }
  if (!lock) return lock.error();
  std::unique_ptr<Journal> journal(new Journal(folder, std::move(*lock)));
  if (auto loaded = journal->load(sink); !loaded) return loaded.error();
  return journal;
}

Status Journal::load(const RecordSink& sink) {
  auto contents = read_contents(folder_);
  if (!contents) return contents.error();
  if (auto delivered = deliver(*contents, sink); !delivered) return delivered;

  const auto& records = contents->journal.records;
  sequence_ = contents->newest();
  dropped_bytes_ = contents->journal.torn_bytes;
  snapshot_bytes_ = contents->snapshot.good_bytes;
  // Left from a compaction that was cut off after its rename: these writes stand in the snapshot.
  if (!records.empty() && sequence_ <= contents->snapshot_sequence) return start_empty_journal();

  auto fd = open_file(folder_ / kJournal, O_RDWR | O_CREAT | O_APPEND);
  if (!fd) return fd.error();
  journal_bytes_ = contents->journal.good_bytes;
  if (::ftruncate(fd->get(), static_cast<off_t>(journal_bytes_)) != 0)
    return system_error("cannot cut", folder_ / kJournal);
  {
    const MutexLock lock(sync_mutex_);
    journal_ = std::move(*fd);
  }
  return sync_folder(folder_);
}

Journal::~Journal() {
  if (torn_ || file() < 0 || !sync()) return;
  note_sequence();
}

/// Not synced: an older number is as true, only weaker.
void Journal::note_sequence() const {
  const auto fresh = folder_ / "sequence.new";
  auto fd = open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd || !write_all(fd->get(), std::to_string(sequence_) + "\n", fresh)) return;
  (void)::rename(fresh.c_str(), (folder_ / kSequence).c_str());
}

Status Journal::append(const Json& record) {
  const auto path = folder_ / kJournal;
  if (torn_) return internal_error(path.string() + " could not be repaired after a failed write; start again");
  const std::string line = journal_line(record, sequence_ + 1);
  const int fd = file();
  if (auto written = write_all(fd, line, path); !written) {
    torn_ = ::ftruncate(fd, static_cast<off_t>(journal_bytes_)) != 0;
    return written;
  }
  ++sequence_;
  journal_bytes_ += line.size();
  const MutexLock lock(sync_mutex_);
  ++appended_;
  return {};
}

/// Stays open as long as nobody calls replace().
int Journal::file() {
  const MutexLock lock(sync_mutex_);
  return journal_.get();
}

Status Journal::sync() {
  std::uint64_t mine = 0;
  {
    const MutexLock lock(sync_mutex_);
    mine = appended_;
  }
  const MutexLock turn(turn_mutex_);
  int fd = -1;
  std::uint64_t target = 0;
  {
    const MutexLock lock(sync_mutex_);
    if (broken_) return internal_error((folder_ / kJournal).string() + " could not be synced; start again");
    if (synced_ >= mine) return {};
    target = appended_;
    fd = journal_.get();
  }
  if (::fdatasync(fd) != 0) {
    const Error failure = system_error("cannot sync", folder_ / kJournal);
    const MutexLock lock(sync_mutex_);
    broken_ = true;
    return failure;
  }
  const MutexLock lock(sync_mutex_);
  synced_ = target;
  return {};
}

Status Journal::start_empty_journal() {
  const auto path = folder_ / kJournal;
  const auto fresh = folder_ / "journal.new";
  auto fd = open_file(fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
  if (!fd) return fd.error();
  if (::rename(fresh.c_str(), path.c_str()) != 0) return system_error("cannot replace", path);
  if (auto synced = sync_folder(folder_); !synced) return synced;
  const MutexLock turn(turn_mutex_);
  const MutexLock lock(sync_mutex_);
  journal_ = std::move(*fd);
  journal_bytes_ = 0;
  synced_ = appended_;  // the snapshot on disk holds them
  return {};
}

Status Journal::write_snapshot(const std::vector<Json>& records) {
  std::uint64_t number = sequence_ + 1;
  std::string text = journal_line({{"snapshot", records.size()}}, number);
  for (const Json& record : records) text += journal_line(record, ++number);
  const auto fresh = folder_ / "snapshot.new";
  auto fd = open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd) return fd.error();
  if (auto written = write_all(fd->get(), text, fresh); !written) return written;
  if (::fsync(fd->get()) != 0) return system_error("cannot sync", fresh);
  if (::rename(fresh.c_str(), (folder_ / kSnapshot).c_str()) != 0)
    return system_error("cannot replace", folder_ / kSnapshot);
  torn_ = true;  // until the journal behind the new snapshot is in place
  sequence_ = number;
  snapshot_bytes_ = text.size();
  return sync_folder(folder_);
}

Status Journal::replace(const std::vector<Json>& records) {
  if (auto written = write_snapshot(records); !written) return written;
  if (auto started = start_empty_journal(); !started) return started;
  torn_ = false;
  note_sequence();
  return {};
}

bool Journal::wants_compaction() const { return journal_bytes_ > std::max(kMinCompactionBytes, 2 * snapshot_bytes_); }

}  // namespace visionops::local
