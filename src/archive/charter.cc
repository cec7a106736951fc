#include "archive/charter.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::string_view kFirstLine = "muniment/charter/v1";
constexpr std::size_t kLinesMax = 1000;
constexpr std::size_t kIdDigits = 32;
constexpr std::string_view kOriginSuffix = ".muniment";

bool is_hex_id(std::string_view text) { return text.size() == kIdDigits && from_hex(text).has_value(); }

/// What comes from outside is damaged where a person would have used it wrongly.
Result<void> check_name(std::string_view name) {
  if (!check_pseudonym(name)) return Error(Code::corrupt, "not a name that a charter may hold: " + printable(name, 60));
  return {};
}

Result<void> parse_custodian(const std::vector<std::string_view>& words, Charter& charter) {
  if (words.size() != 4) return Error(Code::corrupt, "a custodian's line has a pseudonym and two keys");
  TRY(check_name(words[1]));
  TRY_ASSIGN(VerifierKey key, parse_verifier_key(words[3]));
  if (key.name != words[1]) return Error(Code::corrupt, "a custodian's key bears another name");
  for (const Holder& other : charter.custodians) {
    if (other.pseudonym() == key.name || other.key.key == key.key) {
      return Error(Code::corrupt, "two custodians share a name or a key");
    }
  }
  charter.custodians.push_back({.recipient = std::string(words[2]), .key = std::move(key)});
  return {};
}

Result<void> parse_compartment(const std::vector<std::string_view>& words, Charter& charter) {
  if (words.size() < 4) return Error(Code::corrupt, "a compartment's line has a name, a recipient and openers");
  TRY(check_name(words[1]));
  if (charter.find_compartment(words[1]) != nullptr) return Error(Code::corrupt, "a compartment is named twice");
  Compartment compartment{.name = std::string(words[1]), .recipient = std::string(words[2]), .openers = {}};
  for (std::size_t i = 3; i < words.size(); ++i) {
    TRY(check_name(words[i]));
    compartment.openers.emplace_back(words[i]);
  }
  charter.compartments.push_back(std::move(compartment));
  return {};
}

Result<void> parse_log(const std::vector<std::string_view>& words, Charter& charter) {
  if (words.size() != 4 || words[2] != "from" || words[3] != "0" || !charter.log_key.name.empty()) {
    return Error(Code::corrupt, "the log's line is not \"log KEY from 0\", or there are two");
  }
  TRY_ASSIGN(charter.log_key, parse_verifier_key(words[1]));
  if (charter.log_key.name != charter.origin)
    return Error(Code::corrupt, "the log key bears another name than the log");
  return {};
}

Result<void> parse_line(std::string_view line, Charter& charter) {
  if (is_object_line(line)) {
    TRY_ASSIGN(LoggedObject object, parse_object_line(line));
    if (is_reserved_path(object.name)) return Error(Code::corrupt, "the charter names a path that is not its to name");
    charter.objects.push_back(std::move(object));
    return {};
  }
  const auto words = split(line, ' ');
  if (words[0] == "custodian") return parse_custodian(words, charter);
  if (words[0] == "compartment") return parse_compartment(words, charter);
  if (words[0] == "log") return parse_log(words, charter);
  if (words[0] == "threshold" || words[0] == "quorum") return {};  // fixed by version 1, checked by render
  return Error(Code::corrupt, "an unknown line: " + printable(line, 80));
}

Result<void> check_whole(const Charter& charter) {
  if (charter.custodians.empty()) return Error(Code::corrupt, "the charter names no custodian");
  if (charter.log_key.name.empty()) return Error(Code::corrupt, "the charter names no log key");
  if (charter.compartments.empty()) return Error(Code::corrupt, "the charter names no compartment");
  return {};
}

}  // namespace

Result<void> check_pseudonym(std::string_view pseudonym) {
  const bool allowed = !pseudonym.empty() && pseudonym.size() <= 40 &&
                       std::all_of(pseudonym.begin(), pseudonym.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!allowed || pseudonym.front() == '-') {
    return Error(Code::invalid,
                 "a name here has 1 to 40 of the characters a-z, 0-9 and -, and does not start with -: " +
                     printable(pseudonym, 60));
  }
  return {};
}

ObjectName keyring_name(std::string_view compartment, std::string_view opener) {
  return ObjectName("keyring/1/" + std::string(compartment) + "/" + std::string(opener) + ".age");
}

std::vector<VerifierKey> Charter::custodian_keys() const {
  std::vector<VerifierKey> keys;
  keys.reserve(custodians.size());
  for (const Holder& holder : custodians) keys.push_back(holder.key);
  return keys;
}

const Compartment* Charter::find_compartment(std::string_view name) const {
  const auto found =
      std::find_if(compartments.begin(), compartments.end(), [&](const auto& c) { return c.name == name; });
  return found == compartments.end() ? nullptr : &*found;
}

std::string render_charter(const Charter& charter) {
  std::string text(kFirstLine);
  text += "\nversion 1\norigin " + charter.origin + "\nhome " + charter.home + "\n";
  for (const Holder& holder : charter.custodians) {
    text += "custodian " + holder.pseudonym() + " " + holder.recipient + " " + holder.key.text() + "\n";
  }
  text += "threshold accept 1\nlog " + charter.log_key.text() + " from 0\nquorum none\n";
  for (const Compartment& compartment : charter.compartments) {
    text += "compartment " + compartment.name + " " + compartment.recipient;
    for (const std::string& opener : compartment.openers) text += " " + opener;
    text += "\n";
  }
  for (const LoggedObject& object : charter.objects) text += render_object_line(object) + "\n";
  return text;
}

Result<Charter> parse_charter(std::string_view bytes) {
  TRY_ASSIGN(const Note note, parse_note(bytes, {.bytes_max = kCharterBytesMax, .signatures_max = 64}));
  TRY_ASSIGN(const auto lines, split_lines(note.text, kLinesMax));
  if (lines.size() < 4 || lines[0] != kFirstLine) return Error(Code::corrupt, "not a charter of version 1");
  if (lines[1] != "version 1") return Error(Code::unsupported, "a later charter than this program knows");
  Charter charter;
  const auto value = [&](std::size_t line, std::string_view key) {
    return lines[line].starts_with(key) ? lines[line].substr(key.size()) : std::string_view{};
  };
  charter.origin = value(2, "origin ");
  charter.home = value(3, "home ");
  const std::string_view origin = charter.origin;
  if (!origin.ends_with(kOriginSuffix) || !is_hex_id(origin.substr(0, origin.size() - kOriginSuffix.size()))) {
    return Error(Code::corrupt, "the charter's origin is not 32 hexadecimal digits and .muniment");
  }
  if (!is_hex_id(charter.home)) return Error(Code::corrupt, "the charter's home is not 32 hexadecimal digits");
  for (std::size_t i = 4; i < lines.size(); ++i) TRY(parse_line(lines[i], charter));
  TRY(check_whole(charter));
  // One form only: what is read must be what this version writes, line for line.
  if (render_charter(charter) != note.text) return Error(Code::corrupt, "the charter's lines are not in their order");
  TRY(verify_note(note, charter.custodian_keys()));
  return charter;
}

}  // namespace muniment
