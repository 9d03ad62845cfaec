"""The order of the steps, which is the order of AWS's checks: which error wins when a request has two faults."""

from __future__ import annotations

from typing import Final

from fake_iam.pipeline.runtime import Step
from fake_iam.pipeline.steps.authentication import authenticate
from fake_iam.pipeline.steps.authorization import authorize
from fake_iam.pipeline.steps.execution import execute, validate
from fake_iam.pipeline.steps.reading import parse, resolve

STEPS: Final[tuple[Step, ...]] = (parse, resolve, authenticate, authorize, validate, execute)
