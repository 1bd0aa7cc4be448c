import unittest
from xml.etree import ElementTree

import picture
from tests.made_up import results, row

_SVG = "{http://www.w3.org/2000/svg}"


def _marks(text: str) -> list[float]:
    """Where the marks of peers lie, without those of the legend."""
    circles = ElementTree.fromstring(text).iter(f"{_SVG}circle")
    return [
        float(circle.get("cx", "")) for circle in circles if circle.find(f"{_SVG}title") is not None
    ]


class PictureTests(unittest.TestCase):
    def test_it_is_well_formed(self):
        root = ElementTree.fromstring(picture.svg(results(row(tensorjit=[1.0], jax=[2.0]))))
        self.assertEqual(root.tag, f"{_SVG}svg")

    def test_slower_peers_lie_further_right(self):
        fast, slow = _marks(picture.svg(results(row(tensorjit=[1.0], jax=[0.5], numpy=[3.0]))))
        self.assertLess(fast, slow)

    def test_what_is_missing_has_no_mark(self):
        run = results(row(tensorjit=[1.0], jax="has none"), row("b", tensorjit="no", jax=[1.0]))
        self.assertEqual(_marks(picture.svg(run)), [])

    def test_extremes_stay_inside(self):
        text = picture.svg(results(row(tensorjit=[1.0], jax=[1e9], numpy=[1e-9])))
        width = float(ElementTree.fromstring(text).get("viewBox", "").split()[2])
        self.assertTrue(all(0 < mark < width for mark in _marks(text)))

    def test_a_run_without_rows(self):
        ElementTree.fromstring(picture.svg(results()))


if __name__ == "__main__":
    unittest.main()
