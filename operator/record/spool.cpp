#include "operator/record/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/json.h"
#include "base/posix/file_descriptor.h"
#include "base/posix/write_all.h"

namespace visionops::record {
namespace {

constexpr std::uintmax_t kMaxSpoolBytes = 256ULL * 1024 * 1024;

struct EncodeRecord {
  Json operator()(const core::DatasetRecord& r) const {
    return {{"kind", api::Dataset::kKind.name},
            {"record", api::encode(r.dataset)},
            {"transformConfig", r.transform_config},
            {"deleted", r.deleted}};
  }
  Json operator()(const core::PipelineRecord& r) const {
    return {{"kind", api::Pipeline::kKind.name}, {"record", api::encode(r.pipeline)}, {"ownSpec", r.own_spec}};
  }
  Json operator()(const core::TrainingRecord& r) const {
    return {{"kind", api::TrainingJob::kKind.name}, {"record", api::encode(r.job)}, {"ownSpec", r.own_spec}};
  }
  Json operator()(const core::TelemetryRecord& r) const {
    return {{"kind", "Telemetry"}, {"message", contract::encode(r.message)}};
  }
  Json operator()(const core::NotificationRecord& r) const {
    return {{"kind", "Notification"}, {"owner", {r.kind, r.namespace_, r.name, r.uid}},
            {"run", r.run},           {"alert", r.alert},
            {"message", r.message},   {"at", format_time_millis(r.at)}};
  }
};

std::optional<core::Record> decode_notification(const Json& line) {
  core::NotificationRecord r;
  const Json& owner = line.at("owner");
  r.kind = owner.at(0).get<std::string>();
  r.namespace_ = owner.at(1).get<std::string>();
  r.name = owner.at(2).get<std::string>();
  r.uid = owner.at(3).get<std::string>();
  r.run = line.at("run").get<std::int64_t>();
  r.alert = line.at("alert").get<std::string>();
  r.message = line.at("message").get<std::string>();
  const auto at = parse_time(line.at("at").get<std::string>());
  if (!at) return std::nullopt;
  r.at = *at;
  return r;
}

/// Throws nlohmann's exceptions for lines of another shape.
std::optional<core::Record> decode_line(const Json& line) {
  const auto kind = line.at("kind").get<std::string>();
  if (kind == api::Dataset::kKind.name) {
    return core::DatasetRecord{api::decode_dataset(line.at("record")), line.at("transformConfig").get<std::string>(),
                               line.at("deleted").get<bool>()};
  }
  // A spool of an earlier version does not say it.
  const bool own_spec = line.value("ownSpec", true);
  if (kind == api::Pipeline::kKind.name) return core::PipelineRecord{api::decode_pipeline(line.at("record")), own_spec};
  if (kind == api::TrainingJob::kKind.name)
    return core::TrainingRecord{api::decode_training_job(line.at("record")), own_spec};
  if (kind == "Telemetry") {
    Problems problems;
    auto message = contract::decode_telemetry_message(line.at("message").get<std::string>(), problems);
    if (!message) return std::nullopt;
    return core::TelemetryRecord{std::move(*message)};
  }
  if (kind == "Notification") return decode_notification(line);
  return std::nullopt;
}

Error file_error(const std::filesystem::path& path, const char* what) {
  return retry_error("spool " + path.string() + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string encode_record(const core::Record& record) { return dump_json(std::visit(EncodeRecord{}, record)); }

std::optional<core::Record> decode_record(const std::string& line) {
  const auto json = parse_json(line);
  if (!json) return std::nullopt;
  try {
    return decode_line(*json);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Result<SpoolContent> read_spool(const std::filesystem::path& path) {
  SpoolContent content;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) return content;
  if (error) return retry_error("spool " + path.string() + ": " + error.message());
  if (size > kMaxSpoolBytes) return invalid_error("spool " + path.string() + " is larger than 256 MiB");
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    if (auto record = decode_record(line)) {
      content.records.push_back(std::move(*record));
    } else {
      ++content.damaged_lines;
    }
  }
  return content;
}

Status write_spool(const std::filesystem::path& path, const std::vector<core::Record>& records) {
  if (records.empty()) {
    std::error_code error;
    std::filesystem::remove(path, error);
    return error ? Status(retry_error("spool " + path.string() + ": " + error.message())) : Status();
  }
  auto temporary = path;
  temporary += ".new";
  FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return file_error(temporary, "open");
  Status status;
  for (const auto& record : records) {
    if (!write_all(fd.get(), encode_record(record) + "\n")) {
      status = file_error(temporary, "write");
      break;
    }
  }
  if (status.ok() && ::fsync(fd.get()) != 0) status = file_error(temporary, "fsync");
  fd.reset();
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) status = file_error(path, "rename");
  if (!status) ::unlink(temporary.c_str());
  return status;
}

}  // namespace visionops::record
