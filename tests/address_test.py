"""A mirror that is served keeps no address of who came: not in its memory, not in a file."""

import pathlib
import re
import socket
import unittest

import blackbox
from workshop import Workshop

VISITS = 20


def visit(address, source, path):
    """A request from a loopback address of one's own; gives the port that it came from."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10, source_address=(source, 0)) as connection:
        own_port = connection.getsockname()[1]
        connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: mirror\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(65536):
            pass
    return own_port


def writable_memory(process_id):
    """The bytes of every region that the process can write to: heap, stacks, data."""
    with open(f"/proc/{process_id}/maps", encoding="ascii") as maps, open(f"/proc/{process_id}/mem", "rb") as memory:
        for line in maps:
            region = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not region:
                continue
            begin, end = int(region[1], 16), int(region[2], 16)
            memory.seek(begin)
            try:
                yield memory.read(end - begin)
            except OSError:
                continue  # a region that is not there any more


class AddressTest(unittest.TestCase):
    def setUp(self):
        blackbox.skip_with_a_sanitizer()
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.shop.found()
        self.shop.write("evidence", "invented\n")
        self.shop.muniment("deposit", "archive", "evidence", "--key", self.shop.key)
        self.shop.muniment("mirror", "push", "archive", "copy")
        self.process, self.address = self.shop.serve(self, "copy")

    def found_in_memory(self, source, ports):
        number = socket.inet_aton(source)
        shapes = [source.encode()] + [b"\x02\x00" + port.to_bytes(2, "big") + number for port in ports]
        return [shape for data in writable_memory(self.process.pid) for shape in shapes if shape in data]

    def assert_nowhere(self, source, ports):
        self.assertEqual(self.found_in_memory(source, ports), [], "in memory")
        for path in pathlib.Path(self.shop.folder).rglob("*"):
            if path.is_file():
                self.assertNotIn(source.encode(), path.read_bytes(), path)

    def test_after_a_visit_the_address_is_nowhere(self):
        if not pathlib.Path(f"/proc/{self.process.pid}/mem").exists():
            self.skipTest("this system does not show a process's memory")
        try:
            next(writable_memory(self.process.pid))
        except PermissionError:
            self.skipTest("who runs the tests may not read a process's memory")
        source = "127.12.34.56"
        paths = ["checkpoint", "README.txt", "nothing", "home/head"]
        ports = [visit(self.address, source, paths[number % len(paths)]) for number in range(VISITS)]
        # Whoever comes next takes the place of the one before on the stacks of the server's threads.
        for _ in range(VISITS):
            visit(self.address, "127.0.0.1", "checkpoint")
        self.assert_nowhere(source, ports)

    def test_the_way_of_looking_finds_an_address_that_is_there(self):
        """While a visitor is connected, the server's sockets name the address: that is what is looked for."""
        source = "127.98.76.54"
        host, port = self.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10, source_address=(source, 0)) as connection:
            connection.sendall(b"GET /checkpoint HTTP/1.1\r\nHost: mirror\r\n\r\n")
            connection.recv(65536)
            self.assertNotEqual(self.found_in_memory(source, [connection.getsockname()[1]]), [])


if __name__ == "__main__":
    blackbox.main()
