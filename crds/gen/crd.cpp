#include "crds/gen/crd.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/api/patterns.h"
#include "operator/cluster/kinds.h"

namespace visionops::crds {

namespace {

template <class T>
Json schema_of() {
  return T::fields().schema();
}

PrinterColumn age() { return {"Age", "date", ".metadata.creationTimestamp", "Time since the resource was created."}; }
PrinterColumn message() { return {"Message", "string", ".status.message", "Where things stand.", true}; }

template <class T>
void add_columns(bool wide, std::vector<PrinterColumn>& out) {
  for (const auto& column : T::columns()) {
    if (column.wide != wide || column.path.empty()) continue;
    out.push_back({std::string(column.name), std::string(column.type), std::string(column.path),
                   std::string(column.description), wide});
  }
}

template <class T>
std::vector<PrinterColumn> columns_of() {
  std::vector<PrinterColumn> out;
  add_columns<T>(false, out);
  out.push_back(age());
  add_columns<T>(true, out);
  out.push_back(message());
  return out;
}

template <class T>
Resource resource_of() {
  const api::ResourceKind& names = T::kKind;
  return {std::string(names.name),        std::string(names.plural), std::string(names.short_name),
          std::string(names.description), columns_of<T>(),           schema_of<decltype(T::spec)>,
          schema_of<decltype(T::status)>};
}

std::vector<Resource> all_resources() {
  std::vector<Resource> out;
  cluster::for_each_row([&]<class Row>(const Row&) {
    if constexpr (api::Resource<typename Row::Type>) out.push_back(resource_of<typename Row::Type>());
  });
  return out;
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
  static const std::vector<Resource> all = all_resources();
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
