import json
import unittest

from figures import Results
from tests.made_up import results, row


class RowTests(unittest.TestCase):
    def test_times_are_medians_over_rounds(self):
        self.assertEqual(row(tensorjit=[3.0, 1.0, 2.0]).seconds("tensorjit"), 2)

    def test_ratios_are_of_the_same_round(self):
        # The machine is three times as slow in the second round: the ratio does not see that.
        both = row(tensorjit=[1.0, 3.0, 1.0], jax=[2.0, 6.0, 2.0])
        self.assertEqual(both.ratio("tensorjit", "jax"), 0.5)

    def test_the_best_peer_is_neither_ours_nor_the_floor(self):
        all_four = row(tensorjit=[2.0], floor=[1.0], before=[0.5], jax=[4.0], numpy=[8.0])
        self.assertEqual(all_four.best_peer, "jax")
        self.assertEqual(all_four.best_ratio, 0.5)
        self.assertEqual(all_four.floor_share, 0.5)

    def test_a_peer_with_a_reason_takes_no_part(self):
        failed = row(tensorjit=[2.0], jax="wrong results", numpy=[8.0])
        self.assertEqual(failed.best_peer, "numpy")
        self.assertIsNone(failed.ratio("tensorjit", "jax"))

    def test_nothing_to_compare_with(self):
        alone = row(tensorjit=[2.0], floor="no loop by hand compiles")
        self.assertIsNone(alone.best_peer)
        self.assertIsNone(alone.best_ratio)
        self.assertIsNone(alone.floor_share)
        self.assertIsNone(alone.ratio("tensorjit", "absent"))


class ResultsTests(unittest.TestCase):
    def test_json_holds_all(self):
        run = results(row(tensorjit=[2.0, 3.0], floor=[1.0], jax="why"), torch="not installed")
        again = Results.of_json(json.loads(json.dumps(run.json())))
        self.assertEqual(again, run)


if __name__ == "__main__":
    unittest.main()
