#include "archive/proposal.h"

#include <algorithm>

#include "archive/charter_reader.h"
#include "archive/describe.h"
#include "archive/home.h"
#include "archive/objects.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr NoteLimits kLimits{.bytes_max = kCharterBytesMax, .signatures_max = 64};
constexpr std::size_t kIdDigits = 16;

std::string proposals_folder(const std::string& root) { return join(root, "home/proposals"); }

Result<std::string> id_of(std::string_view note) {
  TRY_ASSIGN(const Note parsed, parse_note(note, kLimits));
  return sha256(as_view(parsed.text)).hex().substr(0, kIdDigits);
}

/// The signature lines of a note, with their ends.
/// Who of the charter has not signed and is waited for.
std::vector<std::string> find_missing(const Signers& signers, const Charter& charter, const Needed& needed) {
  const bool asks_trustees = charter.trustees && !signers.trustees;
  const unsigned with_trustees = signers.people + (asks_trustees ? charter.trustees->threshold : 0);
  std::vector<std::string> missing;
  for (const Holder& holder : charter.custodians) {
    if (asks_trustees && needed.trustees && with_trustees >= needed.people) break;
    if (std::ranges::find(signers.custodians, holder.pseudonym()) == signers.custodians.end())
      missing.push_back(holder.pseudonym());
  }
  if (asks_trustees) missing.emplace_back(kTrustees);
  return missing;
}

/// A charter is signed by the people of the one in force and by its own: those of either who are missing.
Result<std::vector<std::string>> find_missing(const Signers& by_now, const Charter& now, const Charter& next,
                                              const Note& note) {
  const bool trustees_too = needs_trustees(now, next);
  TRY_ASSIGN(const Signers by_next, find_signers_so_far(note, next));
  std::vector<std::string> missing;
  const auto ask = [&](const Signers& signers, const Charter& charter) {
    const Needed needed{charter.rules.charter, trustees_too};
    if (check_enough(signers, charter, needed.people, needed.trustees)) return;
    for (const std::string& name : find_missing(signers, charter, needed)) {
      if (std::ranges::find(missing, name) == missing.end()) missing.push_back(name);
    }
  };
  ask(by_now, now);
  ask(by_next, next);
  // The trustees last: their meeting is the hardest to arrange.
  if (std::erase(missing, kTrustees) > 0) missing.emplace_back(kTrustees);
  return missing;
}

Result<Proposal> read_charter_proposal(Proposal proposal, const Note& note, const ArchiveView& view) {
  TRY_ASSIGN(Charter charter, parse_charter_text(note.text));
  if (charter.version > 1 && charter.archive != view.id) {
    return Error(Code::forged, "the proposed charter is of another archive");
  }
  if (charter.version <= view.charter.version) {
    return Error(Code::conflict, "charter/" + std::to_string(view.charter.version) +
                                     " is in force by now: what was proposed before it counts no more");
  }
  const Sha256& now_digest = view.chain.versions.back().digest;
  TRY(check_follows(view.id, view.charter, now_digest, charter));
  const std::uint64_t size = view.head.head.size;
  if (charter.log_keys.size() > view.charter.log_keys.size() && charter.log_keys.back().from < size) {
    return Error(Code::conflict, "its log key counts from entry " + std::to_string(charter.log_keys.back().from) +
                                     ", but the log has grown to " + std::to_string(size) +
                                     " entries meanwhile: propose it again, and take nothing in before it is signed");
  }
  TRY_ASSIGN(proposal.signers, find_signers_so_far(note, view.charter));
  const auto enough = check_succession(view.id, view.charter, now_digest, charter, note);
  if (!enough && enough.error().code() != Code::denied) return enough.error();
  if (!enough) {
    proposal.lacks = enough.error();
    TRY_ASSIGN(proposal.missing, find_missing(proposal.signers, view.charter, charter, note));
  }
  proposal.charter = std::move(charter);
  return proposal;
}

Result<Proposal> read_order_proposal(Proposal proposal, const Note& note, const ArchiveView& view) {
  TRY_ASSIGN(Order order, parse_order(note.text, view.id));
  for (const LoggedOrder& logged : view.orders) {
    if (logged.order.number == order.number) return Error(Code::conflict, "the order is in the log already");
  }
  TRY_ASSIGN(proposal.signers, find_signers_so_far(note, view.charter));
  const auto enough = parse_signed_order(proposal.note, view.id, view.charter);
  if (!enough && enough.error().code() != Code::denied && !proposal.signers.custodians.empty()) return enough.error();
  if (!enough) {
    proposal.lacks = enough.error();
    proposal.missing = find_missing(proposal.signers, view.charter, needed_for(order, view.charter));
  }
  proposal.order = std::move(order);
  return proposal;
}

bool is_in_force(const Proposal& proposal, const ArchiveView& view) {
  return proposal.charter && render_charter(view.charter) == render_charter(*proposal.charter);
}

/// The trees before it are the old key's, and the next one is the new key's to sign.
Result<void> check_log_key_is_next(const Charter& next, const ArchiveView& view) {
  const std::uint64_t size = view.head.head.size;
  if (next.log_keys.size() == view.charter.log_keys.size() || next.log_keys.back().from == size) return {};
  return Error(Code::conflict, "the new log key counts from entry " + std::to_string(next.log_keys.back().from) +
                                   ", but the next entry is " + std::to_string(size) + ": propose it again");
}

/// The archive under the lock of its home: what an earlier run left is finished, and the proposal still holds.
/// Nothing when it is in force already.
Result<std::optional<ArchiveView>> view_before(Home& home, const IdPin& pin, const Proposal& proposal) {
  TRY_ASSIGN(ArchiveView view, view_archive(home.store(), pin));
  if (is_in_force(proposal, view)) return std::optional<ArchiveView>{};
  if (proposal.charter) TRY(check_log_key_is_next(*proposal.charter, view));
  TRY(home.finish_earlier(pin));
  TRY_ASSIGN(view, view_archive(home.store(), pin));
  if (is_in_force(proposal, view)) return std::optional<ArchiveView>{};
  TRY_ASSIGN(const Proposal again, read_proposal(proposal.note, view));
  if (again.lacks) return *again.lacks;
  return std::optional(std::move(view));
}

/// The charter lies beside the log before it is in it; whoever is cut off here, the next run logs it.
Result<void> carry_out_charter(const Doors& doors, Place& place, const IdPin& pin, const Proposal& proposal,
                               const HolderKeys& holder) {
  const Charter& next = *proposal.charter;
  // Opened under the new charter, with its log key, before anything counts: whoever cannot go on changes nothing.
  TRY_ASSIGN(const auto home, Home::open(doors, place, next, holder));
  TRY_ASSIGN(const auto view, view_before(*home, pin, proposal));
  if (!view) return {};
  Store& store = home->store();
  for (const LoggedObject& object : next.objects) {
    const auto bytes = store.get(object.name, kLooseObjectBytesMax);
    if (bytes && sha256(*bytes) == object.digest) continue;
    return Error(Code::not_found,
                 object.name.text() + ", which the new charter names, is not here: carry it out where it was proposed");
  }
  TRY(store.put(charter_name(next.version), as_view(proposal.note)));
  TRY(store.flush());
  return home->finish_earlier(pin);
}

Result<void> carry_out_order(const Doors& doors, Place& place, const IdPin& pin, const Proposal& proposal,
                             const HolderKeys& holder) {
  TRY_ASSIGN(const FoundCharter charters, read_charter(place.store(), pin));
  TRY_ASSIGN(const auto home, Home::open(doors, place, charters.charter, holder));
  TRY(view_before(*home, pin, proposal));
  TRY(home->appender().append({Bytes(proposal.note.begin(), proposal.note.end())}));
  return {};
}

}  // namespace

Result<Proposal> read_proposal(std::string_view bytes, const ArchiveView& view) {
  TRY_ASSIGN(const Note note, parse_note(bytes, kLimits));
  Proposal proposal;
  proposal.note = bytes;
  TRY_ASSIGN(proposal.id, id_of(bytes));
  if (note.text.starts_with("muniment/charter/v1\n")) return read_charter_proposal(std::move(proposal), note, view);
  return read_order_proposal(std::move(proposal), note, view);
}

std::string add_signature(std::string_view note, const SignerKey& signer) {
  const std::string_view text = note.substr(0, note.rfind("\n\n") + 1);
  const std::string line = signer.sign(text);
  return note.find(line, text.size()) == note.npos ? std::string(note) + line : std::string(note);
}

std::string proposal_path(const std::string& root, const std::string& id) {
  return join(proposals_folder(root), id + ".note");
}

Result<std::string> save_proposal(const Doors& doors, const std::string& root, std::string_view note) {
  TRY_ASSIGN(std::string id, id_of(note));
  TRY(make_folders(doors.fs, proposals_folder(root)));
  const std::string path = proposal_path(root, id);
  const auto present = read_file(doors.fs, path, kCharterBytesMax);
  const bool is_same = present && id_of(as_text(*present)) && *id_of(as_text(*present)) == id;
  std::string both(note);
  if (is_same) {
    TRY_ASSIGN(both, merge_signatures(as_text(*present), note, kLimits));
  }
  TRY(replace_durably(doors.fs, path, as_view(both)));
  return id;
}

Result<std::vector<Proposal>> list_proposals(Fs& fs, const std::string& root, const ArchiveView& view,
                                             std::vector<std::string>* passed_over) {
  std::vector<Proposal> proposals;
  const auto names = fs.list(proposals_folder(root));
  if (!names && names.error().code() == Code::not_found) return proposals;
  if (!names) return names.error();
  for (const std::string& name : *names) {
    const auto bytes = read_file(fs, join(proposals_folder(root), name), kCharterBytesMax);
    auto proposal = bytes ? read_proposal(as_text(*bytes), view) : Result<Proposal>(bytes.error());
    if (proposal) {
      proposals.push_back(std::move(*proposal));
    } else if (passed_over != nullptr) {
      passed_over->push_back(name + ": " + proposal.error().sentence());
    }
  }
  std::ranges::sort(proposals, {}, &Proposal::id);
  return proposals;
}

Result<void> carry_out(const Doors& doors, Place& place, const IdPin& pin, const Proposal& proposal,
                       const HolderKeys& holder) {
  if (proposal.lacks) return *proposal.lacks;
  TRY_ASSIGN(const std::string root, place.own_root());
  TRY(proposal.charter ? carry_out_charter(doors, place, pin, proposal, holder)
                       : carry_out_order(doors, place, pin, proposal, holder));
  // A proposal that stays is passed over from now on: it is in the log.
  static_cast<void>(doors.fs.remove(proposal_path(root, proposal.id)).has_value());
  return {};
}

std::vector<std::string> describe(const Proposal& proposal, const ArchiveView& view) {
  return proposal.charter ? describe_step(view.charter, *proposal.charter) : describe_order(*proposal.order, view);
}

}  // namespace muniment
