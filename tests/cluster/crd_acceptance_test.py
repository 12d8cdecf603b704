"""The resource definitions before a real API server: accepted, every rule with a sample of either side, readable by kubectl."""

import json
import subprocess
import unittest

from crd_samples import BASES, SAMPLES, with_values
from kubectl import SOURCE, Kubectl

KINDS = {"Dataset": "datasets", "Pipeline": "pipelines", "TrainingJob": "trainingjobs"}
COLUMNS = {
    "vds": "NAME TYPE VERSION IMAGES CLASSES SIZE READY AGE",
    "vpl": "NAME PHASE STAGE PROGRESS IN OUT DURATION AGE",
    "vtj": "NAME PHASE EPOCH PROGRESS ETA BEST GPU AGE",
}


def schemas(kubectl):
    """The schemas that the server holds, not those that the files say."""
    for kind, plural in KINDS.items():
        definition = kubectl.read("get", "crd", f"{plural}.visionops.dev")
        yield kind, definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def nodes(schema, path=""):
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from nodes(child, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from nodes(schema["items"], path + "[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from nodes(schema["additionalProperties"], path + "{}")


class Definitions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kubectl = Kubectl()

    def test_each_is_accepted_by_strict_validation_without_a_warning(self):
        code, out, err = self.kubectl.call("apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", SOURCE / "crds")
        self.assertEqual(code, 0, err)
        self.assertNotIn("Warning", err)
        for plural in KINDS.values():
            conditions = self.kubectl.read("get", "crd", f"{plural}.visionops.dev")["status"]["conditions"]
            states = {c["type"]: c["status"] for c in conditions}
            self.assertEqual(states.get("Established"), "True")
            self.assertNotEqual(states.get("NonStructuralSchema"), "True")

    def test_the_base_of_the_samples_is_accepted(self):
        for kind, base in BASES.items():
            with self.subTest(kind):
                self.assertEqual(self.kubectl.try_create(base), "")

    def test_every_rule_has_a_sample_that_passes_and_one_that_fails_with_its_message(self):
        unused = set(SAMPLES)
        for kind, schema in schemas(self.kubectl):
            for path, node in nodes(schema):
                if path.startswith("status."):
                    continue  # what spec resolved to: its rules are those of spec, and creating takes no status
                for rule in node.get("x-kubernetes-validations", []):
                    with self.subTest(f"{kind} {path}: {rule['rule']}"):
                        key = (kind, path, rule["message"])
                        self.assertIn(key, SAMPLES, "this rule has no samples in crd_samples.py")
                        unused.discard(key)
                        self.check(kind, SAMPLES[key], rule["message"])
        self.assertEqual(unused, set(), "samples of rules that are gone")

    def check(self, kind, sample, message):
        base = with_values(BASES[kind], sample.base)
        attempt = self.kubectl.try_create
        if sample.change:
            self.kubectl.create(base)
            attempt = self.kubectl.try_replace
        try:
            self.assertEqual(attempt(with_values(base, sample.passes)), "")
            refusal = attempt(with_values(base, sample.fails))
            self.assertIn(message, refusal)
        finally:
            if sample.change:
                self.kubectl.delete(base)

    def test_explain_shows_every_field_of_the_spec_and_each_has_a_description(self):
        for kind, schema in schemas(self.kubectl):
            shown = self.kubectl.run("explain", f"{KINDS[kind]}.spec", "--recursive").split()
            for path, node in nodes(schema["properties"]["spec"], "spec"):
                with self.subTest(f"{kind} {path}"):
                    if not path.endswith(("[]", "{}")):
                        self.assertTrue(node.get("description"), "no description")
                    if path != "spec":
                        self.assertIn(path.split(".")[-1].strip("[]{}"), shown)

    def test_get_shows_the_printer_columns(self):
        for base in BASES.values():
            self.kubectl.create(base)
        try:
            for short, columns in COLUMNS.items():
                self.assertEqual(self.kubectl.run("get", short).splitlines()[0].split(), columns.split())
            wide = self.kubectl.run("get", "vtj", "-o", "wide").splitlines()[0].split()
            self.assertIn("MESSAGE", wide)
            self.assertIn("trainingjob.visionops.dev/sample", self.kubectl.run("get", "visionops", "-o", "name"))
        finally:
            for base in BASES.values():
                self.kubectl.delete(base)

    def test_wait_for_complete_returns_when_the_status_says_so(self):
        job = BASES["TrainingJob"]
        self.kubectl.create(job)
        self.addCleanup(self.kubectl.delete, job)
        waiting = self.kubectl.start("wait", "--for=condition=Complete", "--timeout=30s", "vtj/sample")
        condition = {"type": "Complete", "status": "True", "reason": "Succeeded", "message": "", "observedGeneration": 1,
                     "lastTransitionTime": "2026-01-01T00:00:00Z"}
        self.kubectl.run("patch", "vtj", "sample", "--subresource=status", "--type=merge",
                         "-p", json.dumps({"status": {"conditions": [condition]}}))
        try:
            self.assertEqual(waiting.wait(timeout=40), 0)
        except subprocess.TimeoutExpired:
            waiting.kill()
            raise


if __name__ == "__main__":
    unittest.main()
