"""What the checkers of the source tree share: their command line, and the self-test over a small wrong tree."""
import sys
import tempfile
from pathlib import Path


def self_test(complaints_about, wrong_files, expected):
    """Builds the wrong tree, and says what the checker did not complain of, or complained of without reason."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in wrong_files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        got = complaints_about(Path(folder))
    missing = [line for line in expected if line not in got]
    surplus = [line for line in got if line not in expected]
    return [f"self-test: not said: {line}" for line in missing] + [f"self-test: said: {line}" for line in surplus]


def main(usage, complaints_about, wrong_files, expected):
    """`checker ROOT` or `checker --self-test`: prints the complaints; status 1 if there are any."""
    if len(sys.argv) != 2:
        sys.exit(usage)
    if sys.argv[1] == "--self-test":
        found = self_test(complaints_about, wrong_files, expected)
    else:
        found = complaints_about(Path(sys.argv[1]).resolve())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
