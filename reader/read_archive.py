#!/usr/bin/env python3
"""Opens the sealed files of an archive without the program that made it.

    read_archive.py decrypt [-i KEYFILE]... [FILE] > OUT     one sealed file ("age", https://age-encryption.org/v1)
    read_archive.py deposit -i KEYFILE FOLDER -o OUT         one deposit: checked as a whole, then written below OUT

One file on purpose, to be read in an hour: it needs Python 3.9 or later and libcrypto, the library of OpenSSL, 3.0 or
later; seals of the kind mlkem768x25519, which withstand quantum computers, need 3.5 or later. KEYFILE may itself be
sealed with a passphrase, which is asked for on the terminal. Nothing is ever written into the archive.

Exit status: 0 all is well; 1 something is wrong, the sentence says what; 3 libcrypto is too old for this seal.

Where the rules stand: C2SP "age" (the seal); RFC 9180 and draft-ietf-hpke-pq-03 (its kind mlkem768x25519); muniment's
docs/formats.md (the deposit). Their sections are named at the functions.
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
import tarfile
import tempfile


class Refused(Exception):
    """Something is not what it should be, and nothing more is handed out. `kind` is one word on it."""

    def __init__(self, kind, sentence):
        super().__init__(sentence)
        self.kind = kind


def check(holds, kind, sentence):
    if not holds:
        raise Refused(kind, sentence)


# ---- libcrypto: X25519, ChaCha20-Poly1305, scrypt, ML-KEM-768. Hashes and HMAC are Python's own. -------------------

def load_libcrypto():
    for name in (ctypes.util.find_library("crypto"), "libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if hasattr(library, "EVP_KEM_fetch"):  # 3.0 has it and 1.1 has not
            return library
    sys.exit("read_archive.py: this needs libcrypto of OpenSSL 3.0 or later, and there is none on this machine")


LIBCRYPTO = load_libcrypto()


def call(name, *arguments, gives=ctypes.c_int):
    function = getattr(LIBCRYPTO, name)
    function.restype = gives
    return function(*arguments)


def must(name, *arguments):
    check(call(name, *arguments) == 1, "libcrypto", f"libcrypto refuses {name}")


def new(name, *arguments):
    """An object of libcrypto. None is freed but with the process: a few for each file."""
    pointer = ctypes.c_void_p(call(name, *arguments, gives=ctypes.c_void_p))
    check(pointer, "libcrypto", f"libcrypto refuses {name}")
    return pointer


def fill32(name, *arguments):
    """The 32 bytes that a function writes behind its other arguments, or None when it fails."""
    out, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
    return out.raw if call(name, arguments[0], out, ctypes.byref(size), *arguments[1:]) == 1 else None


class Aead:
    """ChaCha20-Poly1305 (RFC 8439) without associated data, opening only."""

    def __init__(self, key):
        self.context = new("EVP_CIPHER_CTX_new")
        must("EVP_DecryptInit_ex", self.context, new("EVP_chacha20_poly1305"), None, key, None)

    def open(self, nonce, sealed):
        """The plain bytes, or None when the tag does not match."""
        text, tag = sealed[:-16], sealed[-16:]
        plain, size = ctypes.create_string_buffer(len(text) + 1), ctypes.c_int()
        must("EVP_DecryptInit_ex", self.context, None, None, None, nonce)
        must("EVP_CIPHER_CTX_ctrl", self.context, 0x11, 16, tag)  # EVP_CTRL_AEAD_SET_TAG
        must("EVP_DecryptUpdate", self.context, plain, ctypes.byref(size), text, len(text))
        genuine = call("EVP_DecryptFinal_ex", self.context, ctypes.create_string_buffer(16), ctypes.byref(size)) == 1
        return plain.raw[:len(text)] if genuine else None


def x25519_key(scalar):
    return new("EVP_PKEY_new_raw_private_key", 1034, None, scalar, ctypes.c_size_t(32))  # 1034 is EVP_PKEY_X25519


def x25519(scalar, point):
    """RFC 7748. Refuses points that make the secret all zero (section 6.1)."""
    context = new("EVP_PKEY_CTX_new", x25519_key(scalar), None)
    must("EVP_PKEY_derive_init", context)
    peer = new("EVP_PKEY_new_raw_public_key", 1034, None, point, ctypes.c_size_t(32))
    must("EVP_PKEY_derive_set_peer", context, peer)
    shared = fill32("EVP_PKEY_derive", context)
    check(shared is not None, "header", "a key in the header is a point of low order")
    return shared


def scrypt(passphrase, salt, log2_n):
    key, n, size, u64 = ctypes.create_string_buffer(32), 1 << log2_n, ctypes.c_size_t, ctypes.c_uint64
    must("EVP_PBE_scrypt", passphrase, size(len(passphrase)), salt, size(len(salt)), u64(n), u64(8), u64(1),
         u64(1024 * (n + 8)), key, size(32))  # 8 and 1 are r and p; the last number is the memory allowed
    return key.raw


class Parameter(ctypes.Structure):
    """OSSL_PARAM."""
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_uint), ("data", ctypes.c_void_p),
                ("size", ctypes.c_size_t), ("returned", ctypes.c_size_t)]


def mlkem768_decapsulate(seed, ciphertext):
    """ML-KEM-768 (FIPS 203). `seed` is d and z, 64 bytes."""
    check(call("EVP_KEM_fetch", None, b"ML-KEM-768", None, gives=ctypes.c_void_p), "too old",
          "this seal withstands quantum computers: it needs libcrypto 3.5 or later (Debian 13), or age 1.3 or later")
    data, key = ctypes.create_string_buffer(seed, len(seed)), ctypes.c_void_p()
    parameters = (Parameter * 2)(Parameter(b"seed", 5, ctypes.addressof(data), len(seed), 0))  # 5: an octet string
    maker = new("EVP_PKEY_CTX_new_from_name", None, b"ML-KEM-768", None)
    must("EVP_PKEY_fromdata_init", maker)
    must("EVP_PKEY_fromdata", maker, ctypes.byref(key), 0x87, parameters)  # EVP_PKEY_KEYPAIR
    context = new("EVP_PKEY_CTX_new_from_pkey", None, key, None)
    must("EVP_PKEY_decapsulate_init", context, None)
    return fill32("EVP_PKEY_decapsulate", context, ciphertext, ctypes.c_size_t(len(ciphertext)))


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(key_material, salt, info):
    """32 bytes of HKDF-SHA-256 (RFC 5869)."""
    return mac(mac(salt, key_material), info + b"\1")


# ---- The seal: C2SP age ----------------------------------------------------------------------------------------------

CHUNK = 65536 + 16


def unbase64(text, kind="header", padded=False):
    """Canonical base64 only: what it says, written again, is the same text."""
    try:
        plain = base64.b64decode(text if padded else text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        plain = b""
    again = base64.b64encode(plain)
    check((again if padded else again.rstrip(b"=")) == text, kind, "a line is not base64")
    return plain


def without_armor(file):
    """Section "ASCII armor". An armoured file is read whole."""
    if not file.peek(1024).lstrip().startswith(b"-----BEGIN"):
        return file
    first, *body, last = file.read().strip(b" \t\r\n").replace(b"\r\n", b"\n").split(b"\n") + [b""]
    last = body.pop() if body else last
    check(first == b"-----BEGIN AGE ENCRYPTED FILE-----" and last == b"-----END AGE ENCRYPTED FILE-----" and
          all(len(line) == 64 for line in body[:-1]) and all(0 < len(line) <= 64 for line in body[-1:]),
          "armor", "the armour has a line of the wrong length, or no end")
    return io.BufferedReader(io.BytesIO(unbase64(b"".join(body), "armor", padded=True)))


class Header:
    """Section "Header": stanzas, each a list of arguments and a body, and a MAC over all of it."""

    def __init__(self, file):
        self.file, self.covered, self.stanzas = file, b"", []
        check(self.next_line() == b"age-encryption.org/v1", "header", "not a file of age, version 1")
        line = self.next_line()
        while not line.startswith(b"---"):
            arguments, body = line[3:].split(b" "), []
            check(line.startswith(b"-> ") and all(arguments) and all(33 <= c <= 126 for c in b"".join(arguments)),
                  "header", "the header has a line that starts no stanza")
            while not body or len(body[-1]) == 64:
                body.append(self.next_line())
                check(len(body[-1]) <= 64, "header", "the header has a line of more than 64 columns")
            self.stanzas.append((arguments, b"".join(unbase64(part) for part in body)))
            line = self.next_line()
        check(self.stanzas and line[3:4] == b" " and len(line) == 47, "header", "the header has no stanza or no MAC")
        self.mac, self.covered = unbase64(line[4:]), self.covered[:-len(line) + 2]

    def next_line(self):
        line = self.file.readline(4096)
        self.covered += line
        check(line.endswith(b"\n") and len(self.covered) < 1 << 18, "header", "not an age file, or cut in its header")
        return line[:-1]


def parts_of(stanza, size):
    """The first argument of a stanza, which must have that size, and its body: checked before anything is opened."""
    arguments, body = stanza
    check(len(arguments) == 2 and len(body) == 32, "header", "a stanza of a known kind has the wrong form")
    argument = unbase64(arguments[1])
    check(len(argument) == size, "header", "a stanza of a known kind has an argument of the wrong length")
    return argument, body


class X25519Key:
    """Section "The X25519 recipient type"."""
    kind = b"X25519"

    def __init__(self, scalar):
        self.scalar, self.public = scalar, fill32("EVP_PKEY_get_raw_public_key", x25519_key(scalar))

    def unwrap(self, stanza):
        share, body = parts_of(stanza, 32)
        key = hkdf(x25519(self.scalar, share), share + self.public, b"age-encryption.org/v1/X25519")
        return Aead(key).open(bytes(12), body)


class HybridKey:
    """Section "The mlkem768x25519 recipient type": the KEM MLKEM768-X25519, then HPKE's key schedule."""
    kind = b"mlkem768x25519"

    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        self.mlkem_seed, self.x25519 = expanded[:64], X25519Key(expanded[64:])

    def unwrap(self, stanza):
        both, body = parts_of(stanza, 1120)
        ciphertext, share = both[:1088], both[1088:]
        halves = mlkem768_decapsulate(self.mlkem_seed, ciphertext) + x25519(self.x25519.scalar, share)
        shared = hashlib.sha3_256(halves + share + self.x25519.public + b"\\.//^\\").digest()
        # RFC 9180 sections 4 and 5.1, mode base; the suite is the KEM 647a, HKDF-SHA256, ChaCha20Poly1305.
        suite = b"HPKE-v1HPKE\x64\x7a\x00\x01\x00\x03"
        info = mac(b"", suite + b"info_hash" + b"age-encryption.org/mlkem768x25519")
        context = b"\0" + mac(b"", suite + b"psk_id_hash") + info + b"\1"
        secret = mac(shared, suite + b"secret")
        nonce = mac(secret, b"\0\x0c" + suite + b"base_nonce" + context)[:12]
        return Aead(mac(secret, b"\0\x20" + suite + b"key" + context)).open(nonce, body)


def unwrap_scrypt(stanza, passphrase):
    """Section "The scrypt recipient type"."""
    *arguments, work = stanza[0]
    salt, body = parts_of((arguments, stanza[1]), 16)
    check(work.isdigit() and work[:1] != b"0" and int(work) <= 22, "header", "opening this would take over 4 GiB")
    return Aead(scrypt(passphrase(), b"age-encryption.org/v1/scrypt" + salt, int(work))).open(bytes(12), body)


def open_header(file, keys, passphrase):
    """Reads the header and the nonce of `file`; gives the key of the payload, which follows."""
    header = Header(file)
    scrypts = [stanza for stanza in header.stanzas if stanza[0][0] == b"scrypt"]
    check(not scrypts or len(header.stanzas) == 1, "header", "a passphrase must be the only stanza")
    opened = [unwrap_scrypt(stanza, passphrase) for stanza in scrypts]
    opened += [key.unwrap(stanza) for key in keys for stanza in header.stanzas if stanza[0][0] == key.kind]
    file_key = next((key for key in opened if key is not None), None)
    check(file_key, "no match", "the key or the passphrase is not one that this file was sealed for")
    expected = mac(hkdf(file_key, b"", b"header"), header.covered)
    check(hmac.compare_digest(expected, header.mac), "mac", "the header was altered: its MAC does not match")
    nonce = file.read(16)
    check(len(nonce) == 16, "header", "the file is cut off after its header")
    return hkdf(file_key, nonce, b"payload")


def open_payload(key, file):
    """Section "Payload". Gives plain bytes, each piece after its tag was checked; ends only at the true end."""
    aead, number, last = Aead(key), 0, False
    while not last:
        sealed, plain = file.read(CHUNK), None
        for last in (False, True) if len(sealed) == CHUNK else (True,):
            if plain is None and len(sealed) >= 16:
                plain = aead.open(number.to_bytes(11, "big") + bytes([last]), sealed)
                final = last
        check(plain is not None and (plain or number == 0), "payload", f"sealed bytes were altered or cut: {number}")
        yield plain
        last, number = final, number + 1
    check(not file.read(1), "payload", "bytes follow the last chunk")


def decrypt(file, keys, passphrase):
    """The plain bytes of a whole sealed file, armoured or not, piece by piece. `file` can peek()."""
    file = without_armor(file)
    yield from open_payload(open_header(file, keys, passphrase), file)


def parse_key(text):
    """One line of a key file: Bech32 (BIP 173) in upper case."""
    prefix, _, digits = text.rpartition("1")
    kind = {"AGE-SECRET-KEY-": X25519Key, "AGE-SECRET-KEY-PQ-": HybridKey}.get(prefix)
    values = ["QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".find(digit) for digit in digits]
    check(kind and len(values) == 58 and min(values) >= 0, "key", "the key file has a line that is no key")
    lower, checksum = prefix.lower().encode(), 1
    for value in [c >> 5 for c in lower] + [0] + [c & 31 for c in lower] + values:
        top, checksum = checksum >> 25, (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    number = int("".join(f"{value:05b}" for value in values[:-6]), 2)  # 260 bits: 256, then four zeros
    check(checksum == 1 and number % 16 == 0, "key", "a key was mistyped or cut: its checksum is wrong")
    return kind((number >> 4).to_bytes(32, "big"))


def ask(name):
    return lambda: getpass.getpass(f"Enter passphrase for {name}: ").encode()


def read_keys(name):
    """A key file, or one that is itself sealed with a passphrase."""
    with open(name, "rb") as file:
        sealed = file.peek(1024).lstrip().startswith((b"age-encryption.org/", b"-----BEGIN AGE"))
        text = b"".join(decrypt(file, [], ask(name))) if sealed else file.read()
    lines = [line.rstrip("\r") for line in text.decode("utf-8", "replace").split("\n")]
    keys = [parse_key(line) for line in lines if line and not line.startswith("#")]
    check(keys, "key", f"{name} has no key")
    return keys


# ---- A deposit: docs/formats.md of muniment --------------------------------------------------------------------------

PART = 256 * CHUNK
TAG_FILES = {"bagit.txt", "manifest-sha256.txt", "bag-info.txt", "metadata/contents.jsonl", "tagmanifest-sha256.txt"}


def hold(holds, sentence):
    check(holds, "deposit", sentence)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def bytes_of(*path, wanted=None):
    with open(os.path.join(*path), "rb") as file:
        data = file.read()
    hold(wanted is None or digest(data) == wanted, f"{path[-1]} was altered: it is not what was sealed")
    return data


class Pieces:
    """Reads from pieces as from a file: n bytes, fewer only at the end."""

    def __init__(self, pieces):
        self.pieces, self.piece, self.at, self.offset = pieces, b"", 0, 0

    def read(self, size):
        taken = []
        while size and (self.at < len(self.piece) or self.next_piece()):
            taken.append(self.piece[self.at:self.at + size])
            self.at, size = self.at + len(taken[-1]), size - len(taken[-1])
        self.offset += sum(map(len, taken))
        return b"".join(taken)

    def next_piece(self):
        self.piece, self.at = next(self.pieces, b""), 0
        return self.piece


class Deposit:
    """Section "Receipt": the folder, and what its receipt says."""

    def __init__(self, folder):
        self.folder, self.receipt = folder, bytes_of(folder, "receipt")
        lines = self.receipt.decode("ascii").split("\n")
        hold(lines[0] == "muniment/deposit/v1" and len(lines) == 10 and not lines[9], "not a receipt of version 1")
        facts = dict(line.split(" ") for line in lines[1:6])
        self.digests = {name: value for value, _, name in (line.partition("  ") for line in lines[6:9])}
        hold(list(facts) == ["archive", "contents", "tree", "bytes", "parts"] and
             list(self.digests) == ["SHA256SUMS", "header-0", "contents-0.age"], "the receipt lacks a line")
        self.archive, self.contents, self.tree = facts["archive"], facts["contents"], facts["tree"]
        self.size, self.count = int(facts["bytes"]), int(facts["parts"])
        hold(0 < self.count == -(-self.size // PART), "the receipt's sizes contradict each other")

    def check_place(self):
        """"Opening", 1: the receipt against the log of the archive that the folder lies in. Says what was found."""
        name, root = os.path.basename(os.path.abspath(self.folder)), os.path.join(self.folder, "..", "..", "..")
        hold(len(name) != 64 or name == digest(self.receipt), "the folder's name is not the SHA-256 of its receipt")
        if not os.path.isfile(os.path.join(root, "charter", "1")):
            return "It does not lie in an archive: nothing here says that its receipt was ever logged."
        hold(digest(bytes_of(root, "charter", "1")) == self.archive, "it lies in another archive than it names")
        entry = len(self.receipt).to_bytes(2, "big") + self.receipt
        for folder, _, names in os.walk(os.path.join(root, "tile", "entries")):
            if any(entry in bytes_of(folder, name) for name in names):
                return "Its receipt is an entry of the log of the archive that it lies in."
        raise Refused("deposit", "the log of the archive that it lies in does not hold its receipt")

    def newest(self, start, end, keys):
        """Opens the file of the highest number that opens: later ones were sealed anew, for later keys. The receipt
        names number 0; whatever another one opens is held to the receipt all the same."""
        names = [name for name in os.listdir(self.folder) if name.startswith(start) and name.endswith(end)]
        numbers, why = [name[len(start):len(name) - len(end)] for name in names], None
        for name in (f"{start}{n}{end}" for n in sorted((int(n) for n in numbers if n.isdigit()), reverse=True)):
            file = io.BufferedReader(io.BytesIO(bytes_of(self.folder, name, wanted=self.digests.get(name))))
            try:
                return name, open_header(file, keys, lambda: b""), file
            except Refused as error:
                why = error if why is None or why.kind == "no match" else why
        raise why or Refused("deposit", f"there is no file {start}N{end}")

    def parts(self):
        """"Opening", 1: every part against SHA256SUMS, and that against the receipt."""
        sums = bytes_of(self.folder, "SHA256SUMS", wanted=self.digests["SHA256SUMS"]).decode("ascii").split("\n")
        hold(len(sums) == self.count + 1 and not sums.pop(), "SHA256SUMS does not list the parts of the receipt")
        for number, line in enumerate(sums):
            wanted, _, name = line.partition("  ")
            hold(name == f"part-{number:07}", "SHA256SUMS does not list the parts in order")
            part = bytes_of(self.folder, name, wanted=wanted)
            hold(len(part) == min(PART, self.size - number * PART), f"{name} has the wrong size")
            yield part


def merkle_root(leaves):
    """RFC 6962 section 2.1."""
    row = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2])]
        row = pairs + row[len(pairs) * 2:]
    return row[0].hex()


def without_repeats(pairs):
    hold(len(dict(pairs)) == len(pairs), "a line of the contents gives a key twice")
    return dict(pairs)


def parse_contents(plain, deposit):
    """"Contents"; "Opening", 2. Gives the bag's name, and of each file by its name (size, offset, digest)."""
    hold(digest(plain) == deposit.contents, "the contents are not those of the receipt")
    lines = [line for line in plain.split(b"\n") if line.strip(b" ")]
    tree = f"muniment/tree/v1\n{len(lines)}\n{merkle_root(lines)}\n".encode()
    hold(digest(tree) == deposit.tree, "the contents are not the tree of the receipt")
    first, *items = (json.loads(line.decode("utf-8"), object_pairs_hook=without_repeats) for line in lines)
    hold(first["format"] == "muniment/contents/v1", "the contents are not of version 1")
    hold(first["archive"] == deposit.archive, "the contents are of another archive")
    files, paths, halves = {}, set(), {}
    for item in items:
        if item["kind"] == "content":
            hold(item["item"] not in halves, "the contents name an item twice")
            halves[item["item"]] = (item["size"], item["offset"], item["sha256"])
        elif item["kind"] in ("context", "link", "folder", "left-out"):
            path = item["path"] if "path" in item else base64.b64decode(item["pathBytes"])
            hold(path not in paths, "the contents name a path twice")
            paths.add(path)
            if item["kind"] == "context":
                hold(halves.get(item["item"]) and item["name"] not in files, "the contents name a file twice")
                files[item["name"]] = halves[item["item"]]
            else:
                hold(item["item"] not in halves, "the contents name an item twice")
            halves[item["item"]] = None
    hold(not any(halves.values()), "the contents have half an item")
    return first["bag"], files


def tar_files(tar):
    """"Tar". Gives (name, size, time) of each file; its data is read before the next. "Opening", 4: then only zeros."""
    while any(block := tar.read(512)):
        records, header = {}, tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        if header.type == tarfile.XHDTYPE:
            text = tar.read(header.size + -header.size % 512)[:header.size]
            while text:
                length, _, record = text.partition(b" ")
                key, _, value = record[:int(length) - len(length) - 2].partition(b"=")
                records[key], text = value.decode("utf-8"), text[max(int(length), 1):]
            header = tarfile.TarInfo.frombuf(tar.read(512), "utf-8", "strict")
        plain = header.type == tarfile.REGTYPE and set(records) <= {b"path", b"size", b"mtime"}
        hold(plain, "the tar holds something that is not a plain file")
        size = int(records.get(b"size", header.size))
        yield records.get(b"path", header.name), size, int(records.get(b"mtime", header.mtime))
        hold(not any(tar.read(-size % 512)), "the tar has bytes where zeros must be")
    block += tar.read(512)
    hold(len(block) == 1024, "the tar is cut off at its end")
    while block:
        hold(not block.strip(b"\0"), "something follows the end of the tar")
        block = tar.read(65536)


def write_bag(tar, folder, bag, files):
    """"Opening", 3 and 4, and "Bag". Writes below `folder`, which nobody is shown before all has passed."""
    found, tags = {}, {}
    for full, size, modified in tar_files(tar):
        name = full[len(bag) + 1:]
        hold(full == f"{bag}/{name}" and name not in found, "the bag has a second folder, or a file twice")
        hold(name in TAG_FILES or files.get(name, ())[:2] == (size, tar.offset), f"{name!a} is not where it should be")
        steps = full.split("/")
        safe = not {"", ".", ".."} & set(steps) and not any(c < " " or c in "\\\x7f" for c in full)
        hold(safe, f"{full!a} is not a name that may be written")
        path, hasher, content = os.path.join(folder, *steps), hashlib.sha256(), b""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            left = size
            while left:
                data = tar.read(min(left, 1 << 20))
                hold(data, "the tar is cut off")
                left -= len(data)
                hasher.update(data)
                content = content + data if name in TAG_FILES else b""
                file.write(data)
        os.utime(path, (modified, modified))
        found[name], tags[name] = hasher.hexdigest(), content
        hold(name in TAG_FILES or found[name] == files[name][2], f"{name!a} is not what the contents state")
    hold(set(found) == TAG_FILES | set(files), "the bag does not hold what its contents name")
    hold(tags["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "not a bag of version 1.0")
    for manifest, listed in (("manifest-sha256.txt", set(files)),
                             ("tagmanifest-sha256.txt", TAG_FILES - {"tagmanifest-sha256.txt"})):
        lines = sorted(f"{found[name]}  {name}".encode() for name in listed)
        hold([b"", *lines] == sorted(tags[manifest].split(b"\n")), f"{manifest} does not fit the files")
    oxum = f"Payload-Oxum: {sum(size for size, _, _ in files.values())}.{len(files)}\n".encode()
    hold(tags["bag-info.txt"].endswith(b"\n" + oxum), "bag-info.txt does not fit the files")
    return tags["metadata/contents.jsonl"]


def open_deposit(folder, keys, target):
    deposit = Deposit(folder)
    print(f"deposit {digest(deposit.receipt)}\narchive {deposit.archive}\n{deposit.check_place()}")
    header, key, rest = deposit.newest("header-", "", keys)
    hold(not rest.read(1), f"{header} is not a header and a nonce alone")
    sealed, contents_key, rest = deposit.newest("contents-", ".age", keys)
    plain = b"".join(open_payload(contents_key, rest))
    bag, files = parse_contents(plain, deposit)
    hold("/" not in bag and not os.path.exists(os.path.join(target, bag)), f"{bag!a} is already in {target}")
    os.makedirs(target, exist_ok=True)
    hidden = tempfile.mkdtemp(prefix=".not-checked-", dir=target)
    try:
        tar = Pieces(open_payload(key, Pieces(deposit.parts())))
        hold(write_bag(tar, hidden, bag, files) == plain, "the contents in the bag are not those beside it")
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
            return open_deposit(arguments.folder, keys, arguments.target)
        with open(arguments.file, "rb") if arguments.file else sys.stdin.buffer as file:
            for piece in decrypt(file, keys, ask(arguments.file or "standard input")):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except (Refused, OSError, KeyError, TypeError, ValueError, tarfile.TarError) as error:
        said = isinstance(error, (Refused, OSError))
        print(f"read_archive.py: {error if said else f'something is not of its form: {error!r}'}", file=sys.stderr)
        return 3 if getattr(error, "kind", "") == "too old" else 1


if __name__ == "__main__":
    sys.exit(main())
