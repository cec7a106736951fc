#include "archive/charter_reader.h"

#include <algorithm>
#include <set>

#include "age/keys.h"
#include "archive/authority.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kCharterLinesMax = 1000;
constexpr std::size_t kHomeDigits = 32;
constexpr std::string_view kOriginSuffix = ".muniment";
constexpr std::string_view kHybridStart = "age1pq1";
constexpr unsigned kPeopleMax = 100;
constexpr std::uint64_t kDaysMax = 3650;
constexpr std::uint64_t kRemovalsMax = 1'000'000;

using Words = std::vector<std::string_view>;

bool is_hex_id(std::string_view text) { return text.size() == kHomeDigits && from_hex(text).has_value(); }

Error malformed(std::string_view what) {
  return {Code::corrupt, "the charter's line is not \"" + std::string(what) + "\""};
}

/// What comes from outside is damaged where a person would have used it wrongly.
Result<void> check_name(std::string_view name) {
  if (!check_pseudonym(name)) return Error(Code::corrupt, "not a name that a charter may hold: " + printable(name, 60));
  return {};
}

Result<unsigned> parse_people(std::string_view text) {
  TRY_ASSIGN(const std::uint64_t people, parse_decimal(text, kPeopleMax));
  return static_cast<unsigned>(people);
}

Result<void> parse_custodian(const Words& words, Charter& charter) {
  if (words.size() != 4) return malformed("custodian NAME RECIPIENT KEY");
  TRY(check_name(words[1]));
  TRY_ASSIGN(VerifierKey key, parse_verifier_key(words[3]));
  if (key.name != words[1]) return Error(Code::corrupt, "a custodian's key bears another name");
  charter.custodians.push_back({.recipient = std::string(words[2]), .key = std::move(key)});
  return {};
}

Result<void> parse_partner(const Words& words, Charter& charter) {
  if (words.size() != 3) return malformed("partner NAME RECIPIENT");
  TRY(check_name(words[1]));
  charter.partners.push_back({.pseudonym = std::string(words[1]), .recipient = std::string(words[2])});
  return {};
}

Result<void> parse_trustees(const Words& words, Charter& charter) {
  if (words.size() != 8 || words[2] != "of" || words[4] != "set" || charter.trustees) {
    return malformed("trustees M of N set K RECIPIENT KEY");
  }
  Trustees trustees;
  TRY_ASSIGN(trustees.threshold, parse_people(words[1]));
  TRY_ASSIGN(trustees.count, parse_people(words[3]));
  TRY_ASSIGN(trustees.set, parse_decimal(words[5], 1'000'000));
  trustees.recipient = words[6];
  TRY_ASSIGN(trustees.key, parse_verifier_key(words[7]));
  if (trustees.key.name != kTrustees) return Error(Code::corrupt, "the trustees' key bears another name");
  if (trustees.threshold < 2 || trustees.threshold > trustees.count || trustees.count > kSharesMax ||
      trustees.set == 0) {
    return Error(Code::corrupt, "the trustees are not at least two of at most 16");
  }
  charter.trustees = std::move(trustees);
  return {};
}

Result<void> parse_share(const Words& words, Charter& charter) {
  if (words.size() != 4 || !charter.trustees) return malformed("share NUMBER SALT DIGEST");
  ShareCommitment share;
  TRY_ASSIGN(share.number, parse_people(words[1]));
  TRY_ASSIGN(const Bytes salt, from_hex(words[2]));
  TRY_ASSIGN(share.digest, parse_sha256(words[3]));
  if (salt.size() != share.salt.size() || share.number != charter.trustees->shares.size() + 1) {
    return malformed("share NUMBER SALT DIGEST, in order");
  }
  std::copy(salt.begin(), salt.end(), share.salt.begin());
  charter.trustees->shares.push_back(share);
  return {};
}

Result<void> parse_threshold(const Words& words, Charter& charter) {
  if (words.size() != 3) return malformed("threshold WHAT PEOPLE");
  TRY_ASSIGN(const unsigned people, parse_people(words[2]));
  if (words[1] == "charter") charter.rules.charter = people;
  if (words[1] == "reseal") charter.rules.reseal = people;
  if (words[1] == "remove") charter.rules.remove = people;
  return {};
}

Result<void> parse_log(const Words& words, Charter& charter) {
  if (words.size() != 4 || words[2] != "from") return malformed("log KEY from INDEX");
  LogKey log;
  TRY_ASSIGN(log.key, parse_verifier_key(words[1]));
  TRY_ASSIGN(log.from, parse_decimal(words[3], UINT64_MAX >> 1));
  if (log.key.name != charter.origin) return Error(Code::corrupt, "the log key bears another name than the log");
  if (charter.log_keys.empty() ? log.from != 0 : log.from <= charter.log_keys.back().from) {
    return Error(Code::corrupt, "the log's keys are not in the order of the entries from which they count");
  }
  charter.log_keys.push_back(std::move(log));
  return {};
}

Result<void> parse_compartment(const Words& words, Charter& charter) {
  constexpr std::size_t kBeforeOpeners = 5;
  if (words.size() <= kBeforeOpeners || (words[2] != "open" && words[2] != "closed")) {
    return malformed("compartment NAME open|closed RECIPIENT RECIPIENT|none OPENER…");
  }
  TRY(check_name(words[1]));
  if (charter.find_compartment(words[1]) != nullptr) return Error(Code::corrupt, "a compartment is named twice");
  Compartment compartment{.name = std::string(words[1]),
                          .is_closed = words[2] == "closed",
                          .recipient = std::string(words[3]),
                          .hybrid = words[4] == kNoHybrid ? std::string() : std::string(words[4]),
                          .openers = {}};
  for (std::size_t i = kBeforeOpeners; i < words.size(); ++i) {
    if (charter.recipient_of(words[i]).empty()) {
      return Error(Code::corrupt, "nobody in the charter is called " + printable(words[i], 60));
    }
    if (std::ranges::find(compartment.openers, words[i]) != compartment.openers.end()) {
      return Error(Code::corrupt, "an opener is named twice");
    }
    compartment.openers.emplace_back(words[i]);
  }
  charter.compartments.push_back(std::move(compartment));
  return {};
}

/// README.txt, what lies in reader/, and keyring files of this version or an earlier one.
Result<void> check_object(const ObjectName& name, std::uint64_t version) {
  const auto file = parse_keyring_name(name);
  const bool is_its_own = name.text() == "README.txt" || name.text().starts_with("reader/");
  if (is_its_own || (file && file->version <= version)) return {};
  return Error(Code::corrupt, "the charter names a path that is not its to name: " + printable(name.text(), 100));
}

/// Who must cosign, as tlog-policy has it: together, since one line refers to others.
Result<void> parse_policy_lines(const std::string& text, Charter& charter) {
  TRY_ASSIGN(charter.policy, tlog::parse_policy(text));
  const auto has_url = [](const tlog::PolicyWitness& witness) { return !witness.url.empty(); };
  if (std::ranges::any_of(charter.policy.witnesses, has_url))
    return Error(Code::corrupt, "the charter says where a witness is, which is nobody's business");
  return {};
}

Result<void> parse_charter_line(std::string_view line, Charter& charter) {
  if (is_object_line(line)) {
    TRY_ASSIGN(LoggedObject object, parse_object_line(line));
    TRY(check_object(object.name, charter.version));
    if (std::ranges::find(charter.objects, object.name, &LoggedObject::name) != charter.objects.end()) {
      return Error(Code::corrupt, "the charter names twice: " + object.name.text());
    }
    charter.objects.push_back(std::move(object));
    return {};
  }
  const Words words = split(line, ' ');
  if (words[0] == "custodian") return parse_custodian(words, charter);
  if (words[0] == "partner") return parse_partner(words, charter);
  if (words[0] == "trustees") return parse_trustees(words, charter);
  if (words[0] == "share") return parse_share(words, charter);
  if (words[0] == "threshold") return parse_threshold(words, charter);
  if (words[0] == "log") return parse_log(words, charter);
  if (words[0] == "compartment") return parse_compartment(words, charter);
  if (words[0] == "hold" && words.size() == 3) {
    TRY_ASSIGN(charter.rules.hold_days, parse_decimal(words[1], kDaysMax));
    return {};
  }
  if (words[0] == "limit" && words.size() == 5) {
    TRY_ASSIGN(charter.rules.removals_per_week, parse_decimal(words[2], kRemovalsMax));
    return {};
  }
  return Error(Code::corrupt, "an unknown line: " + printable(line, 80));
}

Result<void> check_people(const Charter& charter) {
  if (charter.custodians.empty()) return Error(Code::corrupt, "the charter names no custodian");
  std::set<std::string> names{kTrustees};
  std::set<Ed25519Public> keys;
  for (const LogKey& log : charter.log_keys) keys.insert(log.key.key);  // a machine's key is nobody's
  if (charter.trustees && !keys.insert(charter.trustees->key.key).second) {
    return Error(Code::corrupt, "the trustees' key is a log key");
  }
  for (const Holder& holder : charter.custodians) {
    if (!names.insert(holder.pseudonym()).second || !keys.insert(holder.key.key).second) {
      return Error(Code::corrupt, "two people of the charter share a name or a key, or one has a log key");
    }
  }
  for (const Partner& partner : charter.partners) {
    if (!names.insert(partner.pseudonym).second) return Error(Code::corrupt, "two people of the charter share a name");
  }
  return {};
}

/// Whom nobody can seal to must not stand in a charter. A kind that this build does not know is somebody else's to
/// judge.
Result<void> check_recipient(const std::string& text) {
  const auto recipient = age::parse_recipient(text);
  const bool is_canonical = recipient && (*recipient)->text() == text;
  if (is_canonical || (!recipient && recipient.error().code() == Code::unsupported)) return {};
  return Error(Code::corrupt, "not an age recipient: " + printable(text, 80));
}

Result<void> check_recipients(const Charter& charter) {
  for (const Holder& holder : charter.custodians) TRY(check_recipient(holder.recipient));
  for (const Partner& partner : charter.partners) TRY(check_recipient(partner.recipient));
  if (charter.trustees) TRY(check_recipient(charter.trustees->recipient));
  for (const Compartment& compartment : charter.compartments) {
    TRY(check_recipient(compartment.recipient));
    if (compartment.recipient.starts_with(kHybridStart) ||
        (!compartment.hybrid.empty() && !compartment.hybrid.starts_with(kHybridStart))) {
      return Error(Code::corrupt, "a compartment's recipients are not an X25519 one and a hybrid one");
    }
    if (!compartment.hybrid.empty()) TRY(check_recipient(compartment.hybrid));
  }
  return {};
}

Result<void> check_rules(const Charter& charter) {
  const Rules& rules = charter.rules;
  const bool one_person = charter.custodians.size() == 1 && !charter.trustees;
  if (rules.charter < (one_person ? 1u : 2u) || rules.reseal < 2 || rules.remove < 2) {
    return Error(Code::corrupt, "the charter lets one person do what two must");
  }
  const std::size_t people = charter.custodians.size() + (charter.trustees ? charter.trustees->threshold : 0);
  if (rules.charter > people) return Error(Code::corrupt, "the charter asks for more people than it names");
  return {};
}

Result<void> check_whole(const Charter& charter) {
  TRY(check_people(charter));
  TRY(check_rules(charter));
  TRY(check_recipients(charter));
  if (charter.log_keys.empty()) return Error(Code::corrupt, "the charter names no log key");
  if (charter.version == 1 && charter.log_keys.size() != 1) return Error(Code::corrupt, "charter/1 has one log key");
  if (charter.compartments.empty()) return Error(Code::corrupt, "the charter names no compartment");
  if (charter.trustees && charter.trustees->shares.size() != charter.trustees->count) {
    return Error(Code::corrupt, "the charter does not name every share");
  }
  return {};
}

/// Reads the lines up to `home`, which have their places; gives how many they are.
Result<std::size_t> parse_front(const Words& lines, Charter& charter) {
  std::size_t at = 0;
  const auto value = [&](std::string_view key) -> Result<std::string_view> {
    if (at >= lines.size() || !lines[at].starts_with(key)) {
      return Error(Code::corrupt, "the charter lacks its line \"" + std::string(key) + "…\"");
    }
    return lines[at++].substr(key.size());
  };
  if (lines.empty() || lines[0] != kCharterTitle) return Error(Code::corrupt, "not a charter of this format");
  ++at;
  const bool is_later = lines.size() > 1 && lines[1].starts_with("archive ");
  if (is_later) {
    TRY_ASSIGN(const auto archive, value("archive "));
    TRY_ASSIGN(charter.archive, parse_sha256(archive));
  }
  TRY_ASSIGN(const auto version, value("version "));
  TRY_ASSIGN(charter.version, parse_decimal(version, kCharterVersionMax));
  if (charter.version == 0 || is_later != (charter.version > 1)) {
    return Error(Code::corrupt, "the charter's version does not go with its other lines");
  }
  if (is_later) {
    TRY_ASSIGN(const auto previous, value("previous "));
    TRY_ASSIGN(charter.previous, parse_sha256(previous));
  }
  TRY_ASSIGN(charter.origin, value("origin "));
  TRY_ASSIGN(charter.home, value("home "));
  const std::string_view origin = charter.origin;
  if (!origin.ends_with(kOriginSuffix) || !is_hex_id(origin.substr(0, origin.size() - kOriginSuffix.size()))) {
    return Error(Code::corrupt, "the charter's origin is not 32 hexadecimal digits and .muniment");
  }
  if (!is_hex_id(charter.home)) return Error(Code::corrupt, "the charter's home is not 32 hexadecimal digits");
  return at;
}

}  // namespace

Result<Charter> parse_charter(std::string_view bytes) {
  TRY_ASSIGN(const Note note, parse_note(bytes, {.bytes_max = kCharterBytesMax, .signatures_max = 64}));
  TRY_ASSIGN(Charter charter, parse_charter_text(note.text));
  TRY(check_signed_by_its_own(charter, note));
  return charter;
}

Result<Charter> parse_charter_text(std::string_view text) {
  TRY_ASSIGN(const auto lines, split_lines(text, kCharterLinesMax));
  Charter charter;
  TRY_ASSIGN(const std::size_t front, parse_front(lines, charter));
  std::string policy;
  for (std::size_t i = front; i < lines.size(); ++i) {
    const bool is_policy =
        lines[i].starts_with("witness ") || lines[i].starts_with("group ") || lines[i].starts_with("quorum ");
    if (is_policy) {
      policy += std::string(lines[i]) + "\n";
    } else {
      TRY(parse_charter_line(lines[i], charter));
    }
  }
  TRY(parse_policy_lines(policy, charter));
  TRY(check_whole(charter));
  // One form only: what is read must be what this version writes, line for line.
  if (render_charter(charter) != text) return Error(Code::corrupt, "the charter's lines are not in their order");
  return charter;
}

}  // namespace muniment
