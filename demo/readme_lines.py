"""The commands in an archive's README.txt, run as a person would type them: in bash, on a terminal, one by one.

The demo uses it, and so does the test that holds README.txt to its word.
"""

import dataclasses
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

_MARK = "    $ "
_STEP = "===== the next line of README.txt ====="
_PROMPT = re.compile(rb"[Ee]nter passphrase[^\n]*: ")
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")


@dataclasses.dataclass
class Ran:
    status: int
    steps: list  # of (command, what it printed), as far as it came

    @property
    def output(self):
        return "".join(f"$ {command}\n{output}" for command, output in self.steps)


def commands_of(readme):
    """The text of README.txt → its commands, in order."""
    return [line.removeprefix(_MARK) for line in readme.splitlines() if line.startswith(_MARK)]


def reader_commands_of(readme):
    """The same for seals that the system's age does not know: the lines for reader/read_archive.py, which does by
    itself what is done with age and tar otherwise."""
    lines = readme.replace("\\\n", "").splitlines()
    reading = [line.strip() for line in lines if line.startswith("    python3 ")]
    commands = commands_of(readme)
    after = next(number for number, command in enumerate(commands) if command.startswith("rm "))
    return commands[:1] + reading + commands[after:]


def needs_reader(sealed):
    """True when a sealed file, or a header, is of a kind that the age of this system does not know: 1.3.0 does."""
    with open(sealed, "rb") as file:
        is_hybrid = b"\n-> mlkem768x25519 " in file.read(65536)
    if not is_hybrid:
        return False
    said = subprocess.run(["age", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v?(\d+)\.(\d+)", said)
    return version is None or (int(version[1]), int(version[2])) < (1, 3)


def run(commands, values, passphrase, environment=None, timeout_s=600):
    """Runs the commands in one bash until one fails. `values` are the variables that README.txt leaves to the reader.

    Whenever a passphrase is asked for, `passphrase` is typed. Errors: TimeoutError.
    """
    script = "set -e\n" + "".join(f"printf '{_STEP}\\n'\n{line}\n" for line in commands)
    environment = dict(environment or os.environ, **{name: str(value) for name, value in values.items()})
    child, terminal = pty.fork()
    if child == 0:
        try:
            os.execvpe("bash", ["bash", "-c", script], environment)
        finally:
            os._exit(127)
    try:
        output = _talk(terminal, passphrase.encode(), time.monotonic() + timeout_s)
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    outputs = _TERMINAL_CODES.sub("", output.decode("utf-8", "replace")).split(_STEP + "\n")[1:]
    return Ran(status, list(zip(commands, outputs)))


def _talk(terminal, passphrase, deadline):
    """Reads until the other side has hung up, and types the passphrase at each prompt."""
    output = b""
    answered = 0
    while True:
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError(f"the commands of README.txt did not end: {output[-2000:]!r}")
        try:
            read = os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody has the terminal open any more
            return output
        output += read
        if len(_PROMPT.findall(output)) > answered:
            _wait_until_it_does_not_show(terminal, deadline)
            os.write(terminal, passphrase + b"\n")
            answered += 1


def _wait_until_it_does_not_show(terminal, deadline):
    """age prints its prompt first and turns the echo off afterwards."""
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        if time.monotonic() > deadline:
            raise TimeoutError("the passphrase would have shown on the terminal: it was not typed")
        time.sleep(0.01)
