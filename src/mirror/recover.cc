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

}  // namespace

Result<RecoverReport> recover_archive(const std::vector<Store*>& sources, const IdPin& pin, Store& target,
                                      const RecoverHooks& hooks) {
  const auto step = [&](const std::string& doing) {
    if (hooks.on_step) hooks.on_step(doing);
  };
  TRY_ASSIGN(Survey survey, survey_copies(sources, pin));
  const VerifyHooks reading{.on_bytes = hooks.on_bytes};
  step("Reading every copy");
  TRY_ASSIGN(std::vector<AuditedCopy> copies, audit_copies(survey, {}, {.on_bytes = hooks.on_bytes}));
  TRY(refuse_forks(copies));
  const std::uint64_t largest_shown = survey.copies[survey.best].head->head.size;

  step("Copying what is good");
  const CopyOptions options{.read_present = true, .on_bytes = hooks.on_bytes};
  TRY_ASSIGN(CopyResult copied, copy_newest(sources, survey, target, options));
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
