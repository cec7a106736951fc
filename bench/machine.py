"""What the numbers were measured on, so that others can tell whether theirs may be compared with them."""

import os
import pathlib
import re
import subprocess

VERSIONS = {
    "restic": ("restic", "version"), "borg": ("borg", "--version"), "age": ("age", "--version"),
    "tar": ("tar", "--version"), "openssl": ("openssl", "version"), "coreutils": ("cp", "--version"),
    "findutils": ("find", "--version"), "compiler": ("g++", "--version"),
}
SPEED_FLAGS = ("sha_ni", "sha2", "aes", "vaes", "avx2", "avx512f", "avx512vl", "asimd", "sve")


def first_line(words, folder="."):
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not there"
    return (done.stdout or done.stderr).strip().split("\n")[0]


def file_system_of(folder):
    """Its kind: of the mount point that is nearest above the folder."""
    found = ("", "unknown")
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, *_ = line.split()
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]


def commit_of(source):
    """With a mark when files were changed since: such numbers are of no commit."""
    described = first_line(("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"), source)
    return described if described != "not there" else "unknown"


def field_of(text, name):
    found = re.search(rf"^{name}\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def describe(program, folder, source):
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    flags = set((field_of(cpu, "flags") or field_of(cpu, "Features")).split())
    memory_kib = int(field_of(pathlib.Path("/proc/meminfo").read_text(), "MemTotal").split()[0])
    family = [field_of(cpu, name) for name in ("cpu family", "model", "stepping")]
    return {
        "cpu": field_of(cpu, "model name") or os.uname().machine,
        "family, model, stepping": " ".join(part for part in family if part),
        "cores": len(os.sched_getaffinity(0)),
        "virtual machine": "hypervisor" in flags,
        "instructions": [flag for flag in SPEED_FLAGS if flag in flags],
        "memory GiB": round(memory_kib / (1 << 20), 1),
        "kernel": f"{os.uname().sysname} {os.uname().release} {os.uname().machine}",
        "system": field_of(pathlib.Path("/etc/os-release").read_text().replace("=", ": "), "PRETTY_NAME").strip('"'),
        "file system": file_system_of(pathlib.Path(folder).resolve()),
        "load before": round(os.getloadavg()[0], 2),
        "commit": commit_of(source),
        "versions": {"muniment": first_line((program, "--version")),
                     **{name: first_line(words) for name, words in VERSIONS.items()}},
    }


def name_of(machine):
    """For a file name: "amd-epyc-2-cores"; no host's name."""
    words = re.sub(r"\(.*?\)|@.*|processor|cpu|\d+-core", " ", machine["cpu"].lower())
    return "-".join([*re.findall(r"[a-z0-9]+", words), str(machine["cores"]), "cores"])
