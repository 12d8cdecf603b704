// What an ObjectStore writes to its journal and reads from it.
#include <algorithm>

#include "base/json.h"
#include "operator/local/api_server/admission.h"
#include "operator/local/api_server/journal_key.h"
#include "operator/local/api_server/object_store.h"

namespace visionops::local {

using cluster::Object;
using cluster::ObjectKey;

Status ObjectStore::journal(const Json& record) { return journal_ ? journal_->append(record) : Status{}; }

Json ObjectStore::put_record(const Entry& entry) {
  Json json = cluster::encode(*entry.object);
  if (!entry.raw_spec.empty()) json["spec"] = Json::parse(entry.raw_spec, nullptr, false);
  return {{"put", std::move(json)}};
}

std::vector<Json> ObjectStore::all_records() const {
  std::vector<Json> records{{{"version", version_}}};
  for (const auto& [key, entry] : entries_) records.push_back(put_record(entry));
  for (const auto& [about, events] : events_.all()) {
    for (const auto& event : events) records.push_back({{"event", to_json(event)}, {"about", to_json(about)}});
  }
  return records;
}

void ObjectStore::compact_journal() {
  if (!journal_ || !journal_->wants_compaction()) return;
  // When it fails the old files stay whole and the next append reports what is wrong.
  (void)journal_->replace(all_records()).ok();
}

Result<Losses> ObjectStore::repair(const std::filesystem::path& folder, const Clock& clock) {
  {
    const auto sound = open(folder, clock);
    if (sound) return Losses{};
    if (sound.error().cls != ErrorClass::Invalid) return sound.error();
  }
  ObjectStore store(clock);
  Losses losses;
  auto journal = Journal::salvage(
      folder, [&](const Json& record) { return store.load_record(record); }, clock.now(), losses);
  if (!journal) return journal.error();
  store.journal_ = std::move(*journal);
  const MutexLock lock(store.mutex_);
  if (auto written = store.journal_->replace(store.all_records()); !written) return written.error();
  return losses;
}

Result<std::unique_ptr<ObjectStore>> ObjectStore::open(const std::filesystem::path& folder, const Clock& clock,
                                                       ObjectStoreOptions options) {
  auto store = std::make_unique<ObjectStore>(clock, std::move(options));
  auto journal = Journal::open(folder, [&](const Json& record) { return store->load_record(record); });
  if (!journal) return journal.error();
  store->journal_ = std::move(*journal);
  store->finish_loading();
  return store;
}

Result<std::unique_ptr<ObjectStore>> ObjectStore::open_copy(const std::filesystem::path& folder, const Clock& clock) {
  auto store = std::make_unique<ObjectStore>(clock);
  auto read = read_journal(folder, [&](const Json& record) { return store->load_record(record); });
  if (!read) return read.error();
  store->finish_loading();
  return store;
}

Status ObjectStore::load_record(const Json& record) {
  const MutexLock lock(mutex_);
  if (const auto version = record.find("version"); version != record.end() && version->is_number_unsigned()) {
    version_ = std::max(version_, version->get<std::uint64_t>());
  }
  if (const auto put = record.find("put"); put != record.end()) {
    auto object = cluster::decode_object(*put);
    if (!object) return object.error().in("journal");
    const bool sound = problems_of(*object).empty();
    const ObjectKey key = key_of(*object);
    version_ = std::max<std::uint64_t>(version_, std::strtoull(meta_of(*object).resource_version.c_str(), nullptr, 10));
    entries_[key] = {std::make_shared<const Object>(std::move(*object)),
                     sound ? std::string() : put->value("spec", Json()).dump()};
  } else if (record.contains("delete")) {
    auto key = key_from_json(record["delete"]);
    if (!key) return key.error().in("journal");
    entries_.erase(*key);
    events_.forget(*key);
  } else if (record.contains("event") && record.contains("about")) {
    auto about = key_from_json(record["about"]);
    if (!about) return about.error().in("journal");
    events_.restore(*about, event_from_json(record["event"]));
  }
  return {};
}

}  // namespace visionops::local
