"""The card as a page in Firefox: the cases of page_test.py."""

import blackbox
from page_test import InABrowser, PageCase


class FirefoxTest(InABrowser, PageCase):
    kind = "firefox"


if __name__ == "__main__":
    blackbox.main()
