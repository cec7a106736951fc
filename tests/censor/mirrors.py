"""Mirrors on a street: copies given by the program, behind nginx with TLS; and a page that is no mirror at all."""

import json
import subprocess
import time

import blackbox

from censor import network

READING = "r" * 32
LOGIN = "<html>Please log in</html>"


class Certificates:
    """A throwaway authority that the bench trusts, and one that it does not."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = self._authority("trusted")
        self._authority("other")
        for name, address in network.NAMES.items():
            self._server(name, "trusted", f"DNS:{name},IP:{address}")
        self._server("liar", "other", ",".join(f"DNS:{name}" for name in network.NAMES))

    def _openssl(self, *words):
        network.run(network.tool("openssl"), *words)

    def _authority(self, name):
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                      "-subj", f"/CN={name} throwaway", "-keyout", self.folder / f"{name}-ca.key", "-out",
                      self.folder / f"{name}-ca.pem")
        return self.folder / f"{name}-ca.pem"

    def _server(self, name, signer, subjects):
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                      "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={subjects}\n")
        self._openssl("x509", "-req", "-in", self.folder / f"{name}.csr", "-CA", self.folder / f"{signer}-ca.pem",
                      "-CAkey", self.folder / f"{signer}-ca.key", "-CAcreateserial", "-days", "2", "-extfile",
                      self.folder / f"{name}.ext", "-out", self.folder / f"{name}.pem")


class Mirrors:
    """Each of `copies` is a name of network.NAMES and the folder that its mirror gives; None gives a login page to
    everybody. Names in `whole_only` give no ranges. The liar gives a login page under a certificate nobody trusts."""

    def __init__(self, street, shop, certificates, copies, whole_only=()):
        self.street, self.shop = street, shop
        blocks = [self._block(network.LIAR, certificates.folder / "liar", None, False)]
        for name, copy in copies.items():
            backend = None if copy is None else self._serve(copy)
            blocks.append(self._block(network.NAMES[name], certificates.folder / name, backend, name in whole_only))
        self._front(blocks)
        street.resolver(network.HONEST_DNS, network.NAMES)
        self._wait()

    def _serve(self, copy):
        process = self.street.start(self.street.far, blackbox.program(), "mirror", "serve", copy, "--listen",
                                    "127.0.0.1:0", "--json", "--token-file", "own-tokens", "--connections-per-address",
                                    "0", cwd=self.shop.folder, env=self.shop.env, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        return json.loads(text)["address"]

    def _block(self, address, certificate, backend, is_whole_only):
        no_ranges = 'proxy_set_header Range ""; proxy_set_header If-Range "";' if is_whole_only else ""
        answer = (f'default_type text/html; return 200 "{LOGIN}";' if backend is None
                  else f"proxy_pass {backend}; {no_ranges}")
        return (f"server {{ listen {address}:443 ssl; ssl_certificate {certificate}.pem;"
                f" ssl_certificate_key {certificate}.key; location / {{ {answer} }} }}\n")

    def _front(self, blocks):
        place = self.street.folder
        temporary = "".join(f"{kind}_temp_path {place}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (place / "nginx.conf").write_text(
            f"user root; daemon off; pid {place}/pid; events {{}}\n"
            f"http {{\naccess_log off;\nproxy_http_version 1.1;\n{temporary}{''.join(blocks)}}}\n")
        self.street.start(self.street.far, network.tool("nginx"), "-c", place / "nginx.conf", "-e", place / "errors",
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait(self):
        """Until nginx and the resolver answer in their own namespace."""
        for attempt in range(200):
            try:
                for address, port in ((network.LIAR, 443), (network.HONEST_DNS, 53)):
                    self.street.inside(self.street.far, "bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}")
                return
            except RuntimeError:
                if attempt == 199:
                    raise
                time.sleep(0.05)
