#include "mirror/audit.h"

#include <algorithm>

#include "archive/objects.h"

namespace muniment {
namespace {

std::string entries_text(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " entry" : " entries"); }

std::string damage_text(const std::vector<Finding>& findings) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(findings.size(), kShown); ++i) {
    text += (i == 0 ? "" : "; ") + findings[i].object + " " + findings[i].what;
  }
  if (findings.size() > kShown) text += "; and " + std::to_string(findings.size() - kShown) + " more";
  return text;
}

std::string lag_text(const AuditedCopy& copy) {
  std::string text;
  if (copy.behind > 0) text += ", and lacks the newest " + entries_text(copy.behind);
  if (copy.charters_behind > 0) {
    text += std::string(", and lacks the newest ") + (copy.charters_behind == 1 ? "charter" : "charters");
  }
  return text;
}

/// The sentence of a copy whose state and numbers are known.
std::string sentence_of(const AuditedCopy& copy, const SurveyedCopy& surveyed, std::uint64_t seen_size) {
  const std::string lag = lag_text(copy);
  switch (copy.state) {
    case CopyState::whole: return "whole: " + std::to_string(copy.objects) + " objects are as they were logged";
    case CopyState::agreed_part:
      return "holds " + copy.agreed->text() + ": " + std::to_string(copy.objects) +
             " objects are as they were logged, the others are not held, by agreement";
    case CopyState::stick:
      return "one stick of several: it holds " + copy.agreed->text() + ", " + std::to_string(copy.objects) +
             " objects, as they were logged";
    case CopyState::not_ours: {
      const EndedHead& ended = *surveyed.ended;
      const std::uint64_t last = ended.size - 1;
      const std::string theirs = ended.counts_to == last ? "entry " + std::to_string(last) + " is"
                                                         : "those from " + std::to_string(ended.counts_to) + " to " +
                                                               std::to_string(last) + " are";
      return "not ours: it shows " + entries_text(ended.size) + ", and " + theirs +
             " signed by a log key that has ended: of whoever has that key. The next push or pull replaces what is not "
             "ours";
    }
    case CopyState::behind:
      if (copy.behind == 0)
        return "behind: what it holds is good" + lag + ". Others could still show it what is not ours";
      return "behind by " + entries_text(copy.behind) +
             ": what it holds is good, but it shows an older state (rolled back, or not brought up to date since)";
    case CopyState::rolled_back:
      return "rolled back: it has shown " + entries_text(seen_size) + " before and shows " + std::to_string(copy.size) +
             " now; what it holds is good";
    case CopyState::damaged: return "damaged: " + damage_text(copy.findings) + lag;
    case CopyState::forked:
      return "forked: its checkpoint over " + entries_text(copy.size) +
             " is signed by the log key and contradicts the others. Somebody who has the log key shows different "
             "people different logs";
    case CopyState::unreachable: return "unreachable: " + copy.findings.front().what;
  }
  panic(__FILE__, __LINE__, "unknown state");
}

class Auditor {
 public:
  Auditor(const Survey& survey, const std::map<std::string, std::uint64_t>& last_seen, const AuditHooks& hooks)
      : survey_(survey), last_seen_(last_seen), hooks_(hooks) {}

  AuditedCopy audit(std::size_t index, bool is_forked) const {
    const SurveyedCopy& copy = survey_.copies[index];
    AuditedCopy audited;
    audited.where = copy.store->where();
    const auto seen = last_seen_.find(audited.where);
    const std::uint64_t seen_size = seen == last_seen_.end() ? 0 : seen->second;
    if (!copy.head) {
      const bool has_wrong_bytes = copy.error->code() == Code::corrupt || copy.error->code() == Code::forged;
      audited.state = has_wrong_bytes ? CopyState::damaged : CopyState::unreachable;
      if (copy.ended) audited.state = CopyState::not_ours;
      audited.findings.push_back({"checkpoint", (has_wrong_bytes ? "does not count: " : "") + copy.error->sentence()});
    } else {
      audited.size = copy.head->head.size;
      const std::uint64_t best_size = survey_.copies[survey_.best].head->head.size;
      audited.behind = best_size > audited.size ? best_size - audited.size : 0;
      if (is_forked) {
        audited.state = CopyState::forked;
      } else {
        const std::vector<Store*> lanes = index < hooks_.lanes.size() ? hooks_.lanes[index] : std::vector<Store*>{};
        const VerifyHooks reading{.on_bytes = hooks_.on_bytes, .lanes = lanes, .sampling = hooks_.sampling};
        const Result<void> read = read_all(copy, audited, reading);
        audited.state = CopyState::whole;
        if (audited.agreed) audited.state = audited.agreed->is_stick ? CopyState::stick : CopyState::agreed_part;
        audited.charters_behind = survey_.charter.versions.size() - copy.charters;
        if (audited.behind > 0 || audited.charters_behind > 0) audited.state = CopyState::behind;
        if (audited.size < seen_size) audited.state = CopyState::rolled_back;
        if (!audited.findings.empty()) audited.state = CopyState::damaged;
        if (!read && could_not_look(read.error().code())) audited.state = CopyState::unreachable;
      }
    }
    audited.sentence = sentence_of(audited, copy, seen_size);
    if (audited.agreed && audited.state != CopyState::agreed_part && audited.state != CopyState::stick)
      audited.sentence += ". Of the archive it holds " + audited.agreed->text();
    if (audited.unread == 1) audited.sentence += ". 1 part was not read: it is there, in its size";
    if (audited.unread > 1)
      audited.sentence +=
          ". " + std::to_string(audited.unread) + " parts were not read: they are there, in their sizes";
    if (const std::string removed = audited.removed.text(); !removed.empty()) audited.sentence += ". " + removed;
    return audited;
  }

 private:
  Result<void> read_all(const SurveyedCopy& copy, AuditedCopy& audited, const VerifyHooks& reading) const {
    auto view = view_at(*copy.store, survey_.charter, *copy.head);
    auto report = view ? verify_view(*copy.store, std::move(*view), reading) : Result<CopyReport>(view.error());
    if (!report) {
      const bool was_read = !could_not_look(report.error().code());
      audited.findings.push_back({"log", (was_read ? "cannot be followed: " : "") + report.error().sentence()});
      return report.error();
    }
    audited.objects = report->objects;
    audited.bytes = report->bytes;
    audited.unread = report->unread;
    audited.removed = report->removed;
    audited.agreed = report->agreed;
    audited.findings = std::move(report->findings);
    return {};
  }

  const Survey& survey_;
  const std::map<std::string, std::uint64_t>& last_seen_;
  const AuditHooks& hooks_;
};

}  // namespace

std::string_view name_of(CopyState state) {
  switch (state) {
    case CopyState::whole: return "whole";
    case CopyState::agreed_part: return "holds its agreed part";
    case CopyState::stick: return "one stick of several";
    case CopyState::behind: return "behind";
    case CopyState::rolled_back: return "rolled back";
    case CopyState::not_ours: return "not ours";
    case CopyState::damaged: return "damaged";
    case CopyState::forked: return "forked";
    case CopyState::unreachable: return "unreachable";
  }
  panic(__FILE__, __LINE__, "unknown state");
}

Result<std::vector<AuditedCopy>> audit_copies(Survey survey, const std::map<std::string, std::uint64_t>& last_seen,
                                              const AuditHooks& hooks) {
  follow_newest(survey);
  // Forks are looked for along the entries of any copy that has them all.
  const tlog::TreeHead best = survey.copies[survey.best].head->head;
  auto forks = Result<std::vector<Fork>>(Error(Code::corrupt, "no copy's entries lead to the newest checkpoint"));
  for (const SurveyedCopy& copy : survey.copies) {
    if (!copy.head || copy.head->head.size < best.size) continue;
    forks = find_forks(*copy.store, survey);
    if (forks) break;
  }
  const Auditor auditor(survey, last_seen, hooks);
  std::vector<AuditedCopy> audited;
  for (std::size_t i = 0; i < survey.copies.size(); ++i) {
    const bool is_forked = forks && std::ranges::any_of(*forks, [&](const Fork& fork) { return fork.copy == i; });
    audited.push_back(auditor.audit(i, is_forked));
  }
  return audited;
}

}  // namespace muniment
