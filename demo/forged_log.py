"""What a thief of the log key does: an entry that the program would not write, at the end of a log.

It knows the formats (docs/formats.md) and nothing else: Python signs through libcrypto. For a log of up to 256 entries.

    forged_log.py ARCHIVE LOG-KEY ENTRY      ENTRY is a file; LOG-KEY what opening gives of ARCHIVE/home/log-key-….age
"""

import base64
import ctypes
import ctypes.util
import hashlib
import pathlib
import sys

_ED25519 = 1087  # NID_ED25519 of OpenSSL
_MARK = b"muniment/log-key/v1\n"
_ENTRIES_MAX = 256


def append(archive, log_key, entry):
    """Writes `entry` behind the last one: bundle, tile, checkpoint. `log_key` is the opened key. Errors: ValueError.
    """
    archive = pathlib.Path(archive)
    if not log_key.startswith(_MARK) or len(log_key) != len(_MARK) + 32:
        raise ValueError("this is no log key")
    origin, size = (archive / "checkpoint").read_text(encoding="utf-8").split("\n")[:2]
    bundle = (archive / _tile("entries", int(size))).read_bytes()
    entries = [*_split(bundle), entry]
    if len(entries) != int(size) + 1 or len(entries) > _ENTRIES_MAX:
        raise ValueError(f"only logs of up to {_ENTRIES_MAX} entries")
    leaves = [hashlib.sha256(b"\0" + each).digest() for each in entries]
    _put(archive / _tile("entries", len(entries)), bundle + len(entry).to_bytes(2, "big") + entry)
    _put(archive / _tile("0", len(entries)), b"".join(leaves))
    head = f"{origin}\n{len(entries)}\n{base64.b64encode(_root(leaves)).decode()}\n"
    checkpoint = head + "\n" + _signature(origin, log_key[len(_MARK):], head)
    _put(archive / "checkpoint", checkpoint.encode())
    if (archive / "home/head").exists():  # the place where the log is kept goes on from there
        _put(archive / "home/head", checkpoint.encode())


def _tile(level, entries):
    return f"tile/{level}/000" + (f".p/{entries}" if entries < _ENTRIES_MAX else "")


def _split(bundle):
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        yield bundle[2:end]
        bundle = bundle[end:]


def _root(leaves):
    """RFC 6962 §2.1."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(leaves[:left]) + _root(leaves[left:])).digest()


def _signature(name, seed, text):
    """The signature line of a signed note (C2SP signed-note)."""
    key = _Key(seed)
    key_id = hashlib.sha256(name.encode() + b"\n\1" + key.public()).digest()[:4]
    return f"\u2014 {name} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"


def _put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data)


class _Key:
    """Ed25519 of libcrypto. Nothing is freed but with the process."""

    def __init__(self, seed):
        self._crypto = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
        self._key = self._pointer("EVP_PKEY_new_raw_private_key", _ED25519, None, seed, ctypes.c_size_t(32))

    def public(self):
        out, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
        self._must("EVP_PKEY_get_raw_public_key", self._key, out, ctypes.byref(size))
        return out.raw

    def sign(self, text):
        context = self._pointer("EVP_MD_CTX_new")
        out, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
        self._must("EVP_DigestSignInit", context, None, None, None, self._key)
        self._must("EVP_DigestSign", context, out, ctypes.byref(size), text, ctypes.c_size_t(len(text)))
        return out.raw

    def _pointer(self, name, *arguments):
        function = self._crypto[name]
        function.restype = ctypes.c_void_p
        return ctypes.c_void_p(function(*arguments))

    def _must(self, name, *arguments):
        if self._crypto[name](*arguments) != 1:
            raise ValueError(f"libcrypto refuses {name}")


if __name__ == "__main__":
    append(sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes(), pathlib.Path(sys.argv[3]).read_bytes())
