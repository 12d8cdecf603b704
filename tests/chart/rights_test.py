"""The rights that the chart grants: exactly the calls of the operator, no wildcard, no Secret, no exec."""

import re
import unittest

from chart import SOURCE, VARIANTS, find, need, objects, rendered

# What operator/kube calls (kube_cluster.cpp, write_body.cpp, rest_path.cpp) for the actions of operator/core, by
# group, resource and verb.
READ = {"get", "list", "watch"}
CALLS = {
    ("visionops.dev", "datasets"): READ | {"patch", "create"},
    ("visionops.dev", "pipelines"): READ | {"patch"},
    ("visionops.dev", "trainingjobs"): READ | {"patch"},
    ("visionops.dev", "datasets/status"): {"patch", "update"},
    ("visionops.dev", "pipelines/status"): {"patch", "update"},
    ("visionops.dev", "trainingjobs/status"): {"patch", "update"},
    ("visionops.dev", "datasets/finalizers"): {"update"},
    ("visionops.dev", "pipelines/finalizers"): {"update"},
    ("visionops.dev", "trainingjobs/finalizers"): {"update"},
    ("batch", "jobs"): READ | {"create", "delete"},
    ("", "pods"): READ,
    ("", "services"): {"get", "create"},
    ("", "persistentvolumeclaims"): {"get"},
    ("events.k8s.io", "events"): {"create", "list"},
}
QUEUE = {("kueue.x-k8s.io", "workloads"): {"list", "watch"}}  # with `kueue: true` alone
OWN_NAMESPACE = {
    ("coordination.k8s.io", "leases"): {"create", "get", "update"},
    ("events.k8s.io", "events"): {"create"},
}
CLUSTER = {("authentication.k8s.io", "tokenreviews"): {"create"}}


def setUpModule():
    need("go")


def table(role):
    out = {}
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                out.setdefault((group, resource), set()).update(rule["verbs"])
    return out


class Rights(unittest.TestCase):
    def test_the_whole_cluster(self):
        documents = objects(rendered({}))
        self.assertEqual(table(find(documents, "ClusterRole", "visionops-operator")), CALLS)
        self.assertEqual(table(find(documents, "ClusterRole", "visionops-operator-token-review")), CLUSTER)
        self.assertEqual(table(find(documents, "Role", "visionops-operator-leader-election")), OWN_NAMESPACE)

    def test_some_namespaces(self):
        documents = objects(rendered({"namespaces": ["team-a", "team-b"]}))
        roles = {d["metadata"]["namespace"]: table(d) for d in documents
                 if d["kind"] == "Role" and d["metadata"]["name"] == "visionops-operator"}
        self.assertEqual(roles, {"team-a": CALLS, "team-b": CALLS})
        bound = [d["metadata"]["name"] for d in documents if d["kind"] == "ClusterRoleBinding"]
        self.assertEqual(bound, ["visionops-operator-token-review"])

    def test_a_cluster_with_kueue(self):
        documents = objects(rendered({"kueue": True}))
        self.assertEqual(table(find(documents, "ClusterRole", "visionops-operator")), CALLS | QUEUE)

    def test_the_operator_asks_for_nothing_that_no_rule_is_about(self):
        groups = {group for rules in (CALLS, QUEUE, OWN_NAMESPACE, CLUSTER) for group, _ in rules}
        paths = set()
        for file in (SOURCE / "operator").rglob("*.cpp"):
            paths |= set(re.findall(r'"/(apis/[a-z0-9.-]+|api)/v', file.read_text()))
        self.assertIn("apis/visionops.dev", paths)
        self.assertLessEqual({path.removeprefix("apis/").removeprefix("api") for path in paths}, groups)

    def test_the_rules_are_for_the_actions_that_the_operator_has(self):
        # A new action or kind is a new call: give it its rule here, in the chart and on the security page.
        decision = (SOURCE / "operator" / "core" / "decision.h").read_text()
        actions = re.search(r"using Action = std::variant<([^>]+)>", decision).group(1)
        self.assertEqual({name.strip() for name in actions.split(",")},
                         {"CreateService", "CreateJob", "DeleteJob", "CreateDataset", "AddFinalizer", "RemoveFinalizer"})
        door = (SOURCE / "operator" / "cluster" / "cluster_api.h").read_text()
        kinds = re.search(r"enum class Kind \{([^}]+)\}", door).group(1)
        self.assertEqual({name.strip() for name in kinds.split(",")},
                         {"Dataset", "Pipeline", "TrainingJob", "Job", "Pod", "Lease", "Workload", "Service"})

    def test_leases_are_limited_to_the_own_one(self):
        role = find(objects(rendered({})), "Role", "visionops-operator-leader-election")
        for rule in role["rules"]:
            if "get" in rule["verbs"]:
                self.assertEqual(rule["resourceNames"], ["visionops-operator"])

    def test_no_role_has_wildcards_secrets_exec_or_a_way_to_more_rights(self):
        forbidden = {"secrets", "pods/exec", "pods/attach", "pods/portforward", "serviceaccounts", "serviceaccounts/token",
                     "nodes/proxy", "roles", "clusterroles", "rolebindings", "clusterrolebindings"}
        for name, values in VARIANTS.items():
            for role in objects(rendered(values)):
                if role["kind"] not in ("Role", "ClusterRole"):
                    continue
                for (group, resource), verbs in table(role).items():
                    where = f"{name}: {role['metadata']['name']}: {group}/{resource}"
                    self.assertNotIn("*", {group, resource} | verbs, where)
                    self.assertNotIn(resource, forbidden, where)
                    self.assertFalse({"impersonate", "bind", "escalate"} & verbs, where)

    def test_the_security_page_tells_these_rights(self):
        page = (SOURCE / "docs" / "security.md").read_text()
        told = {}
        for group, resources, verbs in re.findall(r"^\| `([a-z0-9.-]*)` \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE):
            for resource in re.findall(r"`([a-z/]+)`", resources):
                told.setdefault(("" if group == "core" else group, resource), set()).update(re.findall(r"[a-z]+", verbs))
        wanted = {key: set(verbs) for key, verbs in CALLS.items()}
        for more in (QUEUE, OWN_NAMESPACE, CLUSTER):
            for key, verbs in more.items():
                wanted.setdefault(key, set()).update(verbs)
        self.assertEqual(told, wanted)


if __name__ == "__main__":
    unittest.main()
