"""Enforces the NetworkPolicies of the test cluster with nftables, since the node's plain network does not.

  policies.py FOLDER POD_RANGE

Knows what manifests/ and the chart use: labels, namespaces and numbered or named ports. Anything else ends
it with a message, so that no rule is silently weaker than it reads. A Pod that it has not seen yet may ask
for names and nothing else. Replies pass, and so do the node's own connections to Pods (probes), as everywhere.
"""

import http.client
import json
import pathlib
import re
import ssl
import subprocess
import sys
import time

TABLE = "inet visionops-policies"


class Server:
    def __init__(self, folder):
        text = (folder / "kubeconfig").read_text()
        self.host = re.search(r"server: 'https://([^']*)'", text)[1]
        self.tls = ssl.create_default_context(cafile=folder / "ca.crt")
        self.tls.load_cert_chain(folder / "admin.crt", folder / "admin.key")

    def items(self, path):
        connection = http.client.HTTPSConnection(self.host, context=self.tls, timeout=10)
        try:
            connection.request("GET", path)
            return json.load(connection.getresponse()).get("items", [])
        finally:
            connection.close()


def check_keys(part, *known):
    unknown = set(part) - set(known)
    if unknown:
        sys.exit(f"policies.py does not know {unknown} in {json.dumps(part)}")


def matches(selector, labels):
    check_keys(selector, "matchLabels", "matchExpressions")
    for expression in selector.get("matchExpressions", []):
        if expression["operator"] != "In":
            sys.exit(f"policies.py does not know {json.dumps(expression)}")
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()


class Rules:
    def __init__(self, pods, namespaces, policies):
        self.namespaces = {x["metadata"]["name"]: x["metadata"].get("labels", {}) for x in namespaces}
        self.pods = [x for x in pods if x.get("status", {}).get("podIP")
                     and x["status"]["phase"] in ("Pending", "Running") and not x["spec"].get("hostNetwork")]
        self.policies = policies

    @staticmethod
    def labels(pod):
        return pod["metadata"].get("labels", {})

    def peers(self, namespace, peer):
        check_keys(peer, "podSelector", "namespaceSelector")
        for pod in self.pods:
            home = pod["metadata"]["namespace"]
            if "namespaceSelector" in peer:
                if not matches(peer["namespaceSelector"], self.namespaces[home]):
                    continue
            elif home != namespace:
                continue
            if matches(peer.get("podSelector", {}), self.labels(pod)):
                yield pod

    @staticmethod
    def port(port, pod):
        """The number of a port that may be a name of the Pod's containers."""
        if isinstance(port["port"], int):
            return port["port"]
        for container in pod["spec"]["containers"] if pod else []:
            for named in container.get("ports", []):
                if named.get("name") == port["port"]:
                    return named["containerPort"]
        return None

    def allowed(self, policy, rule, direction, pod):
        """Yields the nftables conditions under which the rule lets a packet of the Pod pass."""
        side = "to" if direction == "Egress" else "from"
        check_keys(rule, side, "ports")
        ends = [None]
        if side in rule:
            ends = [x for peer in rule[side] for x in self.peers(policy["metadata"]["namespace"], peer)]
        for end in ends:
            where = f"ip {'daddr' if side == 'to' else 'saddr'} {end['status']['podIP']} " if end else ""
            if "ports" not in rule:
                yield where
            for port in rule.get("ports", []):
                number = self.port(port, end if direction == "Egress" else pod)
                if number:
                    yield f"{where}{port.get('protocol', 'TCP').lower()} dport {number} "

    def lines(self, direction, match):
        """For each Pod that a policy selects: what passes, then a drop."""
        for pod in self.pods:
            chosen = [x for x in self.policies if x["metadata"]["namespace"] == pod["metadata"]["namespace"]
                      and direction in x["spec"].get("policyTypes", ["Ingress"])
                      and matches(x["spec"]["podSelector"], self.labels(pod))]
            if not chosen:
                continue
            inner = [f"{x}return" for policy in chosen for rule in policy["spec"].get(direction.lower(), [])
                     for x in self.allowed(policy, rule, direction, pod)]
            name = f"{direction.lower()}-{pod['metadata']['uid']}"
            yield name, inner + ["counter drop"], f"ip {match} {pod['status']['podIP']} jump {name}"

    def text(self, pod_range):
        chains, jumps = [], []
        for direction, match in (("Egress", "saddr"), ("Ingress", "daddr")):
            for name, inner, jump in self.lines(direction, match):
                chains.append(f"chain {name} {{\n" + "\n".join(sorted(set(inner[:-1])) + inner[-1:]) + "\n}")
                jumps.append(jump)
        known = ", ".join(x["status"]["podIP"] for x in self.pods)
        unseen = f"ip saddr {pod_range} " + (f"ip saddr != {{ {known} }} " if known else "")
        # A lost question for a name costs five seconds; networks that program a Pod before it starts lose none.
        check = "\n".join(["ct state established,related return", f"{unseen} udp dport 53 return", f"{unseen} drop", *jumps])
        hooks = "\n".join(f"chain {x} {{ type filter hook {x} priority 0; jump check; }}" for x in ("forward", "input"))
        body = "\n".join([*chains, f"chain check {{\n{check}\n}}", hooks])
        return f"table {TABLE}\ndelete table {TABLE}\ntable {TABLE} {{\n{body}\n}}\n"


def main():
    folder, pod_range = pathlib.Path(sys.argv[1]), sys.argv[2]
    server = Server(folder)
    now = None
    while True:
        try:
            found = [server.items(x) for x in ("/api/v1/pods", "/api/v1/namespaces", "/apis/networking.k8s.io/v1/networkpolicies")]
        except (OSError, ValueError) as error:
            print(f"the server does not answer: {error}", flush=True)
            time.sleep(1)
            continue
        text = Rules(*found).text(pod_range)
        if text != now:
            subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
            now = text
        time.sleep(0.2)


if __name__ == "__main__":
    main()
