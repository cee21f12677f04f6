"""Holds JSON files against a schema, each as it is and with one required field after another taken away."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

schema = json.loads(Path(sys.argv[1]).read_text())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
for path in sys.argv[2:]:
    document = json.loads(Path(path).read_text())
    for error in validator.iter_errors(document):
        sys.exit(f"{path}: {error.json_path}: {error.message}")
    for name in schema["required"]:
        if validator.is_valid({key: value for key, value in document.items() if key != name}):
            sys.exit(f"{path}: without {name} it is valid too")
        if validator.is_valid({**document, name: {"wrong": object()}}):
            sys.exit(f"{path}: {name} may be anything")
