#include "tlog/policy.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"

namespace muniment::tlog {
namespace {

constexpr std::size_t kLinesMax = 1024;

/// The words of a line, separated by spaces and tabs; none of a comment.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  if (!words.empty() && words.front().starts_with('#')) words.clear();
  return words;
}

class Parser {
 public:
  Result<void> take(const std::vector<std::string>& words) {
    const std::string& kind = words[0];
    if (kind == "log") return take_log(words);
    if (kind == "witness") return take_witness(words);
    if (kind == "group") return take_group(words);
    if (kind == "quorum") return take_quorum(words);
    return Error(Code::corrupt, "\"" + printable(kind, 40) + "\" is none of log, witness, group, quorum");
  }

  Result<Policy> finish() {
    if (!has_quorum_) return Error(Code::corrupt, "the policy names no quorum");
    return std::move(policy_);
  }

 private:
  Result<void> take_log(const std::vector<std::string>& words) {
    if (words.size() < 2 || words.size() > 3) return Error(Code::corrupt, "a log is \"log <key> [url]\"");
    TRY_ASSIGN(const VerifierKey key, parse_verifier_key(words[1]));
    if (std::ranges::find(policy_.logs, key, &PolicyLog::key) != policy_.logs.end())
      return Error(Code::corrupt, "the log's key is there twice");
    policy_.logs.push_back({key, words.size() == 3 ? words[2] : ""});
    return check_count(policy_.logs.size());
  }

  Result<void> take_witness(const std::vector<std::string>& words) {
    if (words.size() < 3 || words.size() > 4)
      return Error(Code::corrupt, "a witness is \"witness <name> <key> [url]\"");
    TRY(take_name(words[1]));
    TRY_ASSIGN(const CosignerKey key, parse_cosigner_key(words[2]));
    // What is signed does not name the cosigner: one key under two names would count twice.
    const auto same = [&](const PolicyWitness& other) { return other.key.key == key.key; };
    if (std::ranges::any_of(policy_.witnesses, same)) return Error(Code::corrupt, "two witnesses have the same key");
    policy_.witnesses.push_back({words[1], key, words.size() == 4 ? words[3] : ""});
    return check_count(policy_.witnesses.size());
  }

  Result<void> take_group(const std::vector<std::string>& words) {
    if (words.size() < 4) return Error(Code::corrupt, "a group is \"group <name> all|any|<k> <member>…\"");
    TRY(take_name(words[1]));
    PolicyGroup group{.name = words[1], .threshold = 1, .members = {words.begin() + 3, words.end()}};
    for (const std::string& member : group.members) {
      if (!names_.contains(member) || member == group.name)
        return Error(Code::corrupt, "the group's member " + printable(member, 80) + " is not defined before it");
      if (!grouped_.insert(member).second) return Error(Code::corrupt, printable(member, 80) + " is in two groups");
    }
    if (words[2] == "all") {
      group.threshold = group.members.size();
    } else if (words[2] != "any") {
      TRY_ASSIGN(group.threshold, parse_decimal(words[2], kPolicyEntriesMax));
    }
    if (group.threshold == 0 || group.threshold > group.members.size())
      return Error(Code::corrupt, "the group's threshold is not between 1 and the number of its members");
    policy_.groups.push_back(std::move(group));
    return check_count(policy_.groups.size());
  }

  Result<void> take_quorum(const std::vector<std::string>& words) {
    if (words.size() != 2) return Error(Code::corrupt, "the quorum is \"quorum <name>\"");
    if (has_quorum_) return Error(Code::corrupt, "there is a second quorum");
    if (words[1] != "none" && !names_.contains(words[1]))
      return Error(Code::corrupt, "the quorum " + printable(words[1], 80) + " is not defined before it");
    has_quorum_ = true;
    policy_.quorum = words[1] == "none" ? "" : words[1];
    return {};
  }

  Result<void> take_name(const std::string& name) {
    if (name == "none" || !is_utf8(name) || name.find('\0') != name.npos)
      return Error(Code::corrupt, "\"" + printable(name, 80) + "\" is no name");
    if (!names_.insert(name).second) return Error(Code::corrupt, printable(name, 80) + " is defined twice");
    return {};
  }

  static Result<void> check_count(std::size_t count) {
    if (count <= kPolicyEntriesMax) return {};
    return Error(Code::limit, "the policy names more than " + std::to_string(kPolicyEntriesMax) + " of a kind");
  }

  Policy policy_;
  std::set<std::string> names_;
  std::set<std::string> grouped_;
  bool has_quorum_ = false;
};

}  // namespace

std::vector<CosignerKey> Policy::keys() const {
  std::vector<CosignerKey> all;
  for (const PolicyWitness& witness : witnesses) all.push_back(witness.key);
  return all;
}

bool Policy::is_met(const std::vector<bool>& signed_by) const {
  if (quorum.empty()) return true;
  std::map<std::string, bool> met;
  for (std::size_t i = 0; i < witnesses.size() && i < signed_by.size(); ++i) met[witnesses[i].name] = signed_by[i];
  // Members come before their groups, so that one pass is enough.
  for (const PolicyGroup& group : groups) {
    std::size_t count = 0;
    for (const std::string& member : group.members) count += met[member] ? 1u : 0u;
    met[group.name] = count >= group.threshold;
  }
  return met[quorum];
}

std::optional<std::uint64_t> Policy::quorum_time(const std::vector<Cosignature>& cosignatures) const {
  if (quorum.empty()) return 0;
  std::vector<Cosignature> newest_first = cosignatures;
  std::ranges::sort(newest_first, std::greater<>(), &Cosignature::time_s);
  std::vector<bool> signed_by(witnesses.size());
  for (const Cosignature& cosignature : newest_first) {
    if (cosignature.cosigner < signed_by.size()) signed_by[cosignature.cosigner] = true;
    if (is_met(signed_by)) return cosignature.time_s;
  }
  return std::nullopt;
}

std::string render_policy(const Policy& policy) {
  std::string text;
  for (const PolicyLog& log : policy.logs)
    text += "log " + log.key.text() + (log.url.empty() ? "" : " " + log.url) + "\n";
  for (const PolicyWitness& witness : policy.witnesses) {
    text +=
        "witness " + witness.name + " " + witness.key.text() + (witness.url.empty() ? "" : " " + witness.url) + "\n";
  }
  for (const PolicyGroup& group : policy.groups) {
    text += "group " + group.name + " " + std::to_string(group.threshold);
    for (const std::string& member : group.members) text += " " + member;
    text += "\n";
  }
  return text + "quorum " + (policy.quorum.empty() ? std::string("none") : policy.quorum) + "\n";
}

Result<Policy> parse_policy(std::string_view text) {
  if (text.size() > kPolicyBytesMax) return Error(Code::limit, "the policy is too long");
  TRY_ASSIGN(const auto lines, split_lines(text, kLinesMax));
  Parser parser;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto words = words_of(lines[i]);
    if (words.empty()) continue;
    if (auto taken = parser.take(words); !taken) return taken.error().in("line " + std::to_string(i + 1));
  }
  return parser.finish();
}

}  // namespace muniment::tlog
