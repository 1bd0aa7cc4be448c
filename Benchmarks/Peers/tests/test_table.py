import unittest

import table
from tests.made_up import results, row


class TableTests(unittest.TestCase):
    def test_durations_have_three_digits(self):
        cases = {2.5: "2.50 s", 0.0123: "12.3 ms", 4.56e-4: "456 µs", 3.2e-8: "32.0 ns"}
        for seconds, text in cases.items():
            self.assertEqual(table.duration(seconds), text)
        self.assertEqual(table.duration(None), "–")

    def test_a_row_has_all_cells(self):
        run = results(row(tensorjit=[2e-3], floor=[1e-3], jax=[4e-3], numpy=[8e-3]))
        head, cells = table.lines(run)
        self.assertEqual(
            dict(zip(head, cells)),
            {
                "workload": "title of exp",
                "threads": "1",
                "ours": "2.00 ms",
                "floor": "1.00 ms",
                "share": "50 %",
                "best peer": "jax",
                "ours / best": "0.50",
                "jax": "4.00 ms",
                "numpy": "8.00 ms",
            },
        )

    def test_every_empty_cell_has_its_reason(self):
        rows = [row("exp", threads, tensorjit=[1.0], jax="has none") for threads in (1, 2)]
        text = table.text(results(*rows, torch="not installed"))
        self.assertEqual(text.count("jax, exp: has none"), 1)
        self.assertIn("torch left out: not installed", text)

    def test_great_errors_are_told(self):
        wrong = row(tensorjit=[1.0], jax=[1.0])
        wrong.entries["jax"].error = 2e-3
        wrong.entries["tensorjit"].error = 1e-7
        notes = table.notes(results(wrong))
        self.assertIn("jax, exp: results are wrong by 0.002", notes)
        self.assertFalse([note for note in notes if note.startswith("tensorjit, exp")])

    def test_another_runner_has_a_column(self):
        run = results(row(tensorjit=[3.0], before=[2.0]))
        self.assertEqual(table.lines(run)[0][-1], "ours / before")
        self.assertEqual(table.lines(run)[1][-1], "1.50")

    def test_a_page_keeps_its_words(self):
        old, new = row("old", tensorjit=[1.0]), row("new", tensorjit=[1.0])
        page = table.page(table.page("Words.\n\n", results(old)), results(new))
        self.assertTrue(page.startswith("Words.\n\n"))
        self.assertIn("| title of new | 1 | 1.00 s |", page)
        self.assertNotIn("title of old", page)

    def test_columns_are_aligned(self):
        run = results(row(tensorjit=[1.0], jax=[1.0]), row("a", tensorjit=[10.0], jax=[1.0]))
        widths = {len(line) for line in table.columns(table.lines(run), {0}).splitlines()}
        self.assertEqual(len(widths), 1)


if __name__ == "__main__":
    unittest.main()
