"""The steps of a run, each a function that can be called alone, again, or by another scheduler.

``land`` → ``parse`` → ``check`` → ``transform`` → ``publish``. Every step looks at what is there and does what is
missing, so a run that was killed is resumed by running it again. No rule about data lives here: a step calls the layer
that knows. One module a step; this is the package's face.
"""

from orchestration.pipeline.checking import check, flag, judge
from orchestration.pipeline.computing import Built, lay_out, scratch_path, transform_inputs, transform_months
from orchestration.pipeline.evaluating import evaluate
from orchestration.pipeline.landing import land
from orchestration.pipeline.parsing import parse
from orchestration.pipeline.publishing import code_facts, publication_facts, publish
from orchestration.pipeline.workshop import Workshop

__all__ = [
    "Built",
    "Workshop",
    "check",
    "code_facts",
    "evaluate",
    "flag",
    "judge",
    "land",
    "lay_out",
    "parse",
    "publication_facts",
    "publish",
    "scratch_path",
    "transform_inputs",
    "transform_months",
]
