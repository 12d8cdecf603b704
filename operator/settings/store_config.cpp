#include "operator/settings/store_config.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/relative_path.h"
#include "operator/api/patterns.h"
#include "worker/contract/store_location.h"

namespace visionops::api {

const Table<S3StoreConfig>& S3StoreConfig::fields() {
  static const Table<S3StoreConfig> table{
      field("endpoint", &S3StoreConfig::endpoint,
            "Address of the object store. With http:// nothing on the way is secret but the keys.")
          .required()
          .max_length(512)
          .pattern(contract::kS3EndpointPattern, contract::kS3EndpointWords)
          .example("https://minio.example.org:9000"),
      field("region", &S3StoreConfig::region, "Region that requests are signed for.")
          .always()
          .default_text("us-east-1")
          .max_length(63)
          .pattern(contract::kS3RegionPattern),
      field("bucket", &S3StoreConfig::bucket, "Bucket.")
          .required()
          .pattern(contract::kS3BucketPattern, contract::kS3BucketWords),
      field("prefix", &S3StoreConfig::prefix,
            "Folder inside the bucket that is the store; {namespace} in it becomes the namespace of the resource.")
          .default_text("the whole bucket")
          .max_length(contract::kMaxS3Prefix)
          .example("visionops/{namespace}"),
      field("pathStyle", &S3StoreConfig::path_style,
            "The bucket stands in the path of requests; with false in front of the host name.")
          .always(),
      field("secretName", &S3StoreConfig::secret_name,
            "Secret in the namespace of the resource with the keys AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, when "
            "needed, AWS_SESSION_TOKEN. The kubelet mounts it; the operator never reads it.")
          .required()
          .max_length(253)
          .pattern(kNamePattern, kNameWords),
      field("caConfigMap", &S3StoreConfig::ca_config_map,
            "ConfigMap in the namespace of the resource with the PEM authorities of the endpoint as ca.crt.")
          .default_text("the authorities of the image")
          .max_length(253)
          .pattern(kNamePattern, kNameWords),
  };
  return table;
}

const Table<StoreConfig>& StoreConfig::fields() {
  static const Table<StoreConfig> table{
      field("name", &StoreConfig::name, "Name that resources use.")
          .required()
          .max_length(kMaxDeclaredStore)
          .pattern(kLabelPattern, kLabelWords),
      field("kind", &StoreConfig::kind,
            "PVC: the PersistentVolumeClaim visionops-store-NAME in the namespace of the resource. S3: a bucket.")
          .always(),
      field("s3", &StoreConfig::s3, "The bucket, for kind S3."),
  };
  return table;
}

void check_store(const StoreConfig& store, const std::string& path, Problems& problems) {
  const bool bucket = !store.s3.bucket.empty();
  if (store.kind == StoreKind::S3 && !bucket) problems.push_back({path + ".s3", "is required for kind S3"});
  if (store.kind == StoreKind::PVC && bucket) problems.push_back({path + ".s3", "is for kind S3 only"});
  if (const auto wrong = relative_path_problem(store.s3.prefix); wrong && !store.s3.prefix.empty()) {
    problems.push_back({path + ".s3.prefix", *wrong});
  }
}

}  // namespace visionops::api

namespace visionops {

namespace {

using api::StoreConfig;

/// A mapping, or a string that is the name.
class StoreConfigType final : public Assignable<StoreConfig, ValueType> {
 public:
  void decode(const Json& json, void* out, const std::string& path, Problems& problems) const override {
    const auto& table = StoreConfig::fields();
    table.decode_any(json.is_string() ? Json{{"name", json}} : json, out, path, problems);
  }
  Json encode(const void* value) const override { return StoreConfig::fields().encode_any(value); }
  bool absent(const void* value, const void* def) const override { return encode(value) == encode(def); }
  Json schema() const override { return StoreConfig::fields().schema(); }
};

}  // namespace

const ValueType& TypeOf<StoreConfig>::get() { return type_object<StoreConfigType>; }

}  // namespace visionops
