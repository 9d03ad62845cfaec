"""A service's model beside the operations that are answered here."""

from __future__ import annotations

from collections.abc import Mapping

from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.plans import argument_names
from fake_iam.services.registry import Operation, Service


class Implemented:
    """A service as the model has it, and as far as it is answered here."""

    __slots__ = ("model", "service", "_agreed")

    def __init__(self, model: ServiceModel, service: Service) -> None:
        self.model = model
        self.service = service
        self._agreed: dict[str, Operation] = {}

    @property
    def operations(self) -> list[str]:
        """The names of those that are answered here, without those that the installed botocore is too old for."""
        return [name for name in self.service.operations if name in self.model.operations]

    def operation(self, name: str) -> Operation | None:
        """The operation of that name, or None: the model has none, or it is not answered here.

        When it is first asked for it is compared with the model.

        Optional members come and go with botocore's releases: one that a function does not know is left out of its
        call. A member that a function knows as optional may have been required in an older release.

        Raises:
            TypeError: the function requires what the model does not, or does not know what the model requires.
        """
        operation = self._agreed.get(name)
        if operation is None and name in self.model.operations and name in self.service.operations:
            operation = self.service.operations[name]
            expected, actual = _required(argument_names(self.model, name)), _required(operation.parameters)
            if not set(actual) <= set(expected) <= set(operation.parameters):
                raise TypeError(f"{self.service.name}:{name} requires {actual}, the model says {expected}")
            self._agreed[name] = operation
        return operation


def _required(names: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, required in names.items() if required)
