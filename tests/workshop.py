"""An archive to work on, for tests of the program as a whole: a temporary folder, a quick key file, a card."""

import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree

import blackbox

PASSPHRASE = "invented passphrase for tests"


class Workshop:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muniment-test-"))
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        self.env = dict(os.environ, MUNIMENT_PASSPHRASE_FILE=str(self.folder / "passphrase"))
        self.key = self.folder / "custodian.key"
        # scrypt with little work: the passphrase is not what these tests are about.
        blackbox.run([blackbox.build() / "tests" / "make_key_file", self.key, self.folder / "passphrase", "10"])

    def key_of(self, pseudonym):
        """A quick key file of somebody else, and the file with that person's public line."""
        key = self.folder / f"{pseudonym}.key"
        blackbox.run([blackbox.build() / "tests" / "make_key_file", key, self.folder / "passphrase", "10", pseudonym])
        self.muniment("key", key, "-o", f"{pseudonym}.txt")
        return key

    def found_with_trustees(self, name="archive", quorum="2of3"):
        """A new archive; gives its id in words and the shares, read off the printed pages."""
        pages = self.folder / f"{name}-pages"
        pages.mkdir()
        printer = self.write(f"{name}-printer", f'#!/bin/sh\ncat > "{pages}/$(ls "{pages}" | wc -l).svg"\n')
        printer.chmod(0o755)
        words = self.json("init", name, "--custodian", self.key, "--trustees", quorum, "--print", printer)["words"]
        return words, [share_on(page.read_text()) for page in sorted(pages.iterdir())]

    def close(self):
        blackbox.run(["chmod", "-R", "u+rwX", self.folder])
        shutil.rmtree(self.folder)

    def muniment(self, *arguments, expect=0, **options):
        """Runs the program in the workshop's folder."""
        options.setdefault("env", self.env)
        return blackbox.run([blackbox.program(), *arguments], expect=expect, cwd=self.folder, **options)

    def json(self, *arguments, expect=0):
        return json.loads(self.muniment(*arguments, "--json", expect=expect).stdout)

    def found(self, name="archive"):
        """A new archive and its card `card.txt`; gives the id in words."""
        words = self.json("init", name, "--custodian", self.key, "--no-trustees")["words"]
        self.muniment("card", name, "--key", self.key, "-o", f"{name}.card")
        return words

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def deposits(self, archive="archive"):
        return [deposit["id"] for deposit in self.json("list", archive)["deposits"]]

    def start(self, *arguments):
        """The program in the background, silent."""
        return subprocess.Popen([blackbox.program(), *map(str, arguments)], cwd=self.folder, env=self.env,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def talk(self, arguments, answers):
        """Runs the program on a terminal of its own; gives exit status and all that the terminal showed.

        `answers` are (what the terminal must show after the answer before, what is then typed); what is typed may be a
        function of all that was shown.
        """
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            env = {name: value for name, value in self.env.items() if name != "MUNIMENT_PASSPHRASE_FILE"}
            program = str(blackbox.program())
            os.execve(program, [program, *map(str, arguments)], env)
        shown = b""
        answered = 0
        waiting = list(answers)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], 0.1)
            if ready:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:
                    break
                if not piece:
                    break
                shown += piece
            if waiting and waiting[0][0].encode() in shown[answered:]:
                time.sleep(0.05)
                typed = waiting.pop(0)[1]
                answered = len(shown)
                answer = typed(shown.decode(errors="replace")) if callable(typed) else typed
                os.write(terminal, answer.encode() + b"\n")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")

    def serve(self, test, copy, *options):
        """`mirror serve` of a copy on a free port, until `test` ends; gives the process, and the address."""
        process = subprocess.Popen(
            [blackbox.program(), "mirror", "serve", copy, "--listen", "127.0.0.1:0", "--json", *map(str, options)],
            cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        test.addCleanup(process.stdout.close)
        test.addCleanup(process.wait)
        test.addCleanup(process.send_signal, signal.SIGTERM)
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        return process, json.loads(text)["address"]

    def nginx(self, test, copy, *options, change=lambda text: text):
        """nginx with the printed configuration of a copy, after a change, until `test` ends; gives what `nginx -T`
        prints, and the address."""
        program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        if program is None:
            test.skipTest("nginx is not installed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{probe.getsockname()[1]}"
        printed = self.muniment("mirror", "serve", copy, "--listen", listen, "--print-nginx", *options).stdout
        place = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        temporary = "".join(f"{kind}_temp_path {place}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        (place / "conf").write_text(f"{user}daemon off; pid {place}/pid; error_log /dev/null crit; events {{}}\n"
                                    f"http {{\n{temporary}{change(printed)}}}\n")
        command = [program, "-c", place / "conf", "-e", place / "errors"]
        text = blackbox.run([*command, "-T"]).stdout
        process = subprocess.Popen(command)
        test.addCleanup(process.wait)
        test.addCleanup(process.terminate)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(listen.split(":"), timeout=5):
                break
            time.sleep(0.05)
        return text, f"http://{listen}"


@contextlib.contextmanager
def answering(handler):
    """A server in this process whose requests the handler answers."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *arguments: None
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def phrase_in(shown):
    """The six words of a return phrase, off the screen."""
    screen = shown[shown.rindex("learnt by heart"):]
    words = [re.search(rf"(?m)\b{number} ([a-z]+) ", screen)[1] for number in range(1, 7)]
    return " ".join(words)


def share_on(page):
    """The 33 words of a share, read off its page: each stands there behind its number."""
    svg = "{http://www.w3.org/2000/svg}"
    texts = ["".join(text.itertext()) for text in xml.etree.ElementTree.fromstring(page).iter(svg + "text")]
    words = []
    for number, word in zip(texts, texts[1:]):
        if number == str(len(words) + 1) and len(words) < 33:
            words.append(word)
    return " ".join(words)


def tree(folder):
    """Every file below a folder with its digest, by relative path."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()}
