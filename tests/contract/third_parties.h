// Third-party headers and the only places that may include them.
#pragma once

#include <string>
#include <vector>

namespace visionops::contract_tests {

/// Third-party headers by prefix, and the only places that may include them.
struct ThirdParty {
  std::string prefix;
  std::vector<std::string> places;
};

inline const std::vector<ThirdParty>& third_parties() {
  static const std::vector<ThirdParty> all{
      {"cpprest/", {"operator/kube/transport/http_transport.cpp", "operator/kube/transport/bounded_body.h"}},
      {"boost/", {"operator/http", "operator/kube/transport/http_transport.cpp", "tests"}},
      {"pqxx/", {"operator/record"}},
      {"libpq", {"operator/record"}},
      {"curl/", {"worker/storage/s3"}},
      {"expat", {"worker/storage/s3", "worker/dataset/text/xml_elements.cpp"}},
      {"prometheus/", {"operator/health", "operator/assembly/operator_service.cpp"}},
      {"yaml-cpp/", {"base/yaml", "operator/kube/transport", "worker/dataset/formats/yolo"}},
      {"simdjson",
       {"operator/kube/codec/object_json.cpp", "operator/kube/codec/proto_object.cpp", "worker/dataset/text",
        "worker/dataset/folder", "worker/dataset/formats", "worker/inspect"}},
      {"protozero/",
       {"operator/kube/codec/proto_object.cpp", "operator/kube/codec/proto_list_body.cpp", "tests/unit/kube"}},
      {"opencv2/", {"worker/pipeline/pixels", "worker/train/engine/data", "samples/quickstart/generator"}},
      {"turbojpeg", {"worker/pipeline/pixels"}},
      {"lz4.h", {"operator/runtime/cache/packed_object.cpp"}},
      {"zlib.h", {"samples/quickstart/generator"}},
      {"re2/", {"worker/framework"}},
      {"torch/", {"worker/train"}},
      {"ATen/", {"worker/train"}},
      {"c10/", {"worker/train"}},
      {"nlohmann/", {"base/json.h", "base/json_fwd.h"}},
      {"openssl/", {"base/digest.cpp", "operator/http", "operator/kube", "worker/sidecar"}},
      {"CLI/",
       {"base/cli", "operator/assembly", "operator/commands", "operator/main.cpp", "worker/commands", "worker/main.cpp",
        "worker/sidecar/main.cpp", "worker/train/main.cpp", "crds/gen", "samples/quickstart/generator"}},
  };
  return all;
}

}  // namespace visionops::contract_tests
