"""The censor's bench: a reader, a router and mirrors in network namespaces, and a censor in the router. Each case with
the censor off and on, and each countermeasure switched off once. docs/censorship.md shows the table.
"""

import unittest
from concurrent.futures import ThreadPoolExecutor

import blackbox
from censor import cases, network

PAGE = "docs/censorship.md"
AT_ONCE = 10  # cases: most of their time is waiting
HEAD = "| the censor | censor off | on, countermeasure off | on | countermeasure |\n| --- | --- | --- | --- | --- |"

missing = "it runs as a program of its own, which enters its own namespaces first"  # or why nothing can be shown


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
        bench = cases.Bench()
        cls.addClassCleanup(bench.close)
        pool = ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(pool.shutdown)
        cls.rows = {case: pool.submit(case, bench) for case in cases.CASES.values()}

    @classmethod
    def tearDownClass(cls):
        if cls.reason is not None:
            return
        print("\n" + HEAD)
        for name, case in cases.CASES.items():
            error = cls.rows[case].exception()
            print(f"| {name} | not shown: {error} |" if error else line(name, cls.rows[case].result()))

    def setUp(self):
        if self.reason is not None:
            self.skipTest(self.reason)

    def shows(self, case):
        try:
            self.rows[case].result()
        except network.Lacking as lacking:
            self.skipTest(str(lacking))

    def test_dns_lies(self):
        self.shows(cases.dns_lies)

    def test_names_vanish(self):
        self.shows(cases.names_vanish)

    def test_handshakes_are_reset(self):
        self.shows(cases.handshakes_are_reset)

    def test_address_is_dropped(self):
        self.shows(cases.address_is_dropped)

    def test_address_is_rejected(self):
        self.shows(cases.address_is_rejected)

    def test_connections_die_after_16_kb(self):
        self.shows(cases.connections_die_after_16_kb)

    def test_connections_are_reset_at_random(self):
        self.shows(cases.connections_are_reset_at_random)

    def test_packets_are_lost(self):
        self.shows(cases.packets_are_lost)

    def test_the_line_is_slow(self):
        self.shows(cases.the_line_is_slow)

    def test_the_first_mirror_is_slow(self):
        self.shows(cases.the_first_mirror_is_slow)

    def test_everything_is_shut_down(self):
        self.shows(cases.everything_is_shut_down)

    def test_bytes_are_wrong(self):
        self.shows(cases.bytes_are_wrong)

    def test_state_is_stale(self):
        self.shows(cases.state_is_stale)

    def test_states_are_mixed(self):
        self.shows(cases.states_are_mixed)

    def test_all_answers_are_a_login_page(self):
        self.shows(cases.all_answers_are_a_login_page)

    def test_a_mirror_is_frozen(self):
        self.shows(cases.a_mirror_is_frozen)
    def test_every_case_has_its_test_and_the_page_shows_what_happened_here(self):
        for case in cases.CASES.values():
            self.assertTrue(hasattr(self, f"test_{case.__name__}"), case.__name__)
        page = (blackbox.source() / PAGE).read_text(encoding="utf-8")
        self.assertIn(HEAD, page)
        shown = [each for each in page.split(HEAD, 1)[1].splitlines() if each.startswith("| ")]
        self.assertEqual([each.split(" | ")[0].removeprefix("| ") for each in shown], list(cases.CASES))
        for each, (name, case) in zip(shown, cases.CASES.items()):
            if self.rows[case].exception() is None:
                self.assertEqual(each, line(name, self.rows[case].result()))


if __name__ == "__main__":
    missing = network.enter()
    blackbox.main()
