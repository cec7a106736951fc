#include "archive/exposure.h"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Where people and programs leave things, as far as it is there.
Result<std::vector<std::string>> usual_places(Fs& fs) {
  std::vector<std::string> places{"/tmp", "/var/tmp", "/dev/shm", absolute_path(".")};
  for (const char* variable :
       {"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* named = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): read before any thread
    if (named != nullptr && *named == '/') places.push_back(absolute_path(named));
  }
  std::vector<std::string> present;
  for (const std::string& place : places) {
    TRY_ASSIGN(const bool is_there, exists(fs, place));
    if (is_there) present.push_back(place);
  }
  return present;
}

Result<ExposureReport> look_where_asked(const ExposureArguments& arguments, Context& context) {
  std::vector<std::string> roots;
  roots.reserve(arguments.paths.size());
  for (const std::string& path : arguments.paths) roots.push_back(absolute_path(path));
  if (roots.empty()) {
    TRY_ASSIGN(roots, usual_places(context.doors.fs));
  }
  Progress progress(context.output, "Looking");
  return look_for_exposure(context.doors.fs, roots, {}, progress.counter());
}

/// What is there and what it means; what to do about it.
struct Advice {
  std::string sentence;
  std::string next;
};

/// On what remembers, without a name, which files were sealed or deposited.
Advice advice_on_record(const Exposure& found, const std::string& where) {
  if (found.kind == Exposed::watched) {
    return {"A record of what was sealed here, without names: " + where + ". Of a file at hand it tells if it was.",
            "Delete its folder when nothing is watched any more."};
  }
  return {"A catalogue of what was deposited from here, sealed to a custodian: " + where + ". Its size says that " +
              (found.count == 0 ? "hardly anything was" : "it was about " + counted(found.count, "file", "files")) +
              ". With the custodian's key it tells of a file at hand if it was among them, and no name.",
          "Delete it where that is too much. The next deposit of the same folders then takes everything once more."};
}

Advice advice_on(const Exposure& found) {
  const std::string where = printable(found.path, 8192);
  const auto many = [&](const char* one, const char* more) { return counted(found.count, one, more); };
  switch (found.kind) {
    case Exposed::open_key:
      return {"A secret key without a passphrase: " + where + ". Whoever takes it opens all that is sealed to it.",
              "Move it to where it is kept, or seal it with age -p, and take it from here. A disk keeps what was "
              "deleted: if this machine may be taken, the key needs a successor."};
    case Exposed::opened_evidence:
      return {"Opened evidence, in the clear: " + where + ".",
              "Delete it. If it lay on a disk, the disk keeps it: next time open into /dev/shm."};
    case Exposed::private_memory:
      return {"A private folder in memory with " + many("file", "files") + ": " + where +
                  ". Opened evidence has no mark; this may be some.",
              "Delete it if it is. It is gone, too, when the machine is off: hold the power button."};
    case Exposed::locked_key:
      return {"A key file, or another file, under a passphrase: " + where + ". The passphrase is all that protects it.",
              "Carry it with you, or keep it elsewhere. Six words or more that nobody can guess hold; a password does "
              "not."};
    case Exposed::share:
      return {"Words in a row, as on a share of a key: " + where + ".",
              "Write them on paper, keep that elsewhere, and delete this. Enough shares together are the key."};
    case Exposed::swap:
      return {"Memory is written to the disk in the clear, by swap on " + where +
                  ": keys are kept out of it as far as the system allows, opened files are not.",
              "sudo swapoff -a, or encrypt it."};
    case Exposed::core_dumps:
      return {"The memory of programs that crash is kept: " + where +
                  ". Muniment leaves no such dump; a program that shows opened files may.",
              "ulimit -c 0 before opening; systemd: Storage=none in coredump.conf."};
    case Exposed::home:
      return {"The home of an archive: " + where + ". It shows the log, how much there is and since when, and " +
                  (found.count == 0 ? "no copies" : "where " + many("copy is", "copies are")) +
                  ". The log key in it is sealed to the custodians.",
              "Keep copies that are not on this list. Whoever takes the home and forces a custodian can append to the "
              "log."};
    case Exposed::archive:
      return {"A copy of an archive: " + where +
                  ". It opens with a custodian's key only. It shows who the "
                  "custodians are, by pseudonym, and how much there is.",
              "Nothing, if it is meant to be here."};
    case Exposed::invitation:
      return {"An invitation for a mirror: " + where + ". Whoever has it can read what opens deposits, still sealed.",
              "Delete it once the mirror is set up. In other hands: tell a custodian, who changes that token."};
    case Exposed::sending_card:
      return {"A card that sends: " + where +
                  ". It opens nothing. It shows where mirrors are, and whoever has it may send there.",
              "If it is in other hands, tell a custodian: muniment lost says which tokens to change."};
    case Exposed::sealed:
      return {many("sealed deposit", "sealed deposits") + " in " + where +
                  ", not in an archive. They do not open here; they show that there was something to send, and roughly "
                  "how much.",
              "Send them and, once they are in the archive (muniment status), delete them."};
    case Exposed::unfinished:
      return {many("run that was cut off, or is at work, has", "runs that were cut off, or are at work, have") +
                  " left sealed files in " + where + ".",
              "Delete what no run is at work on."};
    case Exposed::watched:
    case Exposed::catalogue: return advice_on_record(found, where);
    case Exposed::history:
      return {many("line of a shell's history names", "lines of a shell's history name") + " muniment: " + where + ".",
              "Delete them, and those that name what you sealed (cp, rm). A space in front keeps a command out, where "
              "HISTCONTROL says so."};
    case Exposed::card:
      return {"A card: " + where + ". Nothing on it is secret; it shows for which archive something was sealed here.",
              "Delete it when there is nothing more to seal."};
  }
  panic(__FILE__, __LINE__, "unknown kind of exposure");
}

void print(const ExposureReport& report, Output& out) {
  if (report.found.empty()) {
    out.line("Nothing was found that a seizure of this machine would give, as far as this looks.");
  } else {
    out.line("A seizure of this machine would give today, worst first:");
  }
  for (std::size_t i = 0; i < report.found.size(); ++i) {
    const Advice advice = advice_on(report.found[i]);
    const bool is_last_of_kind = i + 1 == report.found.size() || report.found[i + 1].kind != report.found[i].kind;
    out.line("");
    out.line(std::to_string(i + 1) + ". " + advice.sentence);
    if (is_last_of_kind) out.line("   What to do: " + advice.next);
  }
  out.line("");
  out.line(counted(report.files, "file was", "files were") +
           " looked at. Not found by this: files that were opened to a disk, which look like any others; "
           "what was "
           "deleted; what lies in other programs, archives and images of disks.");
  if (!report.unreadable.empty())
    out.line(counted(report.unreadable.size(), "file or folder", "files or folders") + " could not be read.");
  for (const std::string& folder : report.not_reached)
    out.line("Too much to look through: " + folder + ". Give a smaller folder:    muniment exposure FOLDER");
}

}  // namespace

Status run_exposure(const ExposureArguments& arguments, Context& context) {
  if (arguments.custodian) return run_exposure_of(arguments, context);
  const auto report = look_where_asked(arguments, context);
  if (!report) return fail(context, report.error());
  print(*report, context.output);
  Json found = Json::array();
  for (const Exposure& exposure : report->found) {
    const Advice advice = advice_on(exposure);
    found.push_back({{"kind", name_of(exposure.kind)},
                     {"path", printable(exposure.path, 8192)},
                     {"count", exposure.count},
                     {"sentence", advice.sentence},
                     {"next", advice.next}});
  }
  context.output.document({{"found", found},
                           {"files", report->files},
                           {"unreadable", report->unreadable.size()},
                           {"notReached", report->not_reached}});
  return report->not_reached.empty() ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
