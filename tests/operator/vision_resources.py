"""Resources that the simulated node can finish."""


def manifest(namespace, kind, name, spec):
    return {"apiVersion": "visionops.dev/v1alpha1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def dataset(namespace, name, split="Train", **more):
    return manifest(namespace, "Dataset", name, {
        "group": name, "type": "Raw", "split": split, "version": "v1.0.0", "format": "COCO", "tasks": ["Detection"],
        "store": "datasets", **more})


def pipeline(namespace, name, source, output, **more):
    """From the Dataset `source` to the group `output`."""
    return manifest(namespace, "Pipeline", name, {
        "sources": [{"dataset": {"name": source}}],
        "output": {"group": output, "type": "Processed", "split": "Train", "format": "COCO", "tasks": ["Detection"], "store": "datasets"},
        **more})


def training(namespace, name, train, val, **more):
    """`train` is a reference, `val` the name of a Dataset."""
    return manifest(namespace, "TrainingJob", name, {
        "runtime": "builtin", "task": "Detection", "model": "centernet_nano", "hyperparameters": {"epochs": 2},
        "datasets": {"train": train, "val": {"name": val}}, "checkpoints": {"store": "models"}, **more})
