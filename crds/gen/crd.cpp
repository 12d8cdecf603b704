#include "crds/gen/crd.h"

#include "base/field_table.h"
#include "operator/api/dataset.h"
#include "operator/api/patterns.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::crds {

namespace {

template <class T>
Json schema_of() {
  return T::fields().schema();
}

const PrinterColumn kAge{"Age", "date", ".metadata.creationTimestamp", "Time since the resource was created."};
const PrinterColumn kMessage{"Message", "string", ".status.message", "Where things stand.", true};

Resource dataset() {
  return {"Dataset",
          "datasets",
          "vds",
          "Dataset is one split and version of a dataset group: files in a store, inspected, counted, digested, and "
          "unchanged once Ready.",
          {{"Type", "string", ".spec.type", "How far the data are processed."},
           {"Version", "string", ".spec.version", "Version of the group and split."},
           {"Images", "integer", ".status.images", "Number of images."},
           {"Classes", "integer", ".status.classes", "Number of classes."},
           {"Size", "string", ".status.size", "Size of all files."},
           {"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status", "Whether it may be used."},
           kAge,
           {"Group", "string", ".spec.group", "Logical bundle.", true},
           {"Split", "string", ".spec.split", "Role in training.", true},
           {"Pipeline", "string", ".status.lineage.pipeline", "Pipeline that made it.", true},
           kMessage},
          schema_of<api::DatasetSpec>,
          schema_of<api::DatasetStatus>};
}

Resource pipeline() {
  return {"Pipeline",
          "pipelines",
          "vpl",
          "Pipeline makes a new Dataset from others: each source through its own steps, then all together through "
          "common ones. Sources are never changed.",
          {{"Phase", "string", ".status.phase", "Where the run stands."},
           {"Stage", "string", ".status.stage", "What the workers are doing."},
           {"Progress", "string", ".status.progress", "Work done in this stage."},
           {"In", "integer", ".status.imagesIn", "Images of all sources."},
           {"Out", "integer", ".status.imagesOut", "Images of the result."},
           {"Duration", "string", ".status.duration", "How long the run took."},
           kAge,
           {"Output", "string", ".status.resolved.output.dataset", "Dataset that comes out.", true},
           kMessage},
          schema_of<api::PipelineSpec>,
          schema_of<api::PipelineStatus>};
}

Resource training_job() {
  return {"TrainingJob",
          "trainingjobs",
          "vtj",
          "TrainingJob trains a model on Datasets and keeps its verified checkpoints, metrics and the evaluated best "
          "model.",
          {{"Phase", "string", ".status.phase", "Where the run stands."},
           {"Epoch", "integer", ".status.epoch", "Current epoch."},
           {"Progress", "string", ".status.progress", "Work done."},
           {"ETA", "string", ".status.eta", "Time left."},
           {"Best", "string", ".status.bestSummary", "Best value of the watched metric."},
           {"GPU", "string", ".status.gpu", "GPU that is used."},
           kAge,
           {"Model", "string", ".spec.model", "Model that is trained.", true},
           {"Train", "string", ".status.resolved.train.name", "Dataset that it learns from.", true},
           kMessage},
          schema_of<api::TrainingJobSpec>,
          schema_of<api::TrainingJobStatus>};
}

/// The order of the tables is for people; the API server refuses keys that it does not know.
void drop_property_order(Json& schema) {
  if (!schema.is_structured()) return;
  if (schema.is_object()) schema.erase(kPropertyOrder);
  for (auto& child : schema) drop_property_order(child);
}

Json root_schema(const Resource& resource) {
  Json spec = resource.spec_schema();
  spec["description"] = "What is wanted. The operator never writes here.";
  Json status = resource.status_schema();
  status["description"] = "What is, as the operator observed it. Written by the operator alone.";
  Json root{{"type", "object"},
            {"description", resource.description},
            {"required", {"spec"}},
            {"properties",
             {{"apiVersion", {{"type", "string"}, {"description", "Group and version: visionops.dev/v1alpha1."}}},
              {"kind", {{"type", "string"}, {"description", resource.kind + "."}}},
              {"metadata", {{"type", "object"}}},
              {"spec", std::move(spec)},
              {"status", std::move(status)}}}};
  root["x-kubernetes-validations"] = Json::array(
      {{{"rule", "size(self.metadata.name) <= " + std::to_string(api::kMaxName)},
        {"message", "metadata.name is longer than 63 characters; it stands in labels, which hold no more"}}});
  drop_property_order(root);
  return root;
}

Json printer_columns(const Resource& resource) {
  Json out = Json::array();
  for (const auto& column : resource.columns) {
    Json json{{"name", column.name},
              {"type", column.type},
              {"jsonPath", column.json_path},
              {"description", column.description}};
    if (column.wide) json["priority"] = 1;
    out.push_back(std::move(json));
  }
  return out;
}

}  // namespace

const std::vector<Resource>& resources() {
  static const std::vector<Resource> all{dataset(), pipeline(), training_job()};
  return all;
}

std::string crd_name(const Resource& resource) { return resource.plural + "." + std::string(api::kGroup); }

Json custom_resource_definition(const Resource& resource) {
  std::string singular = resource.plural;
  singular.pop_back();
  const Json version{{"name", "v1alpha1"},
                     {"served", true},
                     {"storage", true},
                     {"subresources", {{"status", Json::object()}}},
                     {"additionalPrinterColumns", printer_columns(resource)},
                     {"schema", {{"openAPIV3Schema", root_schema(resource)}}}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", {{"name", crd_name(resource)}}},
          {"spec",
           {{"group", api::kGroup},
            {"scope", "Namespaced"},
            {"names",
             {{"kind", resource.kind},
              {"listKind", resource.kind + "List"},
              {"plural", resource.plural},
              {"singular", singular},
              {"shortNames", {resource.short_name}},
              {"categories", {"visionops"}}}},
            {"versions", Json::array({version})}}}};
}

}  // namespace visionops::crds
