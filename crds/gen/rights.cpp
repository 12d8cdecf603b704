#include "crds/gen/rights.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "operator/cluster/kinds.h"

namespace visionops::crds {

namespace {

using cluster::KindRow;
using cluster::Verbs;
using cluster::Where;

struct Rule {
  std::string group;
  std::vector<std::string> resources;
  std::vector<std::string> verbs;
};

std::vector<std::string> words_of(Verbs verbs) {
  static constexpr std::array<std::pair<Verbs, const char*>, 6> kWords{{{cluster::kGet, "get"},
                                                                        {cluster::kList, "list"},
                                                                        {cluster::kWatch, "watch"},
                                                                        {cluster::kCreate, "create"},
                                                                        {cluster::kPatch, "patch"},
                                                                        {cluster::kDelete, "delete"}}};
  std::vector<std::string> out;
  for (const auto& [bit, word] : kWords) {
    if ((verbs & bit) != 0) out.emplace_back(word);
  }
  return out;
}

/// "datasets/status"; of those of ours that need all of `verbs`.
std::vector<std::string> ours(Verbs verbs, const std::string& subresource = "") {
  std::vector<std::string> out;
  for (const auto& row : cluster::kKindRows) {
    if (row.ours && (row.verbs & verbs) == verbs) out.push_back(std::string(row.plural) + subresource);
  }
  return out;
}

/// What all of our kinds need stands in one rule, what some need beside it in one for each verb.
std::vector<Rule> rules_of_ours() {
  const std::string group(api::kGroup);
  Verbs common = ~cluster::kNothing;
  Verbs any = cluster::kNothing;
  for (const auto& row : cluster::kKindRows) {
    if (row.ours) common &= row.verbs;
    if (row.ours) any |= row.verbs;
  }
  std::vector<Rule> out{{group, ours(cluster::kNothing), words_of(common)}};
  for (const Verbs verb : {cluster::kCreate, cluster::kDelete}) {
    if ((any & ~common & verb) != 0) out.push_back({group, ours(verb), words_of(verb)});
  }
  out.push_back({group, ours(cluster::kNothing, "/status"), {"patch", "update"}});
  // Jobs name their owner, which clusters that check it allow to whoever may update its finalizers.
  out.push_back({group, ours(cluster::kNothing, "/finalizers"), {"update"}});
  return out;
}

std::vector<Rule> rules_of_others(Where where) {
  std::vector<Rule> out;
  for (const auto& row : cluster::kKindRows) {
    if (row.ours || row.where != where || row.verbs == cluster::kNothing) continue;
    out.push_back({std::string(row.group()), {std::string(row.plural)}, words_of(row.verbs)});
  }
  return out;
}

std::string joined(std::span<const std::string> words, const std::string& quote = "") {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : ", ").append(quote).append(word).append(quote);
  return out;
}

std::string yaml(const std::vector<Rule>& rules) {
  std::string out;
  for (const auto& rule : rules) {
    out += "- apiGroups: [" + (rule.group.empty() ? "\"\"" : rule.group) + "]\n";
    out += "  resources: [" + joined(rule.resources) + "]\n  verbs: [" + joined(rule.verbs) + "]\n";
  }
  return out;
}

std::string markdown(const std::vector<Rule>& rules) {
  std::string out = "| API group | resources | verbs |\n|---|---|---|\n";
  for (const auto& rule : rules) {
    out += "| `" + (rule.group.empty() ? "core" : rule.group) + "` | " + joined(rule.resources, "`") + " | " +
           joined(rule.verbs) + " |\n";
  }
  return out;
}

std::vector<Rule> rules_everywhere() {
  auto out = rules_of_ours();
  for (auto& rule : rules_of_others(Where::Everywhere)) out.push_back(std::move(rule));
  return out;
}

}  // namespace

std::string rights_template() {
  return "{{- /* Written by visionops-crds from the table of kinds (operator/cluster/kinds.h); do not edit. */ -}}\n"
         "{{- define \"visionops.kinds\" -}}\n[" +
         joined(ours(cluster::kNothing)) + "]\n{{- end -}}\n{{- define \"visionops.kindRules\" -}}\n" +
         yaml(rules_everywhere()) + "{{- if .Values.kueue }}\n" + yaml(rules_of_others(Where::WithKueue)) +
         "{{- end }}\n{{- end -}}\n";
}

std::string rights_reference() {
  return "# Rights of the operator on objects\n\n"
         "<!-- Written by visionops-crds from the table of kinds; do not edit. -->\n\n"
         "What the operator asks of the API server about each kind, and what the chart grants. "
         "[The security page](../security.md) tells what each is for, and the rights beside these.\n\n" +
         markdown(rules_everywhere()) + "\n## With `kueue: true`\n\n" + markdown(rules_of_others(Where::WithKueue));
}

}  // namespace visionops::crds
