"""Definition files: YAML to a checked definition, errors in words that help, and the JSON Schema of such a file.

Does not belong here: what a definition may say (``definition``), finding the files (``orchestration``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from evaluation.composite.definition import Definition, IndexDefinitionError


def load_definition(path: Path) -> Definition:
    """The definition in a YAML file.

    Raises IndexDefinitionError, naming the file, the node and the field, if it is wrong.
    """
    return parse_definition(path.read_text(encoding="utf-8"), source=path.name)


def parse_definition(text: str, source: str = "") -> Definition:
    """The definition in a YAML text; errors as ``load_definition``, with ``source`` as the file's name."""
    try:
        payload = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise IndexDefinitionError(
            "(file)", "(all)", f"not YAML: {error}", "correct the syntax there", source
        ) from None
    if not isinstance(payload, dict):
        raise IndexDefinitionError("(file)", "(all)", "not a mapping", "start with `code: …`", source)
    try:
        return Definition.model_validate(payload)
    except ValidationError as error:
        raise _taught(error, payload, source) from None
    except IndexDefinitionError as error:
        raise IndexDefinitionError(error.node, error.field, error.wrong, error.mend, source) from None


def definition_schema() -> str:
    """JSON Schema of a definition file, as text that ends in a newline."""
    return json.dumps(Definition.model_json_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _taught(error: ValidationError, payload: dict[str, Any], source: str) -> IndexDefinitionError:
    """The first complaint of pydantic in our words: the node by its code instead of its place in a list."""
    first = error.errors()[0]
    way = list(first["loc"])
    node = str(payload.get("code", "(index)"))
    if len(way) > 1 and way[0] in ("nodes", "leaves") and isinstance(way[1], int):
        entry = payload[str(way[0])][way[1]]
        place = f"{way[0]}[{way[1]}]"
        node = str(entry.get("code", place)) if isinstance(entry, dict) else place
        way = way[2:]
    given = first["input"]
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    mend = {
        "missing": "add the field",
        "extra_forbidden": "remove the field or correct its spelling",
        "literal_error": f"write one of {first.get('ctx', {}).get('expected', 'the words expected')}",
        "union_tag_invalid": f"write one of {first.get('ctx', {}).get('expected_tags', 'the methods expected')}",
    }.get(first["type"], "see the JSON Schema of a definition")
    return IndexDefinitionError(node, ".".join(map(str, way)) or "(all)", f"{first['msg']}{shown}", mend, source)
