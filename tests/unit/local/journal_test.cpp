#include "operator/local/api_server/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/json.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using test::TemporaryFolder;
using test::text_of;

struct Reading {
  std::vector<std::string> records;
  RecordSink sink() {
    return [this](const Json& record) {
      records.push_back(record.value("text", "?"));
      return Status{};
    };
  }
};

std::unique_ptr<Journal> open_journal(const std::filesystem::path& folder, Reading& reading) {
  auto journal = Journal::open(folder, reading.sink());
  if (!journal) throw std::runtime_error(journal.error().message);
  return std::move(*journal);
}

void append(Journal& journal, const std::string& text) {
  ASSERT_TRUE(journal.append({{"text", text}}).ok());
  ASSERT_TRUE(journal.sync().ok());
}

using Records = std::vector<std::string>;

TEST(Journal, GivesBackWhatWasAppendedInOrder) {
  const TemporaryFolder folder;
  {
    Reading empty;
    auto journal = open_journal(folder.path(), empty);
    EXPECT_TRUE(empty.records.empty());
    for (const char* text : {"one", "two \"quoted\"\n", "drei \xC3\xA4"}) append(*journal, text);
  }
  Reading again;
  open_journal(folder.path(), again);
  EXPECT_EQ(again.records, (Records{"one", "two \"quoted\"\n", "drei \xC3\xA4"}));
}

TEST(Journal, DropsALastLineThatWasTornAtAnyByteAndGoesOnBehindTheGoodOnes) {
  const TemporaryFolder source;
  {
    Reading none;
    auto journal = open_journal(source.path(), none);
    append(*journal, "one");
    append(*journal, "two");
    append(*journal, "three");
  }
  const std::string whole = text_of(source.path() / "journal.jsonl");
  const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last_line; size < whole.size(); ++size) {
    const TemporaryFolder torn;
    torn.write("journal.jsonl", whole.substr(0, size));
    Reading copy;
    ASSERT_TRUE(read_journal(torn.path(), copy.sink()).ok()) << size;
    EXPECT_EQ(copy.records, (Records{"one", "two"})) << size;
    Reading owner;
    append(*open_journal(torn.path(), owner), "four");
    EXPECT_EQ(owner.records, (Records{"one", "two"})) << size;
    Reading again;
    open_journal(torn.path(), again);
    EXPECT_EQ(again.records, (Records{"one", "two", "four"})) << size;
  }
}

TEST(Journal, RefusesAnyFlippedByteBeforeTheLastLineAndNamesThePlace) {
  const TemporaryFolder folder;
  {
    Reading none;
    auto journal = open_journal(folder.path(), none);
    append(*journal, "one");
    append(*journal, "two");
  }
  const std::string whole = text_of(folder.path() / "journal.jsonl");
  const std::size_t first_line = whole.find('\n') + 1;
  for (std::size_t at = 0; at < first_line; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    folder.write("journal.jsonl", damaged);
    Reading none;
    const auto result = Journal::open(folder.path(), none.sink());
    ASSERT_FALSE(result.ok()) << at;
    EXPECT_EQ(result.error().cls, ErrorClass::Invalid);
    EXPECT_NE(result.error().message.find("journal.jsonl: damaged line at byte 0"), std::string::npos)
        << result.error().message;
  }
}

TEST(Journal, RefusesAMissingWrite) {
  const TemporaryFolder folder;
  {
    Reading none;
    auto journal = open_journal(folder.path(), none);
    for (const char* text : {"one", "two", "three"}) append(*journal, text);
  }
  std::string text = text_of(folder.path() / "journal.jsonl");
  const auto first = text.find('\n') + 1;
  text.erase(first, text.find('\n', first) + 1 - first);
  folder.write("journal.jsonl", text);
  Reading none;
  EXPECT_EQ(Journal::open(folder.path(), none.sink()).error().cls, ErrorClass::Invalid);
}

TEST(Journal, ASnapshotReplacesTheHistoryAndLaterWritesFollowIt) {
  const TemporaryFolder folder;
  {
    Reading none;
    auto journal = open_journal(folder.path(), none);
    append(*journal, "old");
    ASSERT_TRUE(journal->replace({{{"text", "a"}}, {{"text", "b"}}}).ok());
    append(*journal, "c");
  }
  Reading again;
  open_journal(folder.path(), again);
  EXPECT_EQ(again.records, (Records{"a", "b", "c"}));
}

TEST(Journal, ADeathBetweenSnapshotAndNewJournalRepeatsNothing) {
  const TemporaryFolder folder;
  std::string old_journal;
  {
    Reading none;
    auto journal = open_journal(folder.path(), none);
    append(*journal, "old");
    old_journal = text_of(folder.path() / "journal.jsonl");
    ASSERT_TRUE(journal->replace({{{"text", "a"}}}).ok());
  }
  folder.write("journal.jsonl", old_journal);
  Reading first;
  append(*open_journal(folder.path(), first), "next");
  EXPECT_EQ(first.records, (Records{"a"}));
  Reading second;
  open_journal(folder.path(), second);
  EXPECT_EQ(second.records, (Records{"a", "next"}));
}

TEST(Journal, RefusesASnapshotThatIsCutOff) {
  const TemporaryFolder folder;
  {
    Reading none;
    ASSERT_TRUE(open_journal(folder.path(), none)->replace({{{"text", "a"}}, {{"text", "b"}}}).ok());
  }
  const std::string whole = text_of(folder.path() / "snapshot.jsonl");
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
    folder.write("snapshot.jsonl", whole.substr(0, size));
    Reading none;
    EXPECT_EQ(Journal::open(folder.path(), none.sink()).error().cls, ErrorClass::Invalid) << size;
  }
}

TEST(Journal, HasOneOwnerAndNamesItToTheSecond) {
  const TemporaryFolder folder;
  Reading none;
  auto owner = open_journal(folder.path(), none);
  const auto second = Journal::open(folder.path(), none.sink());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().cls, ErrorClass::Conflict);
  EXPECT_NE(second.error().message.find("in use by process " + std::to_string(getpid())), std::string::npos)
      << second.error().message;
  owner.reset();
  EXPECT_TRUE(Journal::open(folder.path(), none.sink()).ok());
}

/// A folder whose owner closed it after three writes.
std::string three_writes(const std::filesystem::path& folder) {
  Reading none;
  auto journal = open_journal(folder, none);
  for (const char* text : {"one", "two", "three"}) append(*journal, text);
  journal.reset();
  return text_of(folder / "journal.jsonl");
}

/// What happens to files on bad disks and by hands of people.
std::vector<std::string> damaged(const std::string& whole) {
  const auto first = whole.find('\n') + 1;
  const auto last = whole.rfind('\n', whole.size() - 2) + 1;
  std::string zeroed = whole;
  std::fill(zeroed.begin() + static_cast<std::ptrdiff_t>(last), zeroed.end(), '\0');
  std::string flipped = whole;
  flipped[last + 30] = static_cast<char>(flipped[last + 30] ^ 1);
  std::string hole = whole;
  std::fill_n(hole.begin() + static_cast<std::ptrdiff_t>(first) + 5, 10, '\0');
  return {std::string(whole.size(), '\0'),
          std::string(4096, '\0'),
          "",
          whole.substr(10),
          whole.substr(first),
          whole.substr(0, first),
          whole.substr(0, whole.size() - 3),
          zeroed,
          flipped,
          hole,
          whole + "no line\n",
          whole + std::string(20, 'x'),
          "not ours\n"};
}

TEST(Journal, NoDamageOpensAsAnEmptyOrShorterJournalAndNothingIsWrittenToIt) {
  const TemporaryFolder source;
  const std::string whole = three_writes(source.path());
  for (const auto& text : damaged(whole)) {
    const TemporaryFolder folder;
    three_writes(folder.path());
    folder.write("journal.jsonl", text);
    Reading none;
    for (const auto& error :
         {Journal::open(folder.path(), none.sink()).error(), read_journal(folder.path(), none.sink()).error()}) {
      EXPECT_EQ(error.cls, ErrorClass::Invalid) << text;
      EXPECT_NE(error.message.find("journal.jsonl"), std::string::npos) << error.message;
    }
    EXPECT_EQ(text_of(folder.path() / "journal.jsonl"), text);
  }
  std::filesystem::remove(source.path() / "journal.jsonl");
  Reading none;
  EXPECT_EQ(Journal::open(source.path(), none.sink()).error().cls, ErrorClass::Invalid);
}

/// kill -9 and a power cut leave no note of how far it reached; then the beginning of one line is no damage.
TEST(Journal, ATornEndIsDroppedAndCounted) {
  const TemporaryFolder source;
  const std::string whole = three_writes(source.path());
  const auto last = whole.rfind('\n', whole.size() - 2) + 1;
  const std::string begun = whole.substr(last, 20);
  for (const auto& tail : {begun, begun + std::string(100, '\0'), std::string(100, '\0')}) {
    const TemporaryFolder folder;
    folder.write("journal.jsonl", whole.substr(0, last) + tail);
    Reading reading;
    EXPECT_EQ(open_journal(folder.path(), reading)->dropped_bytes(), tail.size());
    EXPECT_EQ(reading.records, (Records{"one", "two"}));
  }
  const TemporaryFolder folder;
  folder.write("journal.jsonl", std::string(100, '\0'));
  Reading none;
  EXPECT_FALSE(Journal::open(folder.path(), none.sink()).ok()) << "zeros alone may be a whole file that is gone";
}

TEST(Journal, WhatCanBeReadOfDamageIsSavedAndTheFilesAreKept) {
  const TemporaryFolder source;
  const std::string whole = three_writes(source.path());
  for (const auto& text : damaged(whole)) {
    const TemporaryFolder folder;
    three_writes(folder.path());
    folder.write("journal.jsonl", text);
    Losses losses;
    {
      Reading saved;
      auto journal = Journal::salvage(folder.path(), saved.sink(), SystemClock().now(), losses);
      ASSERT_TRUE(journal.ok()) << journal.error().message;
      EXPECT_EQ(losses.records, saved.records.size());
      EXPECT_EQ(losses.records + losses.missing, 3U) << text;
      journal->reset();
      Reading none;
      EXPECT_FALSE(Journal::open(folder.path(), none.sink()).ok()) << "a repair that did not end changes nothing";
      EXPECT_EQ(text_of(losses.backup / "journal.jsonl"), text);
      journal = Journal::salvage(folder.path(), none.sink(), SystemClock().now(), losses);
      std::vector<Json> records;
      for (const auto& record : saved.records) records.push_back({{"text", record}});
      ASSERT_TRUE((*journal)->replace(records).ok());
      append(**journal, "new");
    }
    Reading again;
    open_journal(folder.path(), again);
    ASSERT_FALSE(again.records.empty());
    EXPECT_EQ(again.records.back(), "new");
  }
}

TEST(Journal, CanBeReadWhileItsOwnerWrites) {
  const TemporaryFolder folder;
  Reading none;
  auto owner = open_journal(folder.path(), none);
  append(*owner, "one");
  Reading view;
  ASSERT_TRUE(read_journal(folder.path(), view.sink()).ok());
  EXPECT_EQ(view.records, (Records{"one"}));
}

TEST(Journal, AFullDiskRefusesTheWriteAndLosesNoEarlierOne) {
  const TemporaryFolder folder;
  Reading none;
  auto owner = open_journal(folder.path(), none);
  append(*owner, "one");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{static_cast<rlim_t>(std::filesystem::file_size(folder.path() / "journal.jsonl") + 20),
                     before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto refused = owner->append({{"text", "too much"}});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::Retry);
  append(*owner, "two");
  Reading view;
  ASSERT_TRUE(read_journal(folder.path(), view.sink()).ok());
  EXPECT_EQ(view.records, (Records{"one", "two"}));
}

}  // namespace
}  // namespace visionops::local
