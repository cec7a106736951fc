#!/usr/bin/env python3
"""The rules of the house that no compiler knows: sizes, banned names, a test beside every header, a corpus beside
every fuzz target.

Usage: check_tidy.py ROOT | check_tidy.py --self-test
"""
import ast
import re

import checking

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 120

CODE = {".cc", ".h", ".py", ".sh"}
TEXT = CODE | {".cmake", ".txt", ".md", ".json", ".ts", ".js", ".mjs", ".html", ".css", ""}
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", "corpus"}
# This file writes the banned words down.
OWN_NAME = "tools/check_tidy.py"

# A banned name in C++, what to use in its place, and the only paths (beginnings) where it may stand.
BANNED = [
    (r"(?<!static_)(?<![A-Z_])\bassert\(", "MUNIMENT_CHECK for promises of our own, a Result for everything else",
     ()),
    (r"\bthrow\b", "a Result", ("src/cli/program.cc",)),  # CLI11 takes complaints as exceptions only
    (r"\bstd::async\b", "a std::jthread that is joined", ()),
    (r"\bdetach\(", "a std::jthread that is joined", ()),
    (r"\b(?:sleep|usleep|nanosleep|sleep_for|sleep_until)\(", "a condition variable, or a Clock that tests move", ()),
    (r"\b(?:strcpy|strcat|strncpy|sprintf|vsprintf|gets)\(", "std::string, or snprintf with a size", ()),
    (r"\b(?:atoi|atol|atoll|strtol|strtoul|strtoull|stoi|stol|stoul|stoull)\(", "parse_decimal of base/encoding.h",
     ()),
    (r"(?<![\w.>])s?rand\(|\bstd::random_device", "the Random door", ()),
    (r"\bstd::regex\b", "a parser by hand", ()),
    (r"\bshared_ptr\b", "unique_ptr, or a reference to what lives longer", ()),
    (r"\breinterpret_cast\b", "as_view and as_text of base/bytes.h",
     ("src/base/bytes.cc", "src/crypto/", "src/bag/tag_files.cc")),  # the last for the error value of iconv_open
    (r"\bsystem_clock::now\b|\btime\(nullptr\)", "the Clock door", ("src/base/clock.cc",)),
]
# Files and randomness go through doors, which tests can replace; tests themselves may use what they like, and run
# stock tools.
BANNED_OUTSIDE_TESTS = [
    (r"\bstd::(?:mt19937|default_random_engine)", "the Random door", ()),
    (r"\bstd::(?:filesystem|[io]?fstream)\b", "the Fs door",
     ("src/testing/", "fuzz/", "src/cli/context.cc")),  # the last for the working folder
    (r"(?<![\w.>])(?:system|popen)\(", "nothing: the program runs no shell", ()),
    (r"\bconst_cast\b", "a const-correct interface", ("src/crypto/",)),
]
NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/                                      # comments
    |R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"                     # raw strings
    |"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'  # strings and characters, but not 1'000""",
    re.DOTALL | re.VERBOSE)
CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^()=]*$|\bextern\s*$")
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
UNMERGED = re.compile(r"(?:<{7}|>{7}|[|]{7})(?: |$)")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}/*-])/(?:(?P<anywhere>work)|home/\w+|root|tmp)/")

# Headers without a test beside them, each with its reason.
UNTESTED_HEADERS = {
    "src/base/check.h": "its one macro is tested by result_test.cc",
    "src/base/random.h": "an interface without code",
    "src/archive/doors.h": "references without code",
    "src/mirror/copy_options.h": "structs without code",
}


def is_test(name):
    return name.startswith("tests/") or "_test." in name


def blank(found):
    """Spaces for what was found; its lines stay."""
    return re.sub(r"[^\n]", " ", found[0])


def without_comments_and_texts(text):
    """The code with comments, strings and characters blanked out; the lines stay where they are."""
    return NOT_CODE.sub(blank, text)


def functions_of_cpp(code):
    """(first line, count of lines) of each function: a block after ")" that lies in namespaces and classes only."""
    code = DIRECTIVE.sub(blank, code)
    found, blocks, head, line = [], [], "", 1
    for character in code:
        if character == "{":
            outer = all(kind == "container" for kind, _ in blocks)
            kind = "other"
            if CONTAINER.search(head):
                kind = "container"
            elif outer and ")" in head and "=" not in head.split("(")[0]:
                kind = "function"
            blocks.append((kind, line - head.lstrip().count("\n")))
        elif character == "}" and blocks:
            kind, start = blocks.pop()
            if kind == "function":
                found.append((start, line - start + 1))
        if character == "\n":
            line += 1
        head = "" if character in "{};" else head + character
    return found


def functions_of_python(text):
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [(node.lineno, node.end_lineno - node.lineno + 1) for node in nodes]


def check_lines(name, suffix, text, complain):
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{name}:{number}"
        if line != line.rstrip():
            complain(where, "trailing space")
        if "\t" in line and suffix and not name.endswith("Makefile"):
            complain(where, "a tab")
        if suffix in CODE and len(line) > COLUMNS_MAX:
            complain(where, f"{len(line)} columns, {COLUMNS_MAX} are allowed")
        if name == OWN_NAME:
            continue
        if UNMERGED.match(line):
            complain(where, "what a merge has left: both sides stand here")
        if UNFINISHED.search(line):
            complain(where, "unfinished: finish it or leave it out")
        place = MACHINE_PATH.search(line)
        if place and (place["anywhere"] or not is_test(name) and suffix != ".md"):
            complain(where, f"{place[0]}: a path of one machine")


def check_banned(name, code, complain):
    rules = BANNED if is_test(name) else BANNED + BANNED_OUTSIDE_TESTS
    for pattern, instead, allowed in rules:
        if name.startswith(allowed):
            continue
        for found in re.finditer(pattern, code):
            line = code.count("\n", 0, found.start()) + 1
            complain(f"{name}:{line}", f"{found[0].rstrip('(')}: use {instead}")


def check_file(root, path, complain):
    name, suffix = path.relative_to(root).as_posix(), path.suffix
    text = path.read_text(errors="replace")
    check_lines(name, suffix, text, complain)
    if suffix not in CODE:
        return
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        complain(name, f"{lines} lines, {FILE_LINES_MAX} are allowed")
    functions = []
    if suffix == ".py":
        functions = functions_of_python(text)
    elif suffix in (".cc", ".h"):
        code = without_comments_and_texts(text)
        functions = functions_of_cpp(code)
        check_banned(name, code, complain)
    for start, count in functions:
        if count > FUNCTION_LINES_MAX:
            complain(f"{name}:{start}", f"a function of {count} lines, {FUNCTION_LINES_MAX} are allowed")


def check_companions(root, complain):
    """A test beside every header below cli; a corpus beside every fuzz target, and no other corpus."""
    for header in sorted((root / "src").glob("*/*.h")):
        name = header.relative_to(root).as_posix()
        for_tests_only = header.stem.endswith("_testing")
        if header.parent.name != "cli" and not for_tests_only and name not in UNTESTED_HEADERS:
            if not header.with_name(f"{header.stem}_test.cc").is_file():
                complain(name, f"{header.stem}_test.cc is missing beside it")
    targets = {path.stem: path for path in sorted((root / "src").glob("*/*_fuzz.cc"))}
    for target, path in targets.items():
        corpus = root / "fuzz/corpus" / target
        if not corpus.is_dir() or not any(corpus.iterdir()):
            complain(path.relative_to(root).as_posix(), f"fuzz/corpus/{target} is missing or empty")
    for corpus in sorted((root / "fuzz/corpus").glob("*")):
        if corpus.name not in targets:
            complain(f"fuzz/corpus/{corpus.name}", "is the corpus of no fuzz target")


def complaints_about(root):
    found = []
    complain = lambda where, sentence: found.append(f"{where}: {sentence}")
    pending = [root]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in SKIPPED_FOLDERS:  # .git is a file where git has several work trees
                continue
            if path.is_dir():
                pending.append(path)
            elif path.suffix in TEXT and path.name != "LICENSE":
                check_file(root, path, complain)
    check_companions(root, complain)
    return sorted(found)


# A small untidy house, and what must be said of it: nothing more and nothing less.
CHECKOUT = "/" + "work" + "/"  # put together, so that no file names it
UNTIDY = {
    "src/low/long.cc": "\n" * 601,
    "src/low/wide.cc": "// " + "ä" * 117 + "\n// " + "x" * 118 + "\n",
    "src/low/function.cc": "namespace a {\nvoid tall() {\n" + "  int x;\n" * 69 + "}\nint fits(\n    int x) {\n"
                           + "\n" * 67 + "}\n}\nint kTable[] = {\n" + "  1,\n" * 80 + "};\n",
    "src/low/class.h": "class A {\n  int tall() const {\n" + "    f('{');\n" * 70 + "  }\n};\n",
    "src/low/class_test.cc": "#define LONG(x) do { \\\n" + "  f(x); \\\n" * 71 + "} while (false)\n",
    "src/low/space.cc": "int a; \n\tint b;\n// TODO: later\n",
    "src/low/banned.cc": 'void f() {\n  assert(true);\n  static_assert(true);\n  g("throw", a.system());  // throw\n'
                         "  system(1);\n  auto x = reinterpret_cast<int*>(0);\n  std::ifstream in;\n"
                         "  thread.detach();\n}\n"
                         "constexpr int kMany = 1'000; constexpr int kMore = 1'000; throw;\n",
    "src/low/fine_test.cc": 'void f() { std::ifstream in("/tmp/x"); RC_ASSERT(g()); snprintf(1); }\n',
    "src/base/bytes.cc": "auto x = reinterpret_cast<int*>(0);\n",
    "src/low/path.cc": f'auto a = "{CHECKOUT}x"; auto b = "a{CHECKOUT}x";\n'
                       'auto c = "/home/me/x";\nauto d = "$x/tmp/";\n',
    "docs/page.md": f"An example: /home/you/archive\nbut not {CHECKOUT}main\n<<<<<<< ours\n",
    "src/low/alone.h": "#pragma once\n",
    "src/low/x_fuzz.cc": "",
    "src/low/y_fuzz.cc": "",
    "fuzz/corpus/y_fuzz/seed": "\t ",
    "fuzz/corpus/z_fuzz/seed": "",
    "tests/long.py": "def tall():\n" + "    pass\n" * 70,
    "build/out.cc": "\t\n",
}
EXPECTED = [
    f"docs/page.md:2: {CHECKOUT}: a path of one machine",
    "docs/page.md:3: what a merge has left: both sides stand here",
    "fuzz/corpus/z_fuzz: is the corpus of no fuzz target",
    "src/low/alone.h: alone_test.cc is missing beside it",
    "src/low/banned.cc:10: throw: use a Result",
    "src/low/banned.cc:2: assert: use MUNIMENT_CHECK for promises of our own, a Result for everything else",
    "src/low/banned.cc:5: system: use nothing: the program runs no shell",
    "src/low/banned.cc:6: reinterpret_cast: use as_view and as_text of base/bytes.h",
    "src/low/banned.cc:7: std::ifstream: use the Fs door",
    "src/low/banned.cc:8: detach: use a std::jthread that is joined",
    "src/low/class.h:2: a function of 72 lines, 70 are allowed",
    "src/low/function.cc:2: a function of 71 lines, 70 are allowed",
    "src/low/long.cc: 601 lines, 600 are allowed",
    f"src/low/path.cc:1: {CHECKOUT}: a path of one machine",
    "src/low/path.cc:2: /home/me/: a path of one machine",
    "src/low/space.cc:1: trailing space",
    "src/low/space.cc:2: a tab",
    "src/low/space.cc:3: unfinished: finish it or leave it out",
    "src/low/wide.cc:2: 121 columns, 120 are allowed",
    "src/low/x_fuzz.cc: fuzz/corpus/x_fuzz is missing or empty",
    "tests/long.py:1: a function of 71 lines, 70 are allowed",
]


if __name__ == "__main__":
    checking.main(__doc__, complaints_about, UNTIDY, EXPECTED)
