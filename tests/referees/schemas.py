"""Validates every object of bundles with the schemas that kubernetes-validate carries.

Its schemas are used directly: its own call takes those of an older version where one is missing, and
those of 1.23 and 1.24 call themselves strict and let unknown fields pass.
"""

import functools
import json
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import jsonschema
import yaml


def main(*arguments):
    wrong, bundle = [], None
    for argument in arguments:
        if not re.fullmatch(r"\d+\.\d+", argument):
            bundle = Path(argument)
            objects = list(read(bundle))
            if not objects:
                wrong.append(f"{bundle} holds no manifest")
        elif not schemas_of(argument).is_dir():
            wrong.append(f"Kubernetes {argument} has no schemas")
        else:
            found = [sentence for one in objects if (sentence := judge(*one, argument))]
            wrong += [f"Kubernetes {argument} refuses {sentence}" for sentence in found]
            if not found:
                print(f"schemas: {len(objects)} objects of {bundle.name} conform to Kubernetes {argument}")
    print(f"schemas: with those of {', '.join(release(name) for name in RELEASES)}"
          f" and jsonschema {version('jsonschema')}")
    for sentence in wrong:
        print(f"schemas: {sentence}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


# Each release carries the schemas of some versions.
RELEASES = ("kubernetes-validate-1.24", "kubernetes-validate-1.37")


@functools.cache
def package(name):
    program = Path(shutil.which(name)).resolve()
    return next(program.parent.parent.glob("lib/python*/site-packages/kubernetes_validate"))


def release(name):
    found = re.search(r"[\d.]+", (package(name) / "version.py").read_text())
    return f"kubernetes-validate {found[0]}"


@functools.cache
def schemas_of(kubernetes):
    early = int(kubernetes.split(".")[1]) <= 24
    folder = package(RELEASES[0 if early else 1]) / "kubernetes-json-schema"
    return folder / f"v{kubernetes}.0-local-strict"


def read(folder):
    for file in sorted(folder.rglob("*.yaml")):
        if file.name not in ("design.yaml", "kustomization.yaml"):
            for tree in yaml.safe_load_all(file.read_text()):
                if tree:
                    yield f"{file.relative_to(folder)} ({tree['kind']})", tree


def judge(name, tree, kubernetes):
    # The group is named by its first word: rbac-v1 for rbac.authorization.k8s.io/v1.
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", tree["apiVersion"])
    file = schemas_of(kubernetes) / f"{tree['kind'].lower()}-{group}.json"
    if not file.exists():
        return f"{name}: there is no schema for {tree['kind']} of {tree['apiVersion']}"
    schema = {**load(file), **definitions(kubernetes)}
    strict(schema)
    # The later releases write in a later draft.
    validator = jsonschema.Draft202012Validator if "$defs" in schema else jsonschema.Draft7Validator
    for error in validator(schema).iter_errors(tree):
        path = ".".join(str(step) for step in error.path)
        return f"{name}: {path}: {error.message}"
    return None


@functools.cache
def definitions(kubernetes):
    found = load(schemas_of(kubernetes) / "_definitions.json")
    for definition in found.get("$defs", found.get("definitions")).values():
        strict(definition)
    return found


def load(file):
    # What the files say of each other's parts is said of parts of one schema.
    schema = json.loads(re.sub(r'"[^"#]*_definitions\.json#/', '"#/', file.read_text()))
    schema.pop("$id", None)
    return schema


def strict(schema):
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)


main(*sys.argv[1:])
