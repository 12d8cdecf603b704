"""The rights that the chart grants: exactly the calls of the operator, no wildcard, no Secret, no exec."""

import re
import unittest

from chart import SOURCE, VARIANTS, find, need, objects, rendered

READ = {"get", "list", "watch"}


def told(page):
    """The rights in the tables of a page, by group and resource."""
    out = {}
    for group, resources, verbs in re.findall(r"^\| `([a-z0-9.-]*)` \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE):
        for resource in re.findall(r"`([a-z/]+)`", resources):
            out.setdefault(("" if group == "core" else group, resource), set()).update(re.findall(r"[a-z]+", verbs))
    return out


# What the operator asks about its kinds, as the table of kinds says (operator/cluster/kinds.h); that it asks nothing
# else is what tests/sim holds.
KINDS, QUEUE = (told(part) for part in (SOURCE / "docs" / "reference" / "rights.md").read_text().split("## With `kueue: true`"))
CALLS = KINDS | {
    ("", "persistentvolumeclaims"): {"get"},
    ("events.k8s.io", "events"): {"create", "list"},
}
OWN_NAMESPACE = {
    ("coordination.k8s.io", "leases"): {"create", "get", "update"},
    ("events.k8s.io", "events"): {"create"},
}
CLUSTER = {("authentication.k8s.io", "tokenreviews"): {"create"}}
# A new one of these is a decision about security: it is made here, too. Reading, and the status and the finalizers of
# our own kinds, are not among them.
CHANGES = {
    ("visionops.dev", "datasets"): {"create"},
    ("batch", "jobs"): {"create", "delete"},
    ("", "services"): {"create"},
}


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
        self.assertIn("apis/events.k8s.io", paths)
        self.assertLessEqual({path.removeprefix("apis/").removeprefix("api") for path in paths}, groups)

    def test_the_rules_are_for_the_actions_that_the_operator_has(self):
        # A new action is a new call: give its kind the verb in the table of kinds.
        decision = (SOURCE / "operator" / "core" / "decision.h").read_text()
        actions = re.search(r"using Action = std::variant<([^>]+)>", decision).group(1)
        self.assertEqual({name.strip() for name in actions.split(",")},
                         {"CreateService", "CreateJob", "DeleteJob", "CreateDataset", "AddFinalizer", "RemoveFinalizer"})

    def test_what_the_operator_may_change_was_decided(self):
        changes = {}
        for (group, resource), verbs in (KINDS | QUEUE).items():
            ours = {"patch", "update"} if group == "visionops.dev" else set()
            if more := verbs - READ - ours:
                changes[(group, resource)] = more
        self.assertEqual(changes, CHANGES)

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

    def test_the_security_page_tells_the_rights_beside_those_on_kinds(self):
        wanted = {key: set(verbs) for key, verbs in CALLS.items() if key not in KINDS}
        for more in (OWN_NAMESPACE, CLUSTER):
            for key, verbs in more.items():
                wanted.setdefault(key, set()).update(verbs)
        page = (SOURCE / "docs" / "security.md").read_text()
        self.assertEqual(told(page), wanted)
        self.assertIn("reference/rights.md", page)


if __name__ == "__main__":
    unittest.main()
