#include "mirror/recover.h"

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

}  // namespace

Result<RecoverReport> recover_archive(const std::vector<Store*>& sources, const IdPin& pin, Store& target,
                                      const RecoverHooks& hooks) {
  const auto step = [&](const std::string& doing) {
    if (hooks.on_step) hooks.on_step(doing);
  };
  TRY_ASSIGN(const Survey survey, survey_copies(sources, pin));
  TRY(check_target(target, survey.charter.id));
  const VerifyHooks reading{.on_bytes = hooks.on_bytes};
  step("Reading every copy");
  TRY_ASSIGN(std::vector<AuditedCopy> copies, audit_copies(survey, {}, reading));
  TRY(refuse_forks(copies));

  const SignedHead& head = *survey.copies[survey.best].head;
  step("Copying what is good");
  TRY_ASSIGN(CopyResult copied, copy_archive(sources, survey.charter, head, target, {.on_bytes = hooks.on_bytes}));
  step("Reading back what was written");
  TRY_ASSIGN(CopyReport verified, verify_copy(target, pin, reading));
  return RecoverReport{.charter = survey.charter,
                       .head = head.head,
                       .copies = std::move(copies),
                       .copied = std::move(copied),
                       .verified = std::move(verified)};
}

}  // namespace muniment
