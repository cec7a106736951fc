#include "mirror/recover.h"

#include <algorithm>
#include <functional>

namespace muniment {
namespace {

Result<void> refuse_forks(const std::vector<AuditedCopy>& copies) {
  std::string forked;
  for (const AuditedCopy& copy : copies) {
    if (copy.state == CopyState::forked) forked += "\n  " + copy.where + " (" + std::to_string(copy.size) + " entries)";
  }
  if (forked.empty()) return {};
  return Error(Code::forged,
               "the log has been forked: these copies contradict the one with the most entries, and both are signed "
               "by the log key:" +
                   forked +
                   "\nNothing was written. Find out which one the custodians' people have cosigned or "
                   "printed, and give only copies that agree with it");
}

/// The target must be new, or what an earlier recovery of this archive has left.
Result<void> check_target(Store& target, const Sha256& id) {
  const auto charter = read_charter(target, {});
  if (charter && charter->id != id) {
    return Error(Code::conflict, target.where() + " holds another archive: recover into a new folder");
  }
  if (!charter && charter.error().code() != Code::not_found) return charter.error();
  return {};
}

/// Copies the largest head whose entries can be put together, and makes it the survey's best. Whoever has the log key
/// can sign a checkpoint over entries that do not exist; it must not hide the ones that do.
Result<CopyResult> copy_best(const std::vector<Store*>& sources, Survey& survey, Store& target,
                             const CopyHooks& hooks) {
  std::vector<std::size_t> by_size;
  for (std::size_t i = 0; i < survey.copies.size(); ++i) {
    if (survey.copies[i].head) by_size.push_back(i);
  }
  std::ranges::stable_sort(by_size, std::greater{}, [&](std::size_t i) { return survey.copies[i].head->head.size; });
  auto copied = Result<CopyResult>(Error(Code::corrupt, "no copy shows a checkpoint"));
  for (const std::size_t i : by_size) {
    survey.best = i;
    copied = copy_archive(sources, survey.charter, *survey.copies[i].head, target, hooks);
    if (copied || copied.error().code() != Code::corrupt) break;
  }
  return copied;
}

}  // namespace

Result<RecoverReport> recover_archive(const std::vector<Store*>& sources, const IdPin& pin, Store& target,
                                      const RecoverHooks& hooks) {
  const auto step = [&](const std::string& doing) {
    if (hooks.on_step) hooks.on_step(doing);
  };
  TRY_ASSIGN(Survey survey, survey_copies(sources, pin));
  TRY(check_target(target, survey.charter.id));
  const VerifyHooks reading{.on_bytes = hooks.on_bytes};
  step("Reading every copy");
  TRY_ASSIGN(std::vector<AuditedCopy> copies, audit_copies(survey, {}, reading));
  TRY(refuse_forks(copies));
  const std::uint64_t largest_shown = survey.copies[survey.best].head->head.size;

  step("Copying what is good");
  TRY_ASSIGN(CopyResult copied, copy_best(sources, survey, target, {.on_bytes = hooks.on_bytes}));
  const SignedHead& head = *survey.copies[survey.best].head;
  step("Reading back what was written");
  TRY_ASSIGN(CopyReport verified, verify_copy(target, pin, reading));
  return RecoverReport{.charter = survey.charter,
                       .head = head.head,
                       .largest_shown = largest_shown,
                       .copies = std::move(copies),
                       .copied = std::move(copied),
                       .verified = std::move(verified)};
}

}  // namespace muniment
