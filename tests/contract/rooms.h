// The rooms of the house and what each may include; the same plan as docs/architecture.md.
#pragma once

#include <string>
#include <vector>

namespace visionops::contract_tests {

struct Room {
  std::string folder;
  bool pure = false;                     ///< no clock, random source, environment, log or file access inside
  std::vector<std::string> may_include;  ///< folders of this repository beside its own
};

inline const std::vector<Room>& rooms() {
  static const std::vector<Room> all{
      {"base", true, {}},

      {"operator/api", true, {"base", "worker/contract"}},
      {"operator/cluster", true, {"base", "operator/api", "worker/contract"}},
      {"operator/core", true, {"base", "operator/api", "operator/cluster", "worker/contract"}},
      {"operator/kube", false, {"base", "operator/api", "operator/cluster"}},
      {"operator/local", false, {"base", "operator/api", "operator/cluster", "worker/contract"}},
      {"operator/record", false, {"base", "operator/api", "operator/cluster", "operator/core", "worker/contract"}},
      {"operator/runtime", false, {"base", "operator/api", "operator/cluster", "operator/core", "worker/contract"}},
      {"operator/http", false, {"base"}},
      {"operator/telemetry", false, {"base", "operator/core", "operator/http", "worker/contract"}},
      {"operator/serve", false, {"base", "operator/http", "operator/runtime"}},
      {"operator/commands", false, {"base", "operator", "worker/contract"}},
      {"operator", false, {"base", "operator/commands"}},

      {"worker/contract", true, {"base"}},
      {"worker/parallel", false, {"base"}},
      {"worker/dataset/text", true, {"base"}},
      {"worker/dataset/model", true, {"base", "worker/contract", "worker/dataset/text"}},
      {"worker/dataset/images", true, {"base"}},
      {"worker/storage", false, {"base", "worker/contract"}},
      {"worker/telemetry_writer", false, {"base", "worker/contract"}},
      {"worker/dataset/folder",
       false,
       {"base", "worker/contract", "worker/dataset/images", "worker/dataset/model", "worker/parallel",
        "worker/storage"}},
      {"worker/dataset/formats",
       false,
       {"base", "worker/contract", "worker/dataset/folder", "worker/dataset/images", "worker/dataset/model",
        "worker/dataset/text", "worker/parallel", "worker/storage"}},
      {"worker/dataset", false, {"base", "worker/contract", "worker/parallel", "worker/storage"}},
      {"worker/pipeline/collection", true, {"base", "worker/contract", "worker/dataset/model"}},
      {"worker/pipeline/pixels/operations", false, {"base", "worker/pipeline/collection"}},
      {"worker/pipeline/manipulators",
       true,
       {"base", "worker/contract", "worker/dataset/model", "worker/pipeline/collection",
        "worker/pipeline/pixels/operations"}},
      {"worker/pipeline/plan",
       true,
       {"base", "worker/contract", "worker/dataset/model", "worker/pipeline/collection",
        "worker/pipeline/manipulators"}},
      {"worker/pipeline/pixels",
       false,
       {"base", "worker/dataset/images", "worker/pipeline/collection", "worker/pipeline/materialise"}},
      {"worker/pipeline/materialise",
       false,
       {"base", "worker/contract", "worker/dataset/images", "worker/parallel", "worker/pipeline/collection",
        "worker/pipeline/plan", "worker/storage"}},
      {"worker/pipeline/publish",
       false,
       {"base", "worker/dataset", "worker/contract", "worker/parallel", "worker/pipeline", "worker/storage",
        "worker/telemetry_writer"}},
      {"worker/inspect", false, {"base", "worker/dataset", "worker/contract", "worker/storage"}},
      {"worker/sidecar", false, {"base", "worker/contract", "worker/storage", "worker/telemetry_writer"}},
      {"worker/train/models", true, {"base"}},
      {"worker/train/losses", true, {"base"}},
      {"worker/train/metrics", true, {"base"}},
      {"worker/train",
       false,
       {"base", "worker/dataset", "worker/contract", "worker/pipeline/materialise", "worker/storage",
        "worker/telemetry_writer"}},
      {"worker/commands", false, {"base", "worker"}},
      {"worker", false, {"base", "worker"}},

      {"crds/gen", false, {"base", "operator/api", "worker/contract"}},
      {"samples/quickstart/generator", false, {"base"}},
  };
  return all;
}

/// Third-party headers by prefix, and the only places that may include them.
struct ThirdParty {
  std::string prefix;
  std::vector<std::string> places;
};

inline const std::vector<ThirdParty>& third_parties() {
  static const std::vector<ThirdParty> all{
      {"cpprest/", {"operator/kube/http_transport.cpp", "operator/kube/bounded_body.h"}},
      {"boost/", {"operator/http", "operator/kube/http_transport.cpp", "tests"}},
      {"pqxx/", {"operator/record"}},
      {"libpq", {"operator/record"}},
      {"curl/", {"worker/storage/s3"}},
      {"expat", {"worker/storage/s3"}},
      {"prometheus/", {"operator/serve", "operator/commands/operator_service.cpp"}},
      {"yaml-cpp/", {"operator/local", "operator/kube", "worker/dataset/formats"}},
      {"simdjson",
       {"operator/kube/object_json.cpp", "operator/kube/proto_object.cpp", "worker/dataset/text",
        "worker/dataset/folder", "worker/dataset/formats", "worker/inspect"}},
      {"protozero/", {"operator/kube/proto_object.cpp", "operator/kube/proto_list_body.cpp", "tests/unit/kube"}},
      {"opencv2/", {"worker/pipeline/pixels", "worker/train/data", "samples/quickstart/generator"}},
      {"turbojpeg", {"worker/pipeline/pixels"}},
      {"lz4.h", {"operator/runtime/packed_object.cpp"}},
      {"zlib.h", {"samples/quickstart/generator"}},
      {"torch/", {"worker/train"}},
      {"ATen/", {"worker/train"}},
      {"c10/", {"worker/train"}},
      {"nlohmann/", {"base/json.h", "base/json_fwd.h"}},
      {"openssl/", {"base/digest.cpp", "operator/http", "operator/kube", "worker/sidecar"}},
      {"CLI/",
       {"operator/commands", "operator/main.cpp", "worker/commands", "worker/main.cpp", "worker/sidecar/main.cpp",
        "worker/train/main.cpp", "crds/gen", "samples/quickstart/generator"}},
  };
  return all;
}

}  // namespace visionops::contract_tests
