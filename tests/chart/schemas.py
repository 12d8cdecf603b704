"""JSON schemas for kubeconform: those of Kubernetes from its own OpenAPI document, those of custom resources from their
definitions. Closed: a field that no schema names is refused, as the API server does with --validate=strict."""

import json
import pathlib

import yaml

SHARED = "kubernetes.json"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


def _closed(schema):
    """The JSON schema that an OpenAPI schema of Kubernetes means."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    either = schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string"
    if either:
        return {"type": ["integer", "string"]}
    out = {key: _closed(value) for key, value in schema.items() if not key.startswith("x-kubernetes-") and key != "properties"}
    if "$ref" in out:
        return {"$ref": out["$ref"].replace("#/definitions/", f"{SHARED}#/definitions/")}
    if "properties" in schema:
        out["properties"] = {name: _closed(value) for name, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            out.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        out["type"] = [schema["type"], "null"]
    return out


def _name(group, version, kind):
    """kubeconform's {{.ResourceKind}}{{.KindSuffix}}: the first part of the group, then the version."""
    return "-".join(part for part in (kind.lower(), group.split(".")[0], version) if part) + ".json"


def _write_kubernetes(folder, document):
    definitions = {name: _closed(schema) for name, schema in document["definitions"].items()}
    definitions[QUANTITY] = {"type": ["string", "number"]}
    (folder / SHARED).write_text(json.dumps({"definitions": definitions}))
    for name, schema in document["definitions"].items():
        for what in schema.get("x-kubernetes-group-version-kind", []):
            (folder / _name(what["group"], what["version"], what["kind"])).write_text(
                json.dumps({"$ref": f"{SHARED}#/definitions/{name}"}))


def _write_definition(folder, definition):
    spec = definition["spec"]
    for version in spec["versions"]:
        schema = _closed(version["schema"]["openAPIV3Schema"])
        envelope = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
        # A definition may not name fields of the metadata but name and generateName.
        metadata = {"$ref": f"{SHARED}#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
        schema["properties"] = {**schema.get("properties", {}), **envelope, "metadata": metadata}
        (folder / _name(spec["group"], version["name"], spec["names"]["kind"])).write_text(json.dumps(schema))


def write(folder, swagger, definitions):
    """Into `folder`; `definitions` are files with CustomResourceDefinitions. Returns kubeconform's location of them."""
    folder = pathlib.Path(folder)
    _write_kubernetes(folder, json.loads(pathlib.Path(swagger).read_text()))
    for file in definitions:
        for document in yaml.safe_load_all(pathlib.Path(file).read_text()):
            if document and document["kind"] == "CustomResourceDefinition":
                _write_definition(folder, document)
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
