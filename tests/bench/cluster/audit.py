"""What the operator asked of the API server, from the server's own audit log (audit-policy.yaml): one line for each
request."""

import collections
import json

WRITES = {"create", "update", "patch", "delete", "deletecollection"}
KINDS = {"datasets": "Dataset", "pipelines": "Pipeline", "trainingjobs": "TrainingJob"}

Request = collections.namedtuple("Request", "time verb resource subresource namespace name code regarding")


def requests(log):
    out = []
    with open(log) as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("stage") != "ResponseComplete":
                continue
            what = entry.get("objectRef", {})
            out.append(Request(entry["requestReceivedTimestamp"], entry["verb"], what.get("resource", ""),
                               what.get("subresource", ""), what.get("namespace", ""), what.get("name", ""),
                               entry.get("responseStatus", {}).get("code", 0),
                               entry.get("requestObject", {}).get("regarding")))
    return out


def owner_of(request, makers):
    """The resource whose life a write belongs to: the one written; of a Job its owner, which `makers` tells; of an Event
    the one it is about."""
    if request.resource == "events" and request.regarding:
        return request.regarding["kind"], request.namespace, request.regarding["name"]
    if request.resource in KINDS:
        return KINDS[request.resource], request.namespace, request.name
    return makers.get(("Job", request.namespace, request.name)) if request.resource == "jobs" else None


class Life:
    """Writes of one resource from its creation on."""

    def __init__(self):
        self.objects = self.events = 0
        self.requests = []

    def add(self, request):
        self.requests.append(request)
        if request.resource == "events":
            self.events += 1
        else:
            self.objects += 1


def is_lease(request):
    return request.resource == "leases"


def is_write(request):
    return request.verb in WRITES and not is_lease(request) and request.resource not in ("tokenreviews", "selfsubjectaccessreviews")


def lives(all_requests, makers):
    """(kind, namespace, name) -> Life; and the writes that belong to nobody."""
    found = collections.defaultdict(Life)
    strays = []
    for request in filter(is_write, all_requests):
        owner = owner_of(request, makers)
        if owner:
            found[owner].add(request)
        else:
            strays.append(request)
    return found, strays
