"""What the forms of the console change, through the controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fake_iam.control.controls import Controls
from fake_iam.control.http.pages import number

Form = Mapping[str, str]
NUMBERS = ("after", "times", "every")


class Actions:
    """The forms by name. Each gives back what was done, in a few words, or raises ValueError."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self.forms: dict[str, Callable[[Form], str]] = {
            "key": self.key,
            "clock": self.clock,
            "faults/add": self.add_fault,
            "faults/remove": self.remove_fault,
            "enforcement": self.enforcement,
        }

    def key(self, form: Form) -> str:
        """Switch a key on or off."""
        key_id, status = form.get("access_key_id", ""), form.get("status", "")
        self._controls.switch_access_key(key_id, status)
        return f"{key_id} is {status} now."

    def clock(self, form: Form) -> str:
        """Move, stop or release the clock."""
        clock, what, text = self._controls.clock, form.get("do", ""), form.get("text", "").strip()
        if what == "advance":
            clock.advance(text)
            return f"The clock has moved on by {text}."
        if what == "set":
            clock.set(text)
            return "The clock was set."
        if what == "freeze":
            clock.freeze()
            return "The clock stands."
        if what == "release":
            clock.release()
            return "The clock goes with real time."
        raise ValueError(f"do is {what!r}; it must be advance, set, freeze or release")

    def add_fault(self, form: Form) -> str:
        """Add a fault rule; empty fields count as left out."""
        rule: dict[str, object] = {name: text.strip() for name, text in form.items() if text.strip()}
        for name in NUMBERS:
            if name in rule:
                rule[name] = number(name, str(rule[name]))
        if rule.pop("drop", ""):
            rule["drop"] = True
        operation = str(rule.pop("operation", ""))
        return f"Rule {self._controls.faults.add(operation, **rule).number} was added."

    def remove_fault(self, form: Form) -> str:
        """Take a fault rule away."""
        self._controls.faults.remove(number("number", form.get("number", "")))
        return f"Rule {form['number']} was removed."

    def enforcement(self, form: Form) -> str:
        """Let policies decide, or not."""
        self._controls.enforcement.set(form.get("mode", ""))
        return f"Policies: {form['mode']}."
