#!/usr/bin/env python3
"""Opens the sealed files of an archive without the program that made it.

    read_archive.py decrypt [-i KEYFILE]... [FILE] > OUT     one file in the format "age" (https://age-encryption.org/v1)
    read_archive.py deposit -i KEYFILE FOLDER -o OUT         one deposit: checked as a whole, then written below OUT

This is one file of Python (3.9 or later) on purpose: it can be read in an hour and needs nothing but Python itself and
libcrypto, the library of OpenSSL (3.0 or later; seals of the kind mlkem768x25519 need 3.5 or later). It opens seals with
a key (X25519), with a passphrase (scrypt) and those that withstand quantum computers (mlkem768x25519). It never writes
to the archive. KEYFILE may itself be sealed with a passphrase, which is then asked for on the terminal.

Exit status: 0 all is well; 1 something is wrong, the sentence says what; 3 libcrypto is too old for this seal.

Where the rules stand: C2SP "age" (the seal), RFC 9180 and draft-ietf-hpke-pq-03 (its kind mlkem768x25519), and the file
docs/formats.md of muniment (the deposit). Sections are named at the functions.
"""
import argparse
import base64
import ctypes
import ctypes.util
import getpass
import hashlib
import hmac
import io
import json
import os
import shutil
import sys
import tempfile


class Refused(Exception):
    """Something is not what it should be, and nothing more is handed out. The sentence says what."""


class BadArmor(Refused):
    """The text form of a sealed file."""


class BadHeader(Refused):
    """The first part of a sealed file, in front of the bytes."""


class NoMatch(Refused):
    """None of the keys given is one that the file was sealed for."""


class BadMac(Refused):
    """The header was altered."""


class BadPayload(Refused):
    """The sealed bytes were altered or cut."""


class TooOld(Exception):
    """This machine's libcrypto lacks what the seal needs."""


# ---- libcrypto: X25519, ChaCha20-Poly1305, scrypt, ML-KEM-768. Hashes and HMAC are Python's own. --------------------

def load_libcrypto():
    for name in (ctypes.util.find_library("crypto"), "libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if hasattr(library, "EVP_KEM_fetch"):  # what 3.0 has and 1.1 has not
            return library
    raise TooOld("this needs libcrypto of OpenSSL 3.0 or later, and there is none on this machine")


def call(name, *arguments, gives=ctypes.c_int):
    """A function of libcrypto. Keys are not freed: this program opens a few and ends."""
    function = getattr(call.library, name)
    function.restype = gives
    return function(*arguments)


call.library = load_libcrypto()


def new(name, *arguments):
    pointer = ctypes.c_void_p(call(name, *arguments, gives=ctypes.c_void_p))
    if not pointer:
        raise Refused(f"libcrypto refuses {name}")
    return pointer


def must(done):
    if done != 1:
        raise Refused("libcrypto refuses to work")


class Aead:
    """ChaCha20-Poly1305 (RFC 8439) without associated data, opening only."""

    def __init__(self, key):
        self.context = new("EVP_CIPHER_CTX_new")
        must(call("EVP_DecryptInit_ex", self.context, new("EVP_chacha20_poly1305"), None, key, None))

    def open(self, nonce, sealed):
        """The plain bytes, or None when the tag does not match."""
        text, tag = sealed[:-16], sealed[-16:]
        plain, size = ctypes.create_string_buffer(len(text) + 1), ctypes.c_int()
        must(call("EVP_DecryptInit_ex", self.context, None, None, None, nonce))
        must(call("EVP_CIPHER_CTX_ctrl", self.context, 0x11, 16, tag))  # EVP_CTRL_AEAD_SET_TAG
        must(call("EVP_DecryptUpdate", self.context, plain, ctypes.byref(size), text, len(text)))
        if call("EVP_DecryptFinal_ex", self.context, ctypes.create_string_buffer(16), ctypes.byref(size)) != 1:
            return None
        return plain.raw[:len(text)]


def x25519_key(scalar):
    return new("EVP_PKEY_new_raw_private_key", 1034, None, scalar, ctypes.c_size_t(32))  # 1034 is EVP_PKEY_X25519


def x25519_public(scalar):
    public, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
    must(call("EVP_PKEY_get_raw_public_key", x25519_key(scalar), public, ctypes.byref(size)))
    return public.raw


def x25519(scalar, point):
    context = new("EVP_PKEY_CTX_new", x25519_key(scalar), None)
    peer = new("EVP_PKEY_new_raw_public_key", 1034, None, point, ctypes.c_size_t(32))
    must(call("EVP_PKEY_derive_init", context))
    must(call("EVP_PKEY_derive_set_peer", context, peer))
    shared, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
    if call("EVP_PKEY_derive", context, shared, ctypes.byref(size)) != 1:  # all zero: RFC 7748 section 6.1
        raise BadHeader("a key in the header is a point of low order")
    return shared.raw


def scrypt(passphrase, salt, log2_n):
    key, n = ctypes.create_string_buffer(32), 1 << log2_n
    u64 = ctypes.c_uint64
    if call("EVP_PBE_scrypt", passphrase, ctypes.c_size_t(len(passphrase)), salt, ctypes.c_size_t(len(salt)), u64(n),
            u64(8), u64(1), u64(1024 * (n + 8)), key, ctypes.c_size_t(32)) != 1:
        raise Refused(f"the passphrase needs {n // 1024} MiB of free memory")
    return key.raw


class Parameter(ctypes.Structure):
    """OSSL_PARAM."""
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_uint), ("data", ctypes.c_void_p),
                ("size", ctypes.c_size_t), ("returned", ctypes.c_size_t)]


def mlkem768_decapsulate(seed, ciphertext):
    """ML-KEM-768 (FIPS 203). `seed` is d and z, 64 bytes."""
    if not call("EVP_KEM_fetch", None, b"ML-KEM-768", None, gives=ctypes.c_void_p):
        raise TooOld("this seal withstands quantum computers and needs libcrypto 3.5 or later (Debian 13 has it); age 1.3 "
                     "or later opens it, too")
    data = ctypes.create_string_buffer(seed, len(seed))
    parameters = (Parameter * 2)(Parameter(b"seed", 5, ctypes.addressof(data), len(seed), 0))  # 5 is an octet string
    maker, key = new("EVP_PKEY_CTX_new_from_name", None, b"ML-KEM-768", None), ctypes.c_void_p()
    must(call("EVP_PKEY_fromdata_init", maker))
    must(call("EVP_PKEY_fromdata", maker, ctypes.byref(key), 0x87, parameters))  # EVP_PKEY_KEYPAIR
    context = new("EVP_PKEY_CTX_new_from_pkey", None, key, None)
    must(call("EVP_PKEY_decapsulate_init", context, None))
    shared, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
    must(call("EVP_PKEY_decapsulate", context, shared, ctypes.byref(size), ciphertext,
              ctypes.c_size_t(len(ciphertext))))
    return shared.raw


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(key_material, salt, info):
    """32 bytes of HKDF-SHA-256 (RFC 5869)."""
    return hmac_sha256(hmac_sha256(salt, key_material), info + b"\1")


# ---- The seal: C2SP age -----------------------------------------------------------------------------------------------

CHUNK = 65536 + 16


def unbase64(text, wrong=BadHeader, padded=False):
    """Canonical base64 only: what it says, written again, is the same text."""
    try:
        plain = base64.b64decode(text if padded else text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        plain = None
    again = base64.b64encode(plain or b"")
    if plain is None or (again if padded else again.rstrip(b"=")) != text:
        raise wrong("a line is not base64")
    return plain


def without_armor(file):
    """Section "ASCII armor". An armoured file is read whole."""
    if not file.peek(1024).lstrip().startswith(b"-----BEGIN"):
        return file
    lines = file.read().strip(b" \t\r\n").replace(b"\r\n", b"\n").split(b"\n")
    if (lines[0], lines[-1]) != (b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"):
        raise BadArmor("the file begins as armour and does not end so")
    body = lines[1:-1]
    if any(len(line) != 64 for line in body[:-1]) or any(not 0 < len(line) <= 64 for line in body[-1:]):
        raise BadArmor("the armour has a line of the wrong length")
    return io.BufferedReader(io.BytesIO(unbase64(b"".join(body), BadArmor, padded=True)))


class Header:
    """Section "Header": stanzas, each a list of arguments and a body, and a MAC over all of it."""

    def __init__(self, file):
        self.covered, self.stanzas = b"", []
        if self.line(file, 40) != b"age-encryption.org/v1":
            raise BadHeader("not a file of age, version 1")
        while True:
            line = self.line(file)
            if line.startswith(b"---"):
                break
            arguments = line[3:].split(b" ")
            if not line.startswith(b"-> ") or not all(a and all(33 <= c <= 126 for c in a) for a in arguments):
                raise BadHeader("the header has a line that starts no stanza")
            body = b""
            while True:
                line = self.line(file)
                if len(line) > 64:
                    raise BadHeader("the header has a line of more than 64 columns")
                body += unbase64(line)
                if len(line) < 64:
                    break
            self.stanzas.append((arguments, body))
        if not self.stanzas or line[3:4] != b" " or len(line) != 47:
            raise BadHeader("the header has no stanza or no MAC")
        self.mac = unbase64(line[4:])
        self.covered = self.covered[:-len(line) - 1] + b"---"

    def line(self, file, limit=4096):
        line = file.readline(limit)
        self.covered += line
        if not line.endswith(b"\n") or len(self.covered) > 1 << 18:
            raise BadHeader("not a file of age, version 1, or it is cut off in its header")
        return line[:-1]

    def check_mac(self, file_key):
        if not hmac.compare_digest(hmac_sha256(hkdf(file_key, b"", b"header"), self.covered), self.mac):
            raise BadMac("the header was altered: its MAC does not match")


def parts_of(stanza, *sizes):
    """The arguments of a stanza that must have exactly these sizes, and its body. Checked before anything is opened."""
    arguments, body = stanza
    if len(arguments) != 1 + len(sizes) or len(body) != 32:
        raise BadHeader("a stanza of a known kind has the wrong form")
    decoded = [unbase64(argument) for argument in arguments[1:]]
    if any(len(argument) != size for argument, size in zip(decoded, sizes)):
        raise BadHeader("a stanza of a known kind has the wrong form")
    return (*decoded, body)


class X25519Key:
    """Section "The X25519 recipient type"."""
    kind = b"X25519"

    def __init__(self, scalar):
        self.scalar, self.public = scalar, x25519_public(scalar)

    def unwrap(self, stanza):
        share, body = parts_of(stanza, 32)
        key = hkdf(x25519(self.scalar, share), share + self.public, b"age-encryption.org/v1/X25519")
        return Aead(key).open(bytes(12), body)


class HybridKey:
    """Section "The mlkem768x25519 recipient type": the KEM MLKEM768-X25519, then HPKE's key schedule."""
    kind = b"mlkem768x25519"

    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        self.mlkem_seed, self.scalar = expanded[:64], expanded[64:]
        self.public = x25519_public(self.scalar)

    def unwrap(self, stanza):
        encapsulated, body = parts_of(stanza, 1120)
        ciphertext, share = encapsulated[:1088], encapsulated[1088:]
        halves = mlkem768_decapsulate(self.mlkem_seed, ciphertext) + x25519(self.scalar, share)
        shared = hashlib.sha3_256(halves + share + self.public + rb"\.//^\ "[:6]).digest()

        suite = b"HPKE-v1" + b"HPKE\x64\x7a\x00\x01\x00\x03"  # RFC 9180 sections 4 and 5.1, mode base
        context = (b"\0" + hmac_sha256(b"", suite + b"psk_id_hash") +
                   hmac_sha256(b"", suite + b"info_hash" + b"age-encryption.org/mlkem768x25519"))
        secret = hmac_sha256(shared, suite + b"secret")
        key = hmac_sha256(secret, b"\0\x20" + suite + b"key" + context + b"\1")
        nonce = hmac_sha256(secret, b"\0\x0c" + suite + b"base_nonce" + context + b"\1")[:12]
        return Aead(key).open(nonce, body)


def unwrap_scrypt(stanza, passphrase):
    """Section "The scrypt recipient type"."""
    arguments, _ = stanza
    work = arguments.pop() if len(arguments) == 3 else b""
    salt, body = parts_of(stanza, 16)
    if not work.isdigit() or work.startswith(b"0") or int(work) > 22:  # 2^22 takes 4 GiB of memory
        raise BadHeader("the passphrase would cost more memory than this program gives it")
    key = scrypt(passphrase(), b"age-encryption.org/v1/scrypt" + salt, int(work))
    return Aead(key).open(bytes(12), body)


def find_file_key(header, keys, passphrase):
    scrypts = [stanza for stanza in header.stanzas if stanza[0][0] == b"scrypt"]
    if scrypts and len(header.stanzas) > 1:
        raise BadHeader("a file sealed with a passphrase must have no other stanza")
    opened = [unwrap_scrypt(stanza, passphrase) for stanza in scrypts]
    for key in keys:
        opened += [key.unwrap(stanza) for stanza in header.stanzas if stanza[0][0] == key.kind]
    for file_key in opened:
        if file_key is not None:
            header.check_mac(file_key)
            return file_key
    raise NoMatch("the key or the passphrase is not one that this file was sealed for")


def open_header(file, keys, passphrase):
    """Reads the header and the nonce of `file`; gives the key of the payload, which follows."""
    header = Header(file)
    file_key = find_file_key(header, keys, passphrase)
    nonce = file.read(16)
    if len(nonce) != 16:
        raise BadHeader("the file is cut off after its header")
    return hkdf(file_key, nonce, b"payload")


def open_payload(key, file):
    """Section "Payload". Gives plain bytes, each piece after its tag was checked; ends only at the true end."""
    aead, number = Aead(key), 0
    while True:
        sealed = file.read(CHUNK)
        for last in (False, True) if len(sealed) == CHUNK else (True,):
            counter = number.to_bytes(11, "big") + bytes([last])
            plain = aead.open(counter, sealed) if len(sealed) >= 16 else None
            if plain is not None:
                break
        if plain is None or (not plain and number > 0):
            raise BadPayload(f"the sealed bytes were altered or cut: chunk {number} does not open")
        yield plain
        if last:
            break
        number += 1
    if file.read(1):
        raise BadPayload("bytes follow the last chunk")


def decrypt(file, keys, passphrase):
    """The plain bytes of a whole sealed file, armoured or not, piece by piece. `file` can peek()."""
    file = without_armor(file)
    yield from open_payload(open_header(file, keys, passphrase), file)


def parse_key(text):
    """One line of a key file: Bech32 (BIP 173) in upper case."""
    prefix, _, digits = text.rpartition("1")
    kinds = {"AGE-SECRET-KEY-": X25519Key, "AGE-SECRET-KEY-PQ-": HybridKey}
    values = ["QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".find(digit) for digit in digits]
    if prefix not in kinds or len(values) != 58 or -1 in values:
        raise Refused("the key file has a line that is no key of a known kind")
    lower, checksum = prefix.lower().encode(), 1
    for value in [c >> 5 for c in lower] + [0] + [c & 31 for c in lower] + values:
        top, checksum = checksum >> 25, (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    number = int("".join(f"{value:05b}" for value in values[:-6]), 2)  # 260 bits: 256 and four zeros
    if checksum != 1 or number & 15:
        raise Refused("a key in the key file was mistyped or cut: its checksum is wrong")
    return kinds[prefix]((number >> 4).to_bytes(32, "big"))


def ask(name):
    return lambda: getpass.getpass(f"Enter passphrase for {name}: ").encode()


def read_keys(name):
    """A key file, or one that is itself sealed with a passphrase."""
    with open(name, "rb") as file:
        if file.peek(64).lstrip().startswith((b"age-encryption.org/", b"-----BEGIN AGE")):
            text = b"".join(decrypt(file, [], ask(name)))
        else:
            text = file.read()
    lines = [line.rstrip("\r") for line in text.decode("utf-8", "replace").split("\n")]
    keys = [parse_key(line) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise Refused(f"{name} has no key")
    return keys


# ---- A deposit: docs/formats.md of muniment ---------------------------------------------------------------------------

PART = 256 * CHUNK
TAG_FILES = {"bagit.txt", "manifest-sha256.txt", "bag-info.txt", "metadata/contents.jsonl", "tagmanifest-sha256.txt"}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def check(holds, sentence):
    if not holds:
        raise Refused(sentence)


class Pieces:
    """Reads from pieces as from a file: n bytes, fewer only at the end."""

    def __init__(self, pieces):
        self.pieces, self.held, self.offset = pieces, b"", 0

    def read(self, size):
        while len(self.held) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.held += piece
        taken, self.held = self.held[:size], self.held[size:]
        self.offset += len(taken)
        return taken


class Deposit:
    """Section "Receipt": the folder, and what its receipt says."""

    def __init__(self, folder):
        self.folder = folder
        self.receipt = self.bytes_of("receipt")
        self.id = digest(self.receipt)
        lines = self.receipt.decode("ascii", "replace").split("\n")
        keys = [line.split(" ")[0] for line in lines[1:6]]
        check(lines[0] == "muniment/deposit/v1" and keys == ["archive", "contents", "tree", "bytes", "parts"] and
              len(lines) == 10 and lines[9] == "", "the receipt is not one of this version")
        self.archive, self.contents, self.tree, size, count = (line.split(" ")[1] for line in lines[1:6])
        self.size, self.count = int(size), int(count)
        self.digests = {name: value for value, _, name in (line.partition("  ") for line in lines[6:9])}
        check(list(self.digests) == ["SHA256SUMS", "header-0", "contents-0.age"] and
              0 < self.count == -(-self.size // PART), "the receipt contradicts itself")

    def bytes_of(self, name, wanted=None):
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                data = file.read()
        except OSError as error:
            raise Refused(f"{name} cannot be read: {error.strerror}") from error
        check(wanted is None or digest(data) == wanted, f"{name} was altered: it is not what was sealed")
        return data

    def check_place(self):
        """Against the archive that the folder lies in, if it lies in one. Gives a sentence on what was found."""
        name, root = os.path.basename(os.path.abspath(self.folder)), os.path.join(self.folder, "..", "..", "..")
        check(len(name) != 64 or name == self.id, "the folder's name is not the SHA-256 of its receipt")
        bundles = os.path.join(root, "tile", "entries")
        if not os.path.isdir(bundles):
            return "It does not lie in an archive: nothing here says that its receipt was ever logged."
        with open(os.path.join(root, "charter", "1"), "rb") as file:
            check(digest(file.read()) == self.archive, "the archive around it is not the one that its receipt names")
        entry = len(self.receipt).to_bytes(2, "big") + self.receipt
        for folder, _, names in os.walk(bundles):
            for bundle in names:
                with open(os.path.join(folder, bundle), "rb") as file:
                    if entry in file.read():
                        return "Its receipt is in the log of the archive around it."
        raise Refused("the log of the archive around it does not hold its receipt")

    def newest(self, stem, ending, keys):
        """Opens the file of the highest number that opens: later ones were sealed anew for later keys. The receipt
        names number 0; what a later one opens is held to the receipt all the same."""
        names = [name for name in os.listdir(self.folder) if name.startswith(stem) and name.endswith(ending)]
        numbers = [name[len(stem):len(name) - len(ending)] for name in names]
        for number in sorted((int(n) for n in numbers if n.isdigit()), reverse=True):
            name = f"{stem}{number}{ending}"
            file = io.BufferedReader(io.BytesIO(self.bytes_of(name, self.digests.get(name))))
            try:
                key = open_header(file, keys, lambda: b"")
            except NoMatch:
                continue
            return name, key, file
        raise NoMatch(f"none of the files {stem}N{ending} opens with this key")

    def parts(self):
        """Section "Opening", 1: every part against SHA256SUMS, and that against the receipt."""
        sums = self.bytes_of("SHA256SUMS", self.digests["SHA256SUMS"]).decode("ascii", "replace").split("\n")
        check(len(sums) == self.count + 1 and sums.pop() == "", "SHA256SUMS does not list the parts of the receipt")
        for number, line in enumerate(sums):
            wanted, _, name = line.partition("  ")
            check(name == f"part-{number:07}", "SHA256SUMS does not list the parts in order")
            part = self.bytes_of(name, wanted)
            check(len(part) == min(PART, self.size - number * PART), f"{name} has the wrong size")
            yield part


def merkle_root(leaves):
    """RFC 6962 section 2.1."""
    row = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2])]
        row = pairs + row[len(pairs) * 2:]
    return row[0].hex() if row else digest(b"")


def without_repeats(pairs):
    check(len(dict(pairs)) == len(pairs), "a line of the contents gives a key twice")
    return dict(pairs)


def parse_contents(plain, deposit):
    """Section "Contents", and "Opening", 2. Gives the bag's name, and of each file by its name (size, offset, digest)."""
    check(digest(plain) == deposit.contents, "the contents are not those of the receipt")
    lines = [line for line in plain.split(b"\n") if line.strip(b" ")]
    tree = f"muniment/tree/v1\n{len(lines)}\n{merkle_root(lines)}\n"
    check(digest(tree.encode()) == deposit.tree, "the contents are not the tree of the receipt")
    first, *items = (json.loads(line.decode("utf-8"), object_pairs_hook=without_repeats) for line in lines)
    check(first["format"] == "muniment/contents/v1", "the contents are not of version 1")
    check(first["archive"] == deposit.archive, "the contents are of another archive")
    files, paths, halves = {}, set(), {}
    for item in (item for item in items if item["kind"] in ("content", "context", "link", "folder", "left-out")):
        number = item["item"]
        if item["kind"] == "context":
            content = halves[number]
            check(content and item["name"] not in files, "the contents name a file twice")
            files[item["name"]] = (content["size"], content["offset"], content["sha256"])
            halves[number] = None
        else:
            check(number not in halves, "the contents name an item twice")
            halves[number] = item if item["kind"] == "content" else None
        if item["kind"] != "content":
            path = item.get("path") or item["pathBytes"]
            check(path not in paths, "the contents name a path twice")
            paths.add(path)
    check(not any(halves.values()), "the contents have half an item")
    return first["bag"], files


def tar_header(name, size, modified, kind):
    """Section "Tar": the one form of a header."""
    octal = lambda value, width: b"%0*o\0" % (width - 1, value)  # noqa: E731
    size = octal(size, 12) if size < 1 << 33 else b"\x80" + size.to_bytes(11, "big")
    head = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size + octal(modified, 12)
    tail = kind + bytes(100) + b"ustar\00000" + bytes(64) + b"0000000\0" * 2 + bytes(167)
    return head + b"%06o\0 " % (sum(head + tail) + 8 * 32) + tail


def tar_front(name, size, modified):
    """Section "Tar": everything in front of a file's data."""
    records = b""
    plain = all(32 <= c < 127 for c in name)
    for key, value, needed in ((b"path", name, len(name) > 100 or not plain), (b"size", b"%d" % size, size >= 1 << 33),
                               (b"mtime", b"%d" % modified, not 0 <= modified < 1 << 33)):
        rest = len(key) + len(value) + 3
        length = rest + len(str(rest + len(str(rest))))
        records += b"%d %s=%s\n" % (length, key, value) if needed else b""
    pax = tar_header(b"PaxHeaders/0", len(records), 0, b"x") + records + bytes(-len(records) % 512) if records else b""
    short = bytes(c if 32 <= c < 127 else 95 for c in name[:100])
    short = short[:-1] + b"_" if short.endswith(b"/") else short
    return pax + tar_header(short, size, modified if 0 <= modified < 1 << 33 else 0, b"0")


def tar_files(tar):
    """Gives (name, size, time) of each file; its data is to be read before the next. Ends when all after it is zero."""
    number = lambda field: int.from_bytes(field[1:], "big") if field[0] == 128 else int(field[:11], 8)  # noqa: E731
    while True:
        front = header = tar.read(512)
        if not any(front):
            break
        values = {}
        if header[156:157] == b"x":
            length = number(header[124:136])
            check(length <= 65536, "the tar has a pax header that is too long")
            records = tar.read(length)
            front += records + tar.read(-length % 512)
            while records:
                size = int(records.split(b" ", 1)[0])
                key, _, value = records[:size - 1].split(b" ", 1)[1].partition(b"=")
                values[key], records = value, records[size:] if size > 0 else b""
            header = tar.read(512)
            front += header
        name = values.get(b"path", header[:100].rstrip(b"\0"))
        size = int(values.get(b"size", number(header[124:136])))
        modified = int(values.get(b"mtime", number(header[136:148])))
        check(front == tar_front(name, size, modified), "the tar has a header of another form")
        yield name.decode("utf-8"), size, modified
        check(not any(tar.read(-size % 512)), "the tar has bytes where zeros must be")
    check(len(front) == 512 and len(tar.read(512)) == 512, "the tar is cut off at its end")
    while front:
        front = tar.read(65536)
        check(not any(front), "something follows the end of the tar")


def safe_path(folder, name):
    """A name in the bag as a place below `folder`, and never another."""
    parts = name.split("/")
    check(all(part not in ("", ".", "..") and not any(ord(c) < 32 or c in "\\\x7f" for c in part) for part in parts),
          "the bag holds a name that cannot stand on a disk")
    return os.path.join(folder, *parts)


def write_bag(tar, folder, bag, files):
    """Section "Opening", 3 and 4, and "Bag". Writes below `folder`, which nobody is shown before all has passed."""
    found, tags = {}, {}
    for full, size, modified in tar_files(tar):
        base, _, name = full.partition("/")
        check(base == bag and name not in found, "the bag has a second folder, or a file twice")
        check(name in TAG_FILES or files.get(name, ())[:2] == (size, tar.offset), f"the contents do not name {name!a} so")
        path, hasher, left = safe_path(folder, full), hashlib.sha256(), size
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            while left:
                data = tar.read(min(left, 1 << 20))
                check(data, "the tar is cut off")
                left -= len(data)
                hasher.update(data)
                file.write(data)
        os.utime(path, (modified, modified))
        found[name] = hasher.hexdigest()
        if name in TAG_FILES:
            with open(path, "rb") as file:
                tags[name] = file.read()
        else:
            check(found[name] == files[name][2], f"{name!a} is not what the contents state")
    check(set(found) == TAG_FILES | set(files), "the bag does not hold what its contents name")
    check(tags["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt says another version")
    for manifest, listed in (("manifest-sha256.txt", set(files)),
                             ("tagmanifest-sha256.txt", TAG_FILES - {"tagmanifest-sha256.txt"})):
        lines = sorted(f"{found[name]}  {name}\n" for name in listed)
        check(lines == sorted(tags[manifest].decode("utf-8").splitlines(True)), f"{manifest} does not fit the files")
    oxum = f"Payload-Oxum: {sum(size for size, _, _ in files.values())}.{len(files)}"
    check(tags["bag-info.txt"].decode("utf-8").split("\n")[-2:] == [oxum, ""], "bag-info.txt does not fit the files")
    return tags["metadata/contents.jsonl"]


def open_deposit(folder, keys, target):
    deposit = Deposit(folder)
    print(f"deposit {deposit.id}\narchive {deposit.archive}\n{deposit.check_place()}")
    header, key, rest = deposit.newest("header-", "", keys)
    check(not rest.read(1), f"{header} is not a header and a nonce alone")
    sealed, contents_key, rest = deposit.newest("contents-", ".age", keys)
    plain = b"".join(open_payload(contents_key, rest))
    bag, files = parse_contents(plain, deposit)
    os.makedirs(target, exist_ok=True)
    check("/" not in bag and not os.path.exists(safe_path(target, bag)), f"{bag!a} is already there")
    hidden = tempfile.mkdtemp(prefix=".not-checked-", dir=target)
    try:
        tar = Pieces(open_payload(key, Pieces(deposit.parts())))
        check(write_bag(tar, hidden, bag, files) == plain, "the contents in the bag are not those beside it")
        os.rename(os.path.join(hidden, bag), os.path.join(target, bag))
    finally:
        shutil.rmtree(hidden)
    print(f"Opened with {header} and {sealed}. All checks passed: {len(files)} files in {os.path.join(target, bag)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("decrypt", help="one sealed file, to standard output")
    one.add_argument("-i", dest="keys", metavar="KEYFILE", action="append", default=[])
    one.add_argument("file", nargs="?", help="standard input when there is none")
    whole = commands.add_parser("deposit", help="a deposit, checked as a whole")
    whole.add_argument("-i", dest="keys", metavar="KEYFILE", action="append", required=True)
    whole.add_argument("folder")
    whole.add_argument("-o", dest="target", metavar="OUT", required=True)
    arguments = parser.parse_args()
    try:
        keys = [key for name in arguments.keys for key in read_keys(name)]
        if arguments.command == "deposit":
            open_deposit(arguments.folder, keys, arguments.target)
        else:
            with open(arguments.file, "rb") if arguments.file else sys.stdin.buffer as file:
                for piece in decrypt(file, keys, ask(arguments.file or "standard input")):
                    sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
    except TooOld as error:
        sys.exit((print(f"read_archive.py: {error}", file=sys.stderr), 3)[1])
    except (Refused, OSError, KeyError, ValueError, TypeError) as error:
        sys.exit(f"read_archive.py: {error}")


if __name__ == "__main__":
    main()
