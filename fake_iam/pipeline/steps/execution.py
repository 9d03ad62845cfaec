"""The steps that check the parameters and do the operation."""

from __future__ import annotations

from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.services.context import Context
from fake_iam.store.base import ChangeInReading


def validate(runtime: Runtime, call: Call) -> None:
    """Check the parameters against the model and turn them into arguments."""
    assert call.plan is not None and call.operation is not None
    call.values = call.plan.parse(call.parameters)
    call.plan.validate(call.values)
    call.arguments = call.plan.arguments(call.values, call.operation.parameters)


def execute(runtime: Runtime, call: Call) -> None:
    """Run the operation, after what the clock has finished: all of it or nothing."""
    assert call.operation is not None and call.caller is not None
    context = runtime.context(call.caller, call.now)
    if call.signed is not None:
        context.region = call.signed.credential.region
    try:
        if call.operation.reads:
            try:
                with runtime.store.reading():
                    return _operate(runtime, call, context)
            except ChangeInReading:  # a task whose time is over, or an operation that keeps what it gives
                pass
        with runtime.store.transaction():
            _operate(runtime, call, context)
    finally:
        call.denial = context.denial or call.denial


def _operate(runtime: Runtime, call: Call, context: Context) -> None:
    assert call.operation is not None
    for kind, service in runtime.tasks:  # nothing runs beside the calls: the next one finds them done
        if context.account.holds(kind):
            service.finish_tasks(kind, context)
    call.result = call.operation.function(context, **call.arguments)
