"""The steps that check the parameters and do the operation."""

from __future__ import annotations

from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime


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
        with runtime.store.transaction():
            for service in runtime.services_with_tasks:
                service.finish_tasks(context)
            call.result = call.operation.function(context, **call.arguments)
    finally:
        call.denial = context.denial or call.denial
