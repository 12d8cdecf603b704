#include <gtest/gtest.h>

#include "base/json.h"
#include "operator/record/connection_string.h"
#include "operator/record/migrations.h"
#include "operator/record/rows/statement.h"
#include "operator/record/rows/upsert.h"
#include "operator/record/rows/words.h"
#include "operator/record/sql_error.h"

namespace visionops::record {
namespace {

TEST(RecordWords, AreThoseOfTheDocuments) {
  EXPECT_EQ(word(Format("VisDrone")), "VISDRONE");
  EXPECT_EQ(word(Format("COCO")), "COCO");
  EXPECT_EQ(word(Task::AttributeClassification), "ATTR_CLASSIFICATION");
  EXPECT_EQ(word(Task::ZeroShot), "ZERO_SHOT");
  EXPECT_EQ(word(Modality::RGB), "RGB");
  EXPECT_EQ(word(Modality::Thermal), "THERMAL");
  EXPECT_EQ(word(api::Phase::Succeeded), "DONE");
  EXPECT_EQ(word(api::Phase::Queued), "QUEUED");
  EXPECT_EQ(run_word("Superseded"), "CANCELLED");
  EXPECT_EQ(stage_word("ImageWriting"), Json("image_writing"));
  EXPECT_TRUE(stage_word("None").is_null());
}

TEST(RecordWords, ReadOnlyDecimalResourceVersions) {
  EXPECT_EQ(version_json("42"), Json(42));
  EXPECT_TRUE(version_json("").is_null());
  EXPECT_TRUE(version_json("42a").is_null());
  EXPECT_TRUE(version_json("99999999999999999999").is_null());
}

TEST(RecordRows, AreNotMadeBeforeARunStarted) {
  EXPECT_TRUE(statements_of(core::PipelineRecord{}).empty());
  EXPECT_TRUE(statements_of(core::TrainingRecord{}).empty());
}

TEST(RecordRows, CarryOnlyTextThatJsonbTakes) {
  core::NotificationRecord record;
  record.message = std::string("a\0b\xFF", 4);
  const auto statements = statements_of(record);
  ASSERT_EQ(statements.size(), 1U);
  const auto json = parse_json(statements[0].payload);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->at("message").get<std::string>(), "ab\xEF\xBF\xBD");
}

TEST(SqlErrors, OnlyTheDataThemselvesMakeARecordInvalid) {
  for (const char* data : {"22P02", "23505", "22003", "P0001", "54000"}) {
    EXPECT_EQ(classify_sqlstate(data), ErrorClass::Invalid) << data;
  }
  for (const char* passing :
       {"08006", "57P01", "53300", "40001", "40P01", "25006", "42P01", "42501", "28P01", "57014", ""}) {
    EXPECT_EQ(classify_sqlstate(passing), ErrorClass::Retry) << passing;
  }
}

TEST(ConnectionString, GetsBoundsUnlessTheUserSetThem) {
  const auto plain = bounded_connection_string("host=db.example user=me password='it''s'");
  EXPECT_FALSE(plain.ok()) << "libpq quotes with a backslash";
  const auto bounded = bounded_connection_string("host=db.example connect_timeout=60 password='it\\'s'");
  ASSERT_TRUE(bounded.ok());
  EXPECT_NE(bounded->find("connect_timeout='60'"), std::string::npos);
  EXPECT_NE(bounded->find("tcp_user_timeout='15000'"), std::string::npos);
  EXPECT_NE(bounded->find("password='it\\'s'"), std::string::npos);
  const auto uri = bounded_connection_string("postgresql://me@db.example:5433/history");
  ASSERT_TRUE(uri.ok());
  EXPECT_NE(uri->find("port='5433'"), std::string::npos);
}

TEST(ConnectionString, IsNeverRepeatedInAnError) {
  const auto bad = bounded_connection_string("password=hunter2 hunter3");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message.find("hunter"), std::string::npos) << bad.error().message;
}

TEST(Migrations, AreNumberedWithoutGaps) {
  const auto& migrations = embedded_migrations();
  ASSERT_FALSE(migrations.empty());
  for (std::size_t i = 0; i < migrations.size(); ++i) EXPECT_EQ(migrations[i].version, static_cast<int>(i) + 1);
}

}  // namespace
}  // namespace visionops::record
