"""Alert rules and dashboards: promtool reads them, their metrics exist in the operator, each alert has a runbook."""

import json
import pathlib
import re
import tempfile
import unittest

from chart import CHART, SOURCE, check, need, yaml

HERE = pathlib.Path(__file__).parent
RULES = CHART / "rules" / "visionops.yaml"
RUNBOOKS = SOURCE / "docs" / "runbooks"
# Words of PromQL that look like names.
WORDS = {"sum", "max", "min", "by", "without", "rate", "increase", "offset", "absent", "histogram_quantile", "and", "or", "on", "label_replace"}


def setUpModule():
    need("promtool")


def alerts():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def dashboards():
    return {file.name: json.loads(file.read_text()) for file in sorted((CHART / "dashboards").glob("*.json"))}


def dashboard_queries():
    return [(f"{name}: {panel['title']}", target["expr"]) for name, board in dashboards().items()
            for panel in board["panels"] for target in panel["targets"]]


def queries():
    return [(rule["alert"], rule["expr"]) for rule in alerts()] + dashboard_queries()


def series():
    """Names of the series that the operator exports, from the table in operator/health/metrics.cpp."""
    text = (SOURCE / "operator" / "health" / "metrics.cpp").read_text()
    out = set()
    for kind, name in re.findall(r'(counter|gauge|histogram)\(\s*r,\s*"([a-z_]+)"', text):
        out |= {name + end for end in ("_bucket", "_sum", "_count")} if kind == "histogram" else {name}
    return out


def label_names():
    text = (SOURCE / "operator" / "health" / "metrics.cpp").read_text()
    pairs = re.findall(r'labels\(([^;]*?)\)', text)
    return {name for pair in pairs for name in re.findall(r'"([a-z_]+)"', pair)} | {"name", "le"}


def with_variables(expression):
    """As Grafana sends it."""
    for name, value in (("$__rate_interval", "5m"), ("$__range", "6h"), ("$kind", "Dataset|Pipeline")):
        expression = expression.replace(name, value)
    return expression


def names_in(expression):
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on) \([^)]*\)', " ", expression)
    return {word for word in re.findall(r"[a-z_][a-z0-9_]*", bare) if not re.fullmatch(r"\d+[smhd]", word)} - WORDS


class Queries(unittest.TestCase):
    def test_every_metric_exists_in_the_operator(self):
        known = series()
        self.assertIn("visionops_resources", known)
        for where, expression in queries():
            with self.subTest(where):
                found = names_in(expression) - {"h", "m", "s"}
                self.assertTrue(found)
                self.assertLessEqual(found, known)

    def test_every_label_exists_in_the_operator(self):
        for where, expression in queries():
            used = set(re.findall(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"', expression))
            for names in re.findall(r"\b(?:by|without|on) \(([^)]*)\)", expression):
                used |= {name.strip() for name in names.split(",")}
            with self.subTest(where):
                self.assertLessEqual(used, label_names())

    def test_kinds_and_phases_are_those_of_the_resources(self):
        text = (SOURCE / "operator" / "api" / "run_status.h").read_text()
        phases = set(re.findall(r'\{(\w+), "\1"\}', text))
        self.assertIn("Failed", phases)
        for where, expression in queries():
            for value in re.findall(r'phase=~?"([^"]+)"', expression):
                self.assertLessEqual(set(value.split("|")), phases, where)

    def test_no_query_lists_the_kinds(self):
        """They come from the series of the operator, so that a new kind is there by itself."""
        kinds = set(re.findall(r"ours<api::(\w+)>", (SOURCE / "operator" / "cluster" / "kinds.h").read_text()))
        self.assertGreaterEqual(kinds, {"Dataset", "Pipeline", "TrainingJob"})
        for where, expression in queries():
            self.assertLessEqual(len(kinds & set(re.findall(r"\w+", expression))), 1, where)
        for name, board in dashboards().items():
            titles = " ".join(panel["title"] for panel in board["panels"])
            self.assertEqual({kind for kind in kinds if f"{kind}s by phase" in titles}, set(), name)

    def test_prometheus_reads_every_query_of_the_dashboards(self):
        rules = [{"record": f"query:{number}", "expr": with_variables(expression)}
                 for number, (_, expression) in enumerate(dashboard_queries())]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)
            file.flush()
            check("promtool", "check", "rules", file.name)


class Alerts(unittest.TestCase):
    def test_prometheus_reads_the_rules(self):
        check("promtool", "check", "rules", RULES)

    def test_the_alerts_fire_when_they_should(self):
        check("promtool", "test", "rules", HERE / "rules_test.yaml")

    def test_each_alert_is_tested_firing_and_quiet(self):
        cases = [case for test in yaml.safe_load((HERE / "rules_test.yaml").read_text())["tests"] for case in test["alert_rule_test"]]
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual({case["alertname"] for case in cases if case.get("exp_alerts")}, names)
        self.assertEqual({case["alertname"] for case in cases if not case.get("exp_alerts")}, names)

    def test_each_alert_has_a_runbook_and_each_runbook_an_alert(self):
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual({file.stem for file in RUNBOOKS.glob("VisionOps*.md")}, names)
        for rule in alerts():
            self.assertEqual(rule["annotations"]["runbook"], f"docs/runbooks/{rule['alert']}.md")
            text = (RUNBOOKS / f"{rule['alert']}.md").read_text()
            self.assertTrue(text.startswith(f"# {rule['alert']}\n"))
            for part in ("## Meaning", "## Impact", "## Look", "## Mend"):
                self.assertIn(part, text, rule["alert"])

    def test_runbooks_name_metrics_that_exist(self):
        known = series() | {name.rsplit("_", 1)[0] for name in series()}
        for file in RUNBOOKS.glob("*.md"):
            for name in re.findall(r"\b(?:visionops|workqueue|controller_runtime)_[a-z_]+\b", file.read_text()):
                self.assertIn(name, known, file.name)


class Dashboards(unittest.TestCase):
    def test_panels_have_their_own_number_and_place(self):
        for name, board in dashboards().items():
            ids = [panel["id"] for panel in board["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            taken = set()
            for panel in board["panels"]:
                at = panel["gridPos"]
                cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(cells & taken, f"{name}: {panel['title']} lies on another panel")
                self.assertLessEqual(at["x"] + at["w"], 24)
                taken |= cells

    def test_dashboards_use_the_chosen_data_source(self):
        for name, board in dashboards().items():
            self.assertEqual([v["name"] for v in board["templating"]["list"]], ["datasource", "kind"], name)
            self.assertEqual(board["templating"]["list"][1]["query"], "label_values(visionops_resources, kind)")
            for panel in board["panels"]:
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")


if __name__ == "__main__":
    unittest.main()
