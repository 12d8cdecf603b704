// What every CRD has to keep: see "Rules for the API" in docs/architecture.md.
#include <gtest/gtest.h>

#include <functional>

#include "base/json.h"
#include "operator/cluster/kinds.h"
#include "operator/manifest/manifest.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

struct Crd {
  std::filesystem::path file;
  Json json;
  const Json& version() const { return json.at("spec").at("versions").at(0); }
  const Json& schema() const { return version().at("schema").at("openAPIV3Schema"); }
};

const std::vector<Crd>& crds() {
  static const std::vector<Crd> all = [] {
    std::vector<Crd> out;
    for (const auto& file : files_below(source_dir() / "crds", {".yaml"})) {
      auto manifests = local::load_manifests(file);
      EXPECT_TRUE(manifests) << manifests.error().message;
      for (const auto& manifest : *manifests) out.push_back({file.filename(), *manifest.object});
    }
    EXPECT_EQ(out.size(), cluster::kOurKinds.size());
    return out;
  }();
  return all;
}

using Visit = std::function<void(const std::string& path, const Json& schema)>;

/// Calls `visit` for every schema below and including this one.
void walk(const std::string& path, const Json& schema, const Visit& visit) {
  visit(path, schema);
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, child] : properties.items()) walk(path + "." + name, child, visit);
  for (const char* key : {"items", "additionalProperties"}) {
    if (schema.contains(key)) walk(path + (std::string(key) == "items" ? "[]" : "{}"), schema.at(key), visit);
  }
}

void walk_all(const Visit& visit) {
  for (const auto& crd : crds()) walk(crd.file.stem().string() + ":", crd.schema(), visit);
}

TEST(Crds, AreSmallEnoughForClientSideApply) {
  // The annotation of kubectl apply holds the whole object and may have 256 KiB.
  for (const auto& file : files_below(source_dir() / "crds", {".yaml"})) {
    EXPECT_LT(std::filesystem::file_size(file), 100U * 1024) << file;
  }
}

TEST(Crds, HaveNoDefaults) {
  walk_all([](const std::string& path, const Json& schema) { EXPECT_FALSE(schema.contains("default")) << path; });
}

TEST(Crds, DescribeEveryProperty) {
  walk_all([](const std::string& path, const Json& schema) {
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, child] : properties.items()) {
      if (name == "metadata" && path.ends_with(":")) continue;  // Kubernetes forbids anything but its type
      EXPECT_GE(child.value("description", "").size(), 5U) << path << "." << name;
    }
  });
}

TEST(Crds, BoundEveryFieldOfASpec) {
  for (const auto& crd : crds()) {
    walk(crd.file.stem().string(), crd.schema().at("properties").at("spec"),
         [](const std::string& path, const Json& s) {
           const std::string type = s.value("type", "");
           if (type == "string") {
             EXPECT_TRUE(s.contains("maxLength") || s.contains("enum") || s.contains("format")) << path;
           } else if (type == "array") {
             EXPECT_TRUE(s.contains("maxItems")) << path;
           } else if (type == "integer" && !path.ends_with("]")) {  // items are bounded by the list
             EXPECT_TRUE(s.contains("minimum") && s.contains("maximum")) << path;
           } else if (s.contains("additionalProperties")) {
             EXPECT_TRUE(s.contains("maxProperties")) << path;
           }
         });
  }
}

TEST(Crds, AreStructural) {
  walk_all([](const std::string& path, const Json& schema) {
    EXPECT_TRUE(schema.contains("type")) << path;
    EXPECT_FALSE(schema.contains("properties") && schema.contains("additionalProperties")) << path;
    EXPECT_EQ(schema.value("type", "") == "array", schema.contains("items")) << path;
    for (const auto& [key, value] : schema.items()) {
      EXPECT_FALSE(key.starts_with("x-") && !key.starts_with("x-kubernetes-")) << path << " has " << key;
    }
    if (schema.value("type", "") == "array" && !path.ends_with("]")) {
      EXPECT_TRUE(schema.contains("x-kubernetes-list-type")) << path;
    }
  });
}

TEST(Crds, HaveAnchoredPatterns) {
  walk_all([](const std::string& path, const Json& schema) {
    const std::string pattern = schema.value("pattern", "^$");
    EXPECT_TRUE(pattern.starts_with("^") && pattern.ends_with("$")) << path << ": " << pattern;
  });
}

TEST(Crds, GiveEveryRuleAMessageForPeople) {
  std::size_t rules = 0;
  walk_all([&rules](const std::string& path, const Json& schema) {
    for (const auto& rule : schema.value("x-kubernetes-validations", Json::array())) {
      ++rules;
      const std::string message = rule.value("message", "");
      EXPECT_GE(message.size(), 10U) << path;
      EXPECT_EQ(message.find('\n'), std::string::npos) << path;
    }
  });
  EXPECT_GT(rules, 20U);
}

TEST(Crds, KeepConditionsAsAMapByType) {
  for (const auto& crd : crds()) {
    const Json& conditions = crd.schema().at("properties").at("status").at("properties").at("conditions");
    EXPECT_EQ(conditions.at("x-kubernetes-list-type"), "map");
    EXPECT_EQ(conditions.at("x-kubernetes-list-map-keys"), Json::array({"type"}));
  }
}

TEST(Crds, FixTheIdentityOfADatasetAndOfAnOutput) {
  const auto immutable = [](const Json& schema) {
    for (const auto& rule : schema.value("x-kubernetes-validations", Json::array())) {
      if (rule.value("rule", "") == "self == oldSelf") return true;
    }
    return false;
  };
  const Json& dataset = crds().at(0).schema().at("properties").at("spec");
  for (const char* name : {"group", "type", "split"}) {
    EXPECT_TRUE(immutable(dataset.at("properties").at(name))) << name;
    // A rule that compares with the old value is not run when the field is removed.
    EXPECT_NE(dataset.at("required").dump().find(name), std::string::npos) << name;
  }
  const Json& output = crds().at(1).schema().at("properties").at("spec").at("properties").at("output");
  EXPECT_TRUE(immutable(output.at("properties").at("group")));
}

TEST(Crds, AnswerToTheirShortNamesAndShowTheDocumentedColumns) {
  const auto columns = [](const Crd& crd) {
    std::string out;
    for (const auto& column : crd.version().at("additionalPrinterColumns")) {
      if (column.value("priority", 0) == 0) out += column.at("name").get<std::string>() + " ";
    }
    return out;
  };
  const std::vector<std::string> short_names{"vds", "vpl", "vtj"};
  const std::vector<std::string> shown{"Type Version Images Classes Size Ready Age ",
                                       "Phase Stage Progress In Out Duration Age ",
                                       "Phase Epoch Progress ETA Best GPU Age "};
  for (std::size_t i = 0; i < crds().size(); ++i) {
    const Json& names = crds()[i].json.at("spec").at("names");
    EXPECT_EQ(names.at("shortNames"), Json::array({short_names.at(i)}));
    EXPECT_EQ(names.at("categories"), Json::array({"visionops"}));
    EXPECT_EQ(columns(crds()[i]), shown.at(i));
    EXPECT_TRUE(crds()[i].version().at("subresources").contains("status"));
    EXPECT_EQ(crds()[i].json.at("spec").at("scope"), "Namespaced");
  }
}

TEST(Crds, ReadTheirColumnsFromFieldsThatExist) {
  for (const auto& crd : crds()) {
    for (const auto& column : crd.version().at("additionalPrinterColumns")) {
      const std::string path = column.at("jsonPath");
      if (path.starts_with(".metadata") || path.find('[') != std::string::npos) continue;
      std::string pointer;
      for (const char c : path) pointer += c == '.' ? std::string("/properties/") : std::string(1, c);
      EXPECT_TRUE(crd.schema().contains(Json::json_pointer(pointer))) << crd.file << ": " << path;
    }
  }
}

}  // namespace
}  // namespace visionops::contract_tests
