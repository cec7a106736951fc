"""The censor's bench: a reader, a router and mirrors in network namespaces, and a censor in the router. Each case with
the censor off and on, and each countermeasure switched off once. docs/censorship.md shows the table.
"""

import unittest
from concurrent.futures import ThreadPoolExecutor

import blackbox
from censor import network
from censor.cases import CASES, Bench

PAGE = "docs/censorship.md"
AT_ONCE = 10  # cases: most of their time is waiting
HEAD = "| the censor | censor off | on, countermeasure off | on | countermeasure |\n| --- | --- | --- | --- | --- |"

missing = None  # why nothing can be shown here


def line(name, row):
    return f"| {name} | {row.off} | {row.without} | {row.on} | {row.means} |"


class CensorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reason = missing
        if cls.reason is None:
            try:
                network.furnish()
            except network.Lacking as lacking:
                cls.reason = str(lacking)
        if cls.reason is not None:
            return
        bench = Bench()
        cls.addClassCleanup(bench.close)
        pool = ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(pool.shutdown)
        cls.rows = {name: pool.submit(case, bench) for name, case in CASES.items()}

    @classmethod
    def tearDownClass(cls):
        if cls.reason is not None:
            return
        print("\n" + HEAD)
        for name, future in cls.rows.items():
            error = future.exception()
            print(f"| {name} | not shown: {error} |" if error else line(name, future.result()))

    def setUp(self):
        if self.reason is not None:
            self.skipTest(self.reason)

    def row(self, name):
        try:
            return self.rows[name].result()
        except network.Lacking as lacking:
            self.skipTest(str(lacking))

    def test_the_page_shows_what_happened_here(self):
        page = (blackbox.source() / PAGE).read_text(encoding="utf-8")
        self.assertIn(HEAD, page)
        shown = [each for each in page.split(HEAD, 1)[1].splitlines() if each.startswith("| ")]
        self.assertEqual([each.split(" | ")[0].removeprefix("| ") for each in shown], list(CASES))
        for each, (name, future) in zip(shown, self.rows.items()):
            if future.exception() is None:
                self.assertEqual(each, line(name, future.result()))


def add(name, case):
    def test(self):
        self.row(name)

    setattr(CensorTest, f"test_{case.__name__}", test)


for name_, case_ in CASES.items():
    add(name_, case_)

if __name__ == "__main__":
    missing = network.enter()
    blackbox.main()
