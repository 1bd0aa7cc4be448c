import json
import unittest

import baseline
from tests.made_up import results, row


def _change(then, now) -> list[str]:
    stored = json.loads(json.dumps(baseline.baseline(results(then))))
    head, *lines = baseline.compare(stored, results(now))
    return lines[0][head.index("change") :] if lines else []


class BaselineTests(unittest.TestCase):
    def test_a_slower_machine_is_no_change(self):
        then = row(tensorjit=[2.0], floor=[1.0], jax=[4.0])
        now = row(tensorjit=[4.0], floor=[2.0], jax=[8.0])
        self.assertEqual(_change(then, now), ["1.00", "1.00–1.00", ""])

    def test_what_all_others_tell_is_a_change(self):
        then = row(tensorjit=[2.0], floor=[1.0], jax=[4.0])
        now = row(tensorjit=[3.0], floor=[1.0], jax=[4.0])
        self.assertEqual(_change(then, now), ["1.50", "1.50–1.50", "slower"])
        self.assertEqual(_change(now, then)[-1], "faster")

    def test_what_some_others_tell_is_none(self):
        then = row(tensorjit=[2.0], floor=[1.0], jax=[4.0])
        now = row(tensorjit=[3.0], floor=[1.5], jax=[4.0])
        self.assertEqual(_change(then, now), ["1.25", "1.00–1.50", ""])

    def test_only_what_both_runs_have_is_compared(self):
        then = row(tensorjit=[2.0], floor=[1.0], jax=[4.0])
        self.assertEqual(_change(then, row("other", tensorjit=[2.0], jax=[4.0])), [])
        self.assertEqual(_change(then, row(threads=2, tensorjit=[2.0], jax=[4.0])), [])
        self.assertEqual(_change(then, row(tensorjit=[2.0], floor="none", jax=[4.0]))[0], "1.00")


if __name__ == "__main__":
    unittest.main()
