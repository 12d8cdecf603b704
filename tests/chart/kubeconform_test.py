"""What the chart renders for a matrix of values, the manifests and the samples, against the schemas of Kubernetes, of the
neighbours and of this project. No cluster."""

import itertools
import json
import pathlib
import subprocess
import tempfile
import unittest

import schemas
from chart import EVERYTHING, MANIFESTS, SOURCE, VARIANTS, call, merged, need, rendered, tools

program = None
location = None

# One value of each row with one of every other: 36 charts beside the named variants.
MATRIX = [
    [{}, {"namespaces": ["team-a"]}, {"namespaces": ["team-a", "team-b"]}],
    [{}, {"kueue": True, "stores": EVERYTHING["stores"]}],
    [{"telemetry": tls} for tls in ({}, {"tls": {"existingSecret": "own-tls"}}, EVERYTHING["telemetry"])],
    [{}, {"networkPolicy": EVERYTHING["networkPolicy"], "admissionPolicies": EVERYTHING["admissionPolicies"],
          "serviceMonitor": EVERYTHING["serviceMonitor"], "prometheusRule": EVERYTHING["prometheusRule"],
          "dashboards": EVERYTHING["dashboards"], "database": EVERYTHING["database"]}],
]


def setUpModule():
    global program, location
    need("go")
    built = subprocess.run([SOURCE / "tools" / "build-kubeconform"], stdout=subprocess.PIPE, text=True, check=True)
    built = pathlib.Path(built.stdout.strip())
    program = built / "kubeconform"
    folder = tempfile.TemporaryDirectory(prefix="visionops-schemas-")
    unittest.addModuleCleanup(folder.cleanup)
    definitions = [*(SOURCE / "crds").glob("*.yaml"), *(tools() / "neighbours").iterdir()]
    location = schemas.write(folder.name, built / "swagger.json", definitions)


def verdict(text):
    """(problems, how many objects hold). An object without a schema is a problem."""
    done = call(program, "-strict", "-summary", "-output", "json", "-schema-location", location, "-", input=text)
    report = json.loads(done.stdout)
    problems = [f"{r['kind']} {r['name']}: {r['msg']}" for r in report.get("resources", [])]
    return problems, report["summary"]["valid"]


class Kubeconform(unittest.TestCase):
    def assert_conforms(self, text):
        problems, valid = verdict(text)
        self.assertEqual(problems, [])
        self.assertGreater(valid, 0)

    def test_every_named_variant(self):
        for name, values in VARIANTS.items():
            with self.subTest(name):
                self.assert_conforms(rendered(values, "--include-crds"))

    def test_the_matrix(self):
        for values in itertools.product(*MATRIX):
            values = merged(*values, {"crds": {"install": False}})  # the same in all of them
            with self.subTest(json.dumps(values)):
                self.assert_conforms(rendered(values))

    def test_the_manifests_and_the_samples(self):
        files = [file for folder in (MANIFESTS, SOURCE / "samples") for file in sorted(folder.rglob("*.yaml"))
                 if file.name != "kustomization.yaml" and "resource_customizations" not in file.parts]
        self.assertGreater(len(files), 8)
        for file in files:
            with self.subTest(str(file.relative_to(SOURCE))):
                self.assert_conforms(file.read_text())


class Refusals(unittest.TestCase):
    """The schemas see what is wrong."""

    def assert_refused(self, text, word):
        problems, _ = verdict(text)
        self.assertTrue(any(word in problem for problem in problems), problems)

    def test_an_unknown_field_of_kubernetes(self):
        self.assert_refused(rendered({}).replace("replicas: 2", "replicaz: 2"), "replicaz")

    def test_a_wrong_type_of_kubernetes(self):
        self.assert_refused(rendered({}).replace("replicas: 2", "replicas: two"), "got string")

    def test_ours(self):
        sample = (SOURCE / "samples" / "quickstart" / "30-training.yaml").read_text()
        self.assert_refused(sample.replace("epochs:", "epoch:"), "epoch")
        self.assert_refused(sample.replace("runtime: builtin", "runtime: abacus"), "/spec/runtime")

    def test_a_kind_that_nobody_defines(self):
        self.assert_refused("apiVersion: visionops.dev/v1alpha1\nkind: Abacus\nmetadata: {name: a}\n", "could not find schema")


if __name__ == "__main__":
    unittest.main()
