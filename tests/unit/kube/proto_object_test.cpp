// Protobuf as the API server writes it; that it says the same as JSON is seen before a real one (kube_server_test.cpp).
#include "operator/kube/codec/proto_object.h"

#include <gtest/gtest.h>

#include <protozero/pbf_writer.hpp>

#include "base/json.h"
#include "operator/cluster/sidecar_state.h"
#include "operator/kube/codec/watch_event.h"

namespace visionops::kube {
namespace {

using cluster::ChangeType;
using cluster::Kind;
using protozero::pbf_writer;

const Reading kPods{Kind::Pod, false};

std::string enveloped(const std::string& api_version, const std::string& kind, const std::string& object) {
  std::string type;
  pbf_writer types(type);
  types.add_string(1, api_version);
  types.add_string(2, kind);
  std::string out;
  pbf_writer unknown(out);
  unknown.add_message(1, type);
  unknown.add_bytes(2, object);
  unknown.add_string(4, "");
  return std::string("k8s\0", 4) + out;
}

std::string event(const std::string& type, const std::string& object) {
  std::string raw;
  pbf_writer(raw).add_bytes(1, object);
  std::string out;
  pbf_writer writer(out);
  writer.add_string(1, type);
  writer.add_message(2, raw);
  return out;
}

/// Go writes the fields that are empty, too.
std::string pod_meta() {
  std::string out;
  pbf_writer meta(out);
  meta.add_string(1, "train-0");
  meta.add_string(2, "");
  meta.add_string(3, "team");
  meta.add_string(6, "42");
  pbf_writer(meta, 8).add_int64(1, 1'700'000'000);
  for (const auto* value : {"a", "b"}) {
    pbf_writer label(meta, 11);
    label.add_string(1, std::string("label-") + value);
    label.add_string(2, value);
  }
  pbf_writer(meta, 17).add_string(1, "somebody's managed field");
  return out;
}

std::string pod(const std::string& message) {
  std::string status;
  {
    pbf_writer writer(status);
    writer.add_string(1, "Failed");
    pbf_writer container(writer, 8);
    container.add_string(1, "worker");
    container.add_int32(5, 2);
    pbf_writer state(container, 2);
    pbf_writer ended(state, 3);
    ended.add_int32(1, 137);
    ended.add_string(3, "OOMKilled");
    ended.add_string(4, message);
  }
  std::string spec;
  pbf_writer(spec).add_string(10, "node-1");
  std::string out;
  pbf_writer writer(out);
  writer.add_message(1, pod_meta());
  writer.add_message(2, spec);
  writer.add_message(3, status);
  return enveloped("v1", "Pod", out);
}

Result<cluster::Change> parse(const std::string& bytes) { return parse_watch_event(bytes, Encoding::Protobuf, kPods); }

TEST(ProtoObject, APodIsReadWithItsContainers) {
  const auto change = parse(event("MODIFIED", pod("killed")));
  ASSERT_TRUE(change.ok()) << change.error().message;
  EXPECT_EQ(change->type, ChangeType::Modified);
  const auto& read = std::get<cluster::Pod>(change->object);
  EXPECT_EQ(read.meta.name + "/" + read.meta.namespace_ + "/" + read.meta.resource_version, "train-0/team/42");
  EXPECT_EQ(read.meta.labels, (std::map<std::string, std::string>{{"label-a", "a"}, {"label-b", "b"}}));
  EXPECT_EQ(format_time(read.meta.creation_timestamp), "2023-11-14T22:13:20Z");
  EXPECT_EQ(read.node, "node-1");
  EXPECT_EQ(read.phase, cluster::PodPhase::Failed);
  ASSERT_EQ(read.containers.size(), 1u);
  const auto& worker = read.containers[0];
  EXPECT_TRUE(worker.terminated);
  EXPECT_EQ(worker.exit_code, 137);
  EXPECT_EQ(worker.restarts, 2);
  EXPECT_EQ(worker.reason + ": " + worker.message, "OOMKilled: killed");
}

TEST(ProtoObject, TheLastWordOfASidecarIsRead) {
  std::string status;
  {
    pbf_writer writer(status);
    writer.add_string(1, "Succeeded");
    pbf_writer container(writer, 10);  // initContainerStatuses
    container.add_string(1, "sidecar");
    pbf_writer state(container, 2);
    pbf_writer(state, 3).add_string(4, "the model");
  }
  std::string out;
  pbf_writer writer(out);
  writer.add_message(1, pod_meta());
  writer.add_message(3, status);
  const auto change = parse(event("MODIFIED", enveloped("v1", "Pod", out)));
  ASSERT_TRUE(change.ok()) << change.error().message;
  const auto* sidecar = cluster::sidecar_state(std::get<cluster::Pod>(change->object));
  ASSERT_NE(sidecar, nullptr);
  EXPECT_TRUE(sidecar->terminated);
  EXPECT_EQ(sidecar->message, "the model");
}

TEST(ProtoObject, WordsThatAreNoUtf8StayReadable) {
  const auto change = parse(event("ADDED", pod("bad \xff word")));
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(std::get<cluster::Pod>(change->object).containers.at(0).message, "bad \xEF\xBF\xBD word");
}

TEST(ProtoObject, AnErrorCarriesItsStatus) {
  std::string status;
  pbf_writer writer(status);
  writer.add_string(3, "too old resource version");
  writer.add_string(4, "Expired");
  writer.add_int32(6, 410);
  const auto change = parse(event("ERROR", enveloped("v1", "Status", status)));
  ASSERT_FALSE(change.ok());
  EXPECT_EQ(change.error().cls, ErrorClass::Gone);
  EXPECT_NE(change.error().message.find("too old resource version"), std::string::npos);
}

TEST(ProtoObject, EveryBeginningOfAnEventIsRefusedOrReadAndNeverThrows) {
  const std::string whole = event("ADDED", pod("killed"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto change = parse(whole.substr(0, size));
    ASSERT_FALSE(change.ok()) << size;
    EXPECT_EQ(change.error().cls, ErrorClass::Retry) << size;
  }
}

TEST(ProtoObject, ChangedBytesNeverThrow) {
  const std::string whole = event("ADDED", pod("killed"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x07U, 0x80U, 0xffU}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      const auto change = parse(changed);
      if (change) (void)cluster::encode(change->object).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
  }
}

TEST(ProtoObject, OnlyWhatIsReadWithoutContainersIsAskedForInProtobuf) {
  EXPECT_EQ(accepted_events({Kind::Job, false}), "application/vnd.kubernetes.protobuf;stream=watch,application/json");
  EXPECT_EQ(accepted_events({Kind::Pod, true}), "application/json");
  EXPECT_EQ(accepted_events({Kind::Dataset, false}), "application/json");
}

}  // namespace
}  // namespace visionops::kube
