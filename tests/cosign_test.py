"""Cosigners at the command line: named in the charter, looking at their own copies, counted by verify."""

import re
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request

import blackbox
from workshop import Workshop


def read_document(stream):
    """One JSON document as it is printed, over several lines."""
    text = ""
    for line in stream:
        text += line
        if line.startswith("}"):
            break
    return text


class CosignTest(unittest.TestCase):
    def setUp(self):
        self.shop = Workshop()
        self.addCleanup(self.shop.close)
        self.words = self.shop.found()
        self.keys = [self.shop.key_of(f"mirror-{number}") for number in (1, 2, 3)]
        lines = [self.shop.muniment("mirror", "cosigner", key).stdout for key in self.keys]
        self.shop.write("policy.txt", "".join(lines) + "group two 2 mirror-1 mirror-2 mirror-3\nquorum two\n")
        self.shop.muniment("charter", "cosigners", "archive", "--policy", "policy.txt", "--key", self.shop.key)
        self.shop.write("note.txt", "an invented note\n")
        self.shop.muniment("deposit", "archive", "note.txt", "--key", self.shop.key)
        self.push()

    def push(self):
        return self.shop.muniment("mirror", "push", "archive", "copy-1", "copy-2", "copy-3").stdout

    def cosign(self, number, *more, expect=0):
        return self.shop.muniment("mirror", "cosign", f"copy-{number}", "--key", self.keys[number - 1], *more,
                                  expect=expect)

    def verified(self, place, expect=0):
        return self.shop.json("verify", place, "--id", self.words, expect=expect)["cosigned"]

    def test_a_head_counts_when_two_of_three_have_cosigned_it(self):
        self.assertEqual(self.verified("archive", expect=1)["missing"], ["mirror-1", "mirror-2", "mirror-3"])
        self.cosign(1)
        self.assertIn("1 new cosignature", self.push())
        self.assertFalse(self.verified("archive", expect=1)["quorum"])
        self.cosign(3)
        self.assertIn("1 new cosignature", self.push())
        for place in ("archive", "copy-1", "copy-2", "copy-3"):
            cosigned = self.verified(place)
            self.assertEqual([each["name"] for each in cosigned["by"]], ["mirror-1", "mirror-3"], place)
            self.assertEqual(cosigned["missing"], ["mirror-2"])
        self.shop.muniment("mirror", "pull", "fourth", "--from", "copy-2", "--id", self.words)
        self.assertTrue(self.verified("fourth")["quorum"])
        self.shop.muniment("recover", "--from", "copy-1", "-o", "recovered", "--id", self.words)
        self.assertTrue(self.verified("recovered")["quorum"])

    def test_go_reads_the_cosignatures_as_we_do(self):
        judge = blackbox.go_program(self.shop.folder, "cosigned")
        for number in (1, 2, 3):
            self.cosign(number)
        self.push()
        log = self.shop.json("charter", "show", "archive")["logKeys"][0]["key"]
        cosigners = [self.shop.json("mirror", "cosigner", key)["key"] for key in self.keys]
        checkpoint = self.shop.folder / "archive" / "checkpoint"
        told = blackbox.run([judge, checkpoint, log, *cosigners]).stdout
        for number in (1, 2, 3):
            self.assertIn(f"cosigned mirror-{number} ", told)
        checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n", b"x\n", 1))
        blackbox.run([judge, checkpoint, log, *cosigners], expect=1)

    def serve(self, number, key=None):
        """A mirror's copy over HTTP; gives the address."""
        command = [blackbox.program(), "--json", "mirror", "serve", f"copy-{number}", "--listen", "127.0.0.1:0"]
        command += ["--cosign", key] if key else []
        server = subprocess.Popen(command, cwd=self.shop.folder, env=self.shop.env, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 30)
        self.addCleanup(server.terminate)
        return re.search(r'"address":\s*"(http://[^"]+)"', read_document(server.stdout)).group(1)

    def post(self, address, body):
        request = urllib.request.Request(address + "/add-checkpoint", data=body.encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_cosigners_are_asked_over_http(self):
        addresses = [self.serve(number, self.keys[number - 1]) for number in (1, 2)]
        collected = self.shop.json("mirror", "collect", "archive", *addresses)
        self.assertEqual((collected["fresh"], collected["quorum"]), (2, True))
        self.assertTrue(self.verified("archive")["quorum"])
        # A new head: the cosigners' own copies show it first, and then they say so.
        self.shop.write("other.txt", "another invented note\n")
        self.shop.muniment("deposit", "archive", "other.txt", "--key", self.shop.key)
        behind = self.shop.json("mirror", "collect", "archive", *addresses, expect=1)
        self.assertEqual(len(behind["refused"]), 2)
        self.push()
        self.assertEqual(self.shop.json("mirror", "collect", "archive", *addresses)["fresh"], 2)
        self.assertTrue(self.verified("archive")["quorum"])

    def test_a_cosigner_answers_as_the_standard_says(self):
        address = self.serve(1, self.keys[0])
        note = (self.shop.folder / "archive" / "checkpoint").read_text()
        size = int(note.split("\n")[1])
        self.assertEqual(self.post(address, "nonsense")[0], 400)
        self.assertEqual(self.post(address, "old 0\n\nother" + note)[0], 404)
        self.assertEqual(self.post(address, f"old {size + 1}\n\n" + note)[0], 400)
        status, line = self.post(address, "old 0\n\n" + note)
        self.assertEqual(status, 200)
        self.assertTrue(line.startswith("— mirror-1 "))
        self.assertEqual(self.post(address, "old 0\n\n" + note), (409, f"{size}\n"))
        self.assertEqual(self.post(address, f"old {size}\n\n" + note)[0], 200)

    def test_a_mirror_that_cosigns_nothing_is_read_as_a_copy(self):
        self.cosign(3)
        address = self.serve(3)
        self.assertEqual(self.shop.json("mirror", "collect", "archive", address)["fresh"], 1)

    def test_the_next_head_is_cosigned_anew(self):
        for number in (1, 2):
            self.cosign(number)
        self.push()
        self.verified("archive")
        self.shop.write("other.txt", "another invented note\n")
        self.shop.muniment("deposit", "archive", "other.txt", "--key", self.shop.key)
        self.assertIn("NOT cosigned by the quorum",
                      self.shop.muniment("verify", "archive", "--id", self.words, expect=1).stdout)

    def test_a_copy_that_went_back_in_time_is_not_cosigned(self):
        shutil.copytree(self.shop.folder / "copy-1", self.shop.folder / "old")
        self.shop.write("other.txt", "another invented note\n")
        self.shop.muniment("deposit", "archive", "other.txt", "--key", self.shop.key)
        self.push()
        self.cosign(1)
        shutil.rmtree(self.shop.folder / "copy-1")
        shutil.copytree(self.shop.folder / "old", self.shop.folder / "copy-1")
        self.assertIn("back in time", self.cosign(1, expect=1).stderr)

    def test_a_cosigner_whom_nobody_named_is_told(self):
        stranger = self.shop.key_of("stranger")
        told = self.shop.muniment("mirror", "cosign", "copy-1", "--key", stranger).stderr
        self.assertIn("does not name this cosigner", told)
        self.assertEqual(self.verified("copy-1", expect=1)["by"], [])

    def test_a_policy_that_is_none_is_refused(self):
        for text, why in (("quorum two\n", "not defined"), ("", "no quorum"), ("witness a b\nquorum a\n", "key")):
            self.shop.write("policy.txt", text)
            refused = self.shop.muniment("charter", "cosigners", "archive", "--policy", "policy.txt", "--key",
                                         self.shop.key, expect=1)
            self.assertIn(why, refused.stderr)


if __name__ == "__main__":
    blackbox.main()
