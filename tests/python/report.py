"""Named checks and their counts.

Every check is one assertion about exact values. A check that fails prints what it expected and what it got; the run
goes on. Values are equal only when their types are, too: 1, 1.0 and True are three values here.
"""

import traceback

from values import tagged


class Report:
    """Counts checks; `label` says which server they ran against."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.label = ""

    def equal(self, name, call, expected):
        """Checks what `call()` returns."""
        try:
            got = call()
        except Exception as error:  # noqa: BLE001 - any exception fails the check
            self._fail(name, repr(expected), describe(error))
            return
        if tagged(got) == tagged(expected):
            self.passed += 1
        else:
            self._fail(name, repr(expected), repr(got))

    def among(self, name, call, expected):
        """Checks that `call()` returns one of a few values; for seconds that may tick in between."""
        try:
            got = call()
        except Exception as error:  # noqa: BLE001
            self._fail(name, f"one of {expected!r}", describe(error))
            return
        if tagged(got) in [tagged(one) for one in expected]:
            self.passed += 1
        else:
            self._fail(name, f"one of {expected!r}", repr(got))

    def raises(self, name, error_class, code, call):
        """Checks that `call()` raises exactly this class, with this result code."""
        expected = f"{error_class.__name__} with code {code}"
        try:
            got = call()
        except Exception as error:  # noqa: BLE001
            if type(error) is error_class and getattr(error, "code", None) == code:
                self.passed += 1
            else:
                self._fail(name, expected, describe(error))
            return
        self._fail(name, expected, f"the value {got!r}")

    def skip(self, name, reason):
        """Counts a check that cannot be made here, and says why."""
        self.skipped += 1
        print(f"skipped: {self.label}: {name}: {reason}")

    def group(self, group, run):
        """Runs the checks of one group; what it raises outside of a check is one failed check."""
        try:
            group(run)
        except Exception:  # noqa: BLE001
            self._fail(f"{group.__module__} runs to its end", "no exception", traceback.format_exc())

    def summary(self):
        """The last line of the run."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"

    def _fail(self, name, expected, got):
        self.failed += 1
        print(f"FAILED: {self.label}: {name}\n  expected {shorten(expected)}\n  got      {shorten(got)}")


def describe(error):
    """An exception in one line."""
    return f"{type(error).__name__}: {error}"


def shorten(text, limit=2000):
    """Text that fits a screen."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"
