#include "operator/kube/codec/proto_schema.h"

namespace visionops::kube {

namespace {

using enum ProtoType;

constexpr ProtoField kOwner[] = {{1, "kind"}, {3, "name"}, {4, "uid"}, {5, "apiVersion"}, {6, "controller", Flag}};

constexpr ProtoField kMeta[] = {{1, "name"},
                                {3, "namespace"},
                                {5, "uid"},
                                {6, "resourceVersion"},
                                {7, "generation", Integer},
                                {8, "creationTimestamp", Time},
                                {9, "deletionTimestamp", Time},
                                {11, "labels", TextMap},
                                {12, "annotations", TextMap},
                                {13, "ownerReferences", Message, kOwner, true},
                                {14, "finalizers", Text, {}, true}};

/// The same numbers in JobCondition and PodCondition.
constexpr ProtoField kCondition[] = {{1, "type"}, {2, "status"}, {5, "reason"}, {6, "message"}};

constexpr ProtoField kJobSpec[] = {{1, "parallelism", Integer},
                                   {2, "completions", Integer},
                                   {3, "activeDeadlineSeconds", Integer},
                                   {8, "ttlSecondsAfterFinished", Integer},
                                   {9, "completionMode"},
                                   {10, "suspend", Flag}};

constexpr ProtoField kJobStatus[] = {{1, "conditions", Message, kCondition, true},
                                     {2, "startTime", Time},
                                     {3, "completionTime", Time},
                                     {4, "active", Integer},
                                     {5, "succeeded", Integer},
                                     {6, "failed", Integer}};

constexpr ProtoField kPodSpec[] = {{4, "terminationGracePeriodSeconds", Integer},
                                   {7, "nodeSelector", TextMap},
                                   {10, "nodeName"},
                                   {17, "subdomain"},
                                   {29, "runtimeClassName"}};

constexpr ProtoField kWaiting[] = {{1, "reason"}, {2, "message"}};
constexpr ProtoField kTerminated[] = {{1, "exitCode", Integer}, {2, "signal", Integer}, {3, "reason"}, {4, "message"}};
constexpr ProtoField kContainerState[] = {
    {1, "waiting", Message, kWaiting}, {2, "running", Message}, {3, "terminated", Message, kTerminated}};
constexpr ProtoField kContainerStatus[] = {
    {1, "name"}, {2, "state", Message, kContainerState}, {5, "restartCount", Integer}};

constexpr ProtoField kPodStatus[] = {{1, "phase"},
                                     {2, "conditions", Message, kCondition, true},
                                     {3, "message"},
                                     {4, "reason"},
                                     {7, "startTime", Time},
                                     {8, "containerStatuses", Message, kContainerStatus, true},
                                     {10, "initContainerStatuses", Message, kContainerStatus, true}};

constexpr ProtoField kJob[] = {
    {1, "metadata", Message, kMeta}, {2, "spec", Message, kJobSpec}, {3, "status", Message, kJobStatus}};
constexpr ProtoField kPod[] = {
    {1, "metadata", Message, kMeta}, {2, "spec", Message, kPodSpec}, {3, "status", Message, kPodStatus}};

constexpr ProtoField kCause[] = {{1, "reason"}, {2, "message"}, {3, "field"}};
constexpr ProtoField kDetails[] = {{4, "causes", Message, kCause, true}};
constexpr ProtoField kStatus[] = {
    {3, "message"}, {4, "reason"}, {5, "details", Message, kDetails}, {6, "code", Integer}};

}  // namespace

std::span<const ProtoField> proto_fields(cluster::Kind kind) {
  if (kind == cluster::Kind::Job) return kJob;
  return kind == cluster::Kind::Pod ? std::span<const ProtoField>(kPod) : std::span<const ProtoField>();
}

std::span<const ProtoField> proto_status_fields() { return kStatus; }

}  // namespace visionops::kube
