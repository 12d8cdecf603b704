"""Argo CD's health and actions for the three kinds, in Argo CD's own test layout, run by Lua 5.1."""

import json
import pathlib
import re
import tempfile
import unittest

from chart import MANIFESTS, SOURCE, check, need, yaml

CUSTOMIZATIONS = MANIFESTS / "argocd" / "resource_customizations" / "visionops.dev"
KINDS = ("Dataset", "Pipeline", "TrainingJob")
RUNNER = pathlib.Path(__file__).parent / "run_lua.lua"


def setUpModule():
    need("lua5.1")


def lua(value):
    """A YAML value as a Lua expression."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{lua(key)}] = {lua(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(lua(item) for item in value) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False)


def load(file):
    # Times in quotes are text, as in the JSON that Argo CD reads.
    return yaml.safe_load(file.read_text())


def run(script, resource):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("return " + lua(resource))
        file.flush()
        return json.loads(check("lua5.1", RUNNER, script, file.name))


class Health(unittest.TestCase):
    def test_every_case_has_the_health_that_its_file_says(self):
        for kind in KINDS:
            folder = CUSTOMIZATIONS / kind
            for case in load(folder / "health_test.yaml")["tests"]:
                with self.subTest(f"{kind} {case['inputPath']}"):
                    self.assertEqual(run(folder / "health.lua", load(folder / case["inputPath"])), case["healthStatus"])

    def test_every_resource_of_the_cases_is_used(self):
        for kind in KINDS:
            used = {case["inputPath"] for case in load(CUSTOMIZATIONS / kind / "health_test.yaml")["tests"]}
            self.assertEqual(used, {f"testdata/{file.name}" for file in (CUSTOMIZATIONS / kind / "testdata").iterdir()})

    def test_an_empty_status_is_progressing(self):
        for kind in KINDS:
            resource = {"metadata": {"name": "x", "generation": 1}, "spec": {}, "status": {}}
            self.assertEqual(run(CUSTOMIZATIONS / kind / "health.lua", resource)["status"], "Progressing")

    def test_the_conditions_and_reasons_are_those_of_the_operator(self):
        conditions = set(re.findall(r'k\w+ = "(\w+)"', (SOURCE / "operator" / "api" / "conditions.h").read_text()))
        reasons = set(re.findall(r"^\| (\w+) \|", (SOURCE / "docs" / "conditions.md").read_text(), re.MULTILINE))
        for file in CUSTOMIZATIONS.rglob("testdata/*.yaml"):
            for condition in load(file).get("status", {}).get("conditions", []):
                self.assertIn(condition["type"], conditions, file)
                self.assertIn(condition["reason"], reasons, file)
        for script in CUSTOMIZATIONS.rglob("*.lua"):
            for name in re.findall(r'(?:held\.|condition\.type == ")(\w+)', script.read_text()):
                self.assertIn(name, conditions, script)


class Actions(unittest.TestCase):
    def test_actions_are_offered_when_they_make_sense(self):
        for kind in KINDS:
            folder = CUSTOMIZATIONS / kind / "actions"
            for case in load(folder / "action_test.yaml")["discoveryTests"]:
                with self.subTest(f"{kind} {case['inputPath']}"):
                    found = run(folder / "discovery.lua", load(folder / case["inputPath"]))
                    self.assertEqual(found, {action.pop("name"): action for action in case["result"]})

    def test_actions_change_what_their_file_says(self):
        for kind in KINDS:
            folder = CUSTOMIZATIONS / kind / "actions"
            for case in load(folder / "action_test.yaml")["actionTests"]:
                with self.subTest(f"{kind} {case['action']}"):
                    changed = run(folder / case["action"] / "action.lua", load(folder / case["inputPath"]))
                    self.assertEqual(changed, load(folder / case["expectedOutputPath"]))

    def test_each_offered_action_exists_and_is_tested(self):
        for kind in KINDS:
            folder = CUSTOMIZATIONS / kind / "actions"
            offered = set(run(folder / "discovery.lua", {"metadata": {}, "spec": {}}))
            self.assertEqual(offered, {file.parent.name for file in folder.glob("*/action.lua")})
            self.assertEqual(offered, {case["action"] for case in load(folder / "action_test.yaml")["actionTests"]})

    def test_rerun_sets_the_annotation_that_the_operator_reads(self):
        annotation = re.search(r'kRerunAnnotation = "([^"]+)"', (SOURCE / "operator" / "core" / "reconcile.h").read_text()).group(1)
        for kind in KINDS:
            changed = run(CUSTOMIZATIONS / kind / "actions" / "rerun" / "action.lua", {"metadata": {}})
            self.assertEqual(list(changed["metadata"]["annotations"]), [annotation])


class Patch(unittest.TestCase):
    def test_the_patch_of_argocd_cm_holds_these_scripts(self):
        data = yaml.safe_load((MANIFESTS / "argocd" / "argocd-cm-patch.yaml").read_text())["data"]
        for kind in KINDS:
            folder = CUSTOMIZATIONS / kind
            self.assertEqual(data[f"resource.customizations.health.visionops.dev_{kind}"], (folder / "health.lua").read_text())
            actions = yaml.safe_load(data[f"resource.customizations.actions.visionops.dev_{kind}"])
            self.assertEqual(actions["discovery.lua"], (folder / "actions" / "discovery.lua").read_text())
            self.assertEqual({a["name"]: a["action.lua"] for a in actions["definitions"]},
                             {f.parent.name: f.read_text() for f in (folder / "actions").glob("*/action.lua")})


if __name__ == "__main__":
    unittest.main()
