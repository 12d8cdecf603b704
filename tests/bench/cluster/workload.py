"""What is submitted: bundles of ten resources as a team writes them. Nine are submitted, the tenth is the Dataset
that the Pipeline makes; each needs one worker Pod (or more of the Pipeline, where more Pods are wanted)."""

import itertools
import math

API = "visionops.dev/v1alpha1"
PLURALS = {"Dataset": "datasets", "Pipeline": "pipelines", "TrainingJob": "trainingjobs"}
PER_BUNDLE = 10
SUBMITTED_PER_BUNDLE = 9


def path(kind, namespace=None, name=None, subresource=None):
    parts = ["/apis/visionops.dev/v1alpha1"]
    parts += [f"namespaces/{namespace}"] if namespace else []
    parts += [part for part in (PLURALS[kind], name, subresource) if part]
    return "/".join(parts)


def _resource(kind, namespace, name, spec):
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def dataset(namespace, group, split, version):
    return _resource("Dataset", namespace, f"{group}-{split.lower()}-{version}", {
        "group": group, "type": "Raw", "split": split, "version": version, "format": "COCO", "tasks": ["Detection"],
        "store": "datasets", "origin": f"https://example.org/{group}", "description": "Street scenes of one camera.",
        "qualityGate": {"maxMissingImages": 0, "minImagesPerClass": 5}})


def pipeline(namespace, group, parallelism):
    return _resource("Pipeline", namespace, f"{group}-fusion", {
        "sources": [{"dataset": {"name": f"{group}-train-v1.0.0"},
                     "manipulators": [{"filter_keep_by_class": {"classes": ["car", "bus"]}}]},
                    {"dataset": {"name": f"{group}-night-train-v1.0.0"},
                     "manipulators": [{"change_compression": {"quality": 85}}]}],
        "postMerge": [{"merge_datasets": {}}, {"shuffle_image_ids": {}}],
        "output": {"group": f"{group}-fused", "type": "Fusion", "split": "Train", "format": "YOLO",
                   "tasks": ["Detection"], "store": "datasets"},
        "allowLoss": ["Masks", "Crowd", "Attributes"], "seed": 7, "parallelism": parallelism})


def training(namespace, name, train, group):
    return _resource("TrainingJob", namespace, name, {
        "runtime": "builtin", "task": "Detection", "model": "centernet_nano",
        "datasets": {"train": train, "val": {"name": f"{group}-val-v1.0.0"}},
        "hyperparameters": {"epochs": 12, "batchSize": 16, "learningRate": 0.002, "seed": 7},
        "checkpoints": {"store": "models", "every": 1, "keep": 3}, "retry": {"limit": 2}})


def bundle(namespace, group, parallelism):
    """Whoever is referred to comes first, so that a cut stream has no reference into the void."""
    return [
        dataset(namespace, group, "Train", "v1.0.0"),
        dataset(namespace, group, "Val", "v1.0.0"),
        dataset(namespace, f"{group}-night", "Train", "v1.0.0"),
        dataset(namespace, group, "Train", "v1.1.0"),
        training(namespace, f"{group}-detector", {"name": f"{group}-train-v1.0.0"}, group),
        training(namespace, f"{group}-newest", {"group": group, "split": "Train"}, group),
        pipeline(namespace, group, parallelism),
        training(namespace, f"{group}-night-detector", {"name": f"{group}-night-train-v1.0.0"}, group),
        training(namespace, f"{group}-fused-detector", {"group": f"{group}-fused", "split": "Train"}, group),
    ]


def stream(namespaces, parallelism):
    """Bundles without end, spread over the namespaces."""
    for number in itertools.count():
        yield from bundle(namespaces[number % len(namespaces)], f"street-{number:04d}", parallelism)


def parallelism_for(resources, pods):
    """Pods of a Pipeline that make `pods` Pods out of `resources` resources."""
    pipelines = max(1, resources // PER_BUNDLE)
    return 1 + max(0, math.ceil((pods - resources) / pipelines))
