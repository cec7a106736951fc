#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "archive/home.h"
#include "archive/view.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "cli/captured.h"
#include "cli/chores.h"
#include "cli/commands.h"
#include "cli/orders.h"
#include "cli/system.h"
#include "mirror/arrivals.h"
#include "mirror/audit.h"
#include "mirror/registry.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kRemindDays = 14;

struct Chore {
  std::string name;
  Status status = Status::done;
  std::string text;  // what the command said, notes included
};

/// What tend did, and what it found that somebody must see to.
class Tender {
 public:
  Tender(const TendArguments& arguments, Context& context) : arguments_(arguments), context_(context) {}
  Result<void> run();
  std::string message() const;
  Json document() const;
  Status status() const;
  bool needs_somebody() const { return !needs_.empty(); }

 private:
  template <typename Arguments>
  Status chore(const std::string& name, Status (*command)(const Arguments&, Context&), const Arguments& arguments);
  void tend_home();
  Status pull();
  void tend_mirror();
  void cosign();
  void audit();
  void look_at_status();
  void look_at_expiries(const std::string& root);
  void look_at_disk(const std::string& root);
  std::vector<std::string> mirrors(bool over_http) const;

  const TendArguments& arguments_;
  Context& context_;
  std::unique_ptr<Place> place_;
  std::optional<ArchiveView> view_;
  bool is_home_ = false;
  std::vector<KnownMirror> known_;
  std::vector<Chore> chores_;
  std::vector<std::string> needs_;
  std::optional<unsigned> disk_percent_;
};

template <typename Arguments>
Status Tender::chore(const std::string& name, Status (*command)(const Arguments&, Context&),
                     const Arguments& arguments) {
  Captured captured(context_);
  const Status status = command(arguments, captured.context());
  chores_.push_back({name, status, captured.text()});
  if (status != Status::done) needs_.push_back(name + " did not go as it should: see below.");
  return status;
}

std::vector<std::string> Tender::mirrors(bool over_http) const {
  std::vector<std::string> addresses;
  for (const KnownMirror& mirror : known_) {
    if (mirror.where.starts_with("http") == over_http) addresses.push_back(mirror.where);
  }
  return addresses;
}

void Tender::tend_home() {
  MirrorArguments others;
  others.archive = arguments_.place;
  others.id = arguments_.id;
  others.others = mirrors(/*over_http=*/true);
  if (!others.others.empty() && context_.token_file && !is_remote(arguments_.place))
    chore("Fetching what was sent to mirrors", run_mirror_fetch_incoming, others);
  const auto arrived = place_->store().list(ObjectName("incoming"));
  if (arguments_.key_file && arrived && !arrived->empty() && !is_remote(arguments_.place)) {
    DepositArguments deposit;
    deposit.archive = arguments_.place;
    deposit.key_file = *arguments_.key_file;
    deposit.id = arguments_.id;
    chore("Taking in what arrived", run_deposit, deposit);
  }
  others.others = mirrors(/*over_http=*/false);
  if (!others.others.empty()) chore("Bringing copies up to date", run_mirror_push, others);
  others.others = mirrors(/*over_http=*/true);
  if (!others.others.empty() && !view_->charter.policy.witnesses.empty())
    chore("Collecting cosignatures", run_mirror_collect, others);
}

Status Tender::pull() {
  MirrorArguments pull;
  pull.archive = arguments_.place;
  pull.id = arguments_.id;
  pull.others = arguments_.from;
  if (!pull.others.empty() || !known_.empty()) return chore("Bringing this copy up to date", run_mirror_pull, pull);
  needs_.emplace_back("No other copy is known here: give --from ADDRESS.");
  return Status::could_not;
}

void Tender::tend_mirror() {
  const Status pulled = pull();
  Captured captured(context_);
  Status status = Status::done;
  // What is due is destroyed whether others could be reached or not.
  if (pulled != Status::done) carry_out_after(captured.context(), place_->store(), IdPin::of(view_->id), status);
  if (!is_remote(arguments_.place)) {
    const auto cleared = clear_arrivals(context_.doors.fs, place_->store(), absolute_path(arguments_.place), view_->id);
    if (!cleared) {
      captured.context().output.note("muniment: " + cleared.error().sentence());
      status = status_of(cleared.error().code());
    } else if (*cleared > 0) {
      captured.context().output.line("Cleared away here: " + counted(*cleared, "arrival", "arrivals") +
                                     " that the archive has taken in.");
    }
  }
  if (const std::string text = captured.text(); !text.empty() || status != Status::done) {
    chores_.push_back({"Clearing up", status, text});
    if (status != Status::done) needs_.emplace_back("Clearing up did not go as it should: see below.");
  }
}

void Tender::cosign() {
  CosignArguments cosign;
  cosign.copy = arguments_.place;
  cosign.key_file = *arguments_.cosigner_key;
  cosign.id = arguments_.id;
  chore("Cosigning", run_mirror_cosign, cosign);
}

/// A home looks at all that it knows, a mirror at itself.
void Tender::audit() {
  if (is_home_) {
    MirrorArguments audit;
    audit.archive = arguments_.place;
    audit.sample = arguments_.sample;
    audit.id = arguments_.id;
    chore("Looking at the copies", run_mirror_audit, audit);
    return;
  }
  const std::string name = "Looking at this copy";
  const auto survey = survey_copies({&place_->store()}, IdPin::of(view_->id));
  const AuditHooks hooks{
      .on_bytes = {}, .lanes = {}, .sampling = {.percent = arguments_.sample, .random = &context_.doors.random}};
  const auto audited = survey ? audit_copies(*survey, {}, hooks) : survey.error();
  if (!audited) {
    chores_.push_back({name, status_of(audited.error().code()), audited.error().sentence()});
  } else {
    const AuditedCopy& copy = audited->front();
    const bool is_good = copy.state == CopyState::whole || copy.state == CopyState::agreed_part;
    chores_.push_back({name, is_good ? Status::done : Status::check_failed, copy.sentence});
  }
  if (chores_.back().status != Status::done)
    needs_.push_back("This copy is not whole: muniment mirror heal " + printable(arguments_.place, 500) + ".");
}

/// The numbers of muniment status that somebody should hear of.
void Tender::look_at_status() {
  StatusArguments status;
  status.archive = arguments_.place;
  status.id = arguments_.id;
  Captured captured(context_);
  captured.use_json();
  if (run_status(status, captured.context()) != Status::done) {
    needs_.push_back("muniment status " + arguments_.place + " could not be asked.");
    return;
  }
  const std::string text = captured.text();
  const std::size_t begin = text.find('{');  // notes may come first
  const Json found = Json::parse(text.substr(begin == std::string::npos ? text.size() : begin), nullptr, false);
  if (!found.is_object()) return;
  const auto count = [&](const char* key) -> std::uint64_t {
    if (!found.contains(key)) return 0;
    return found[key].is_array() ? found[key].size() : found[key].is_number() ? found[key].get<std::uint64_t>() : 0;
  };
  const auto add = [&](const char* key, const char* one, const char* many) {
    if (count(key) > 0) needs_.push_back(counted(count(key), one, many));
  };
  if (is_home_) {
    add("onThisMachineOnly", "deposit exists on this machine only: muniment mirror push.",
        "deposits exist on this machine only: muniment mirror push.");
    add("incoming", "arrival waits in incoming/: muniment deposit.", "arrivals wait in incoming/: muniment deposit.");
    add("proposals", "proposal waits for signatures: muniment status shows it.",
        "proposals wait for signatures: muniment status shows them.");
    add("staging", "run was cut off while it sealed: muniment status names it.",
        "runs were cut off while they sealed: muniment status names them.");
  }
  add("notVouchedFor", "entry is vouched for by nobody: whoever has the log key may have written it.",
      "entries are vouched for by nobody: whoever has the log key may have written them.");
  add("objections", "entry of the log is not obeyed: muniment status says why.",
      "entries of the log are not obeyed: muniment status says why.");
}

/// The newest of each kind counts: a card that was replaced in time needs nobody.
void Tender::look_at_expiries(const std::string& root) {
  const auto all = read_issued(context_.doors.fs, root);
  if (!all) return needs_.push_back("What expires is not known: " + all.error().sentence() + ".");
  std::vector<Issued> newest;
  for (const Issued& issued : *all) {
    const auto same = std::ranges::find_if(
        newest, [&](const Issued& other) { return other.kind == issued.kind && other.about == issued.about; });
    if (same == newest.end()) {
      newest.push_back(issued);
    } else if (same->expires <= issued.expires) {
      *same = issued;
    }
  }
  const std::int64_t now_s = context_.doors.clock.now_s();
  for (const Issued& issued : newest) {
    const auto expires_s = parse_date(issued.expires);
    if (!expires_s || *expires_s > now_s + kRemindDays * kDayS) continue;
    const std::string what =
        issued.kind == "card" ? "The newest card for \"" + printable(issued.about, 60) + "\"" : "The list of mirrors";
    needs_.push_back(what + (*expires_s <= now_s ? " expired on " : " expires on ") + issued.expires +
                     ": make a new one and hand it out.");
  }
}

void Tender::look_at_disk(const std::string& root) {
  constexpr unsigned kFull = 95, kFilling = 80, kAll = 100;
  const auto disk = disk_of(root);
  const std::uint64_t all = disk ? disk->used_bytes + disk->free_bytes : 0;
  if (all == 0) return needs_.push_back("How full the disk is could not be told.");
  const std::uint64_t left = disk->free_bytes;
  disk_percent_ = static_cast<unsigned>(kAll - left * kAll / all);  // as df says it
  const std::string text = "The disk of " + printable(root) + " is " + std::to_string(*disk_percent_) + " % full";
  if (*disk_percent_ >= kFull) {
    needs_.push_back(text + ", " + human_size(left) + " are left: nothing more fits soon. Make room today.");
  } else if (*disk_percent_ >= kFilling) {
    needs_.push_back(text + ", " + human_size(left) + " are left: make room, or agree on a part.");
  }
}

Result<void> Tender::run() {
  TRY_ASSIGN(const auto pin, parse_pin(arguments_.id));
  TRY_ASSIGN(place_, open_place(context_, arguments_.place));
  auto view = view_archive(place_->store(), pin);
  if (!view && view.error().code() == Code::not_found && pin && !arguments_.from.empty()) {
    pull();  // a copy whose first round was cut off
    view = view_archive(place_->store(), pin);
  }
  if (!view) return view.error();
  view_ = std::move(*view);
  TRY_ASSIGN(is_home_, is_home(*place_, view_->charter));
  const auto root = place_->own_root();
  if (root) {
    TRY_ASSIGN(known_, read_mirrors(context_.doors.fs, *root));
  }
  if (is_home_) {
    tend_home();
  } else {
    tend_mirror();
  }
  if (arguments_.cosigner_key) cosign();
  audit();
  look_at_status();
  if (is_home_ && root) look_at_expiries(*root);
  if (root) look_at_disk(*root);
  return {};
}

std::string Tender::message() const {
  std::string text = "muniment tend, " + to_date(context_.doors.clock.now_s()) + ": " +
                     (is_home_ ? "the home" : "the copy") + " at " + printable(arguments_.place, 500) + "\nArchive " +
                     id_words(view_->id) + "\n\n";
  if (needs_.empty()) {
    text += "All is well. Nothing needs you.\n";
  } else {
    text += needs_.size() == 1 ? "One thing needs you:\n" : std::to_string(needs_.size()) + " things need you:\n";
    for (const std::string& need : needs_) text += "  - " + need + "\n";
  }
  for (const Chore& chore : chores_) {
    text += "\n" + chore.name + (chore.status == Status::done ? ":\n" : ": NOT DONE, OR NOT ALL OF IT\n");
    for (const std::string_view line : split(chore.text, '\n')) {
      if (!line.empty()) text += "  " + std::string(line) + "\n";
    }
  }
  return text;
}

Json Tender::document() const {
  Json chores = Json::array();
  for (const Chore& chore : chores_)
    chores.push_back({{"name", chore.name}, {"status", static_cast<int>(chore.status)}, {"text", chore.text}});
  return {{"archive", view_->id.hex()},
          {"isHome", is_home_},
          {"chores", chores},
          {"needs", needs_},
          {"diskPercent", disk_percent_ ? Json(*disk_percent_) : Json()}};
}

Status Tender::status() const {
  Status worst = needs_.empty() ? Status::done : Status::check_failed;
  for (const Chore& chore : chores_) worst = std::max(worst, chore.status);
  return worst;
}

/// A timer has nobody to ask.
Result<void> check_passphrase(const TendArguments& arguments, const Context& context) {
  const bool needs_one = arguments.key_file || arguments.cosigner_key;
  const bool has_one =
      context.passphrase_file || std::getenv("MUNIMENT_PASSPHRASE_FILE") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  if (!needs_one || has_one) return {};
  return Error(Code::invalid,
               "tend asks nobody for a passphrase: give --passphrase-file FILE, or leave the key away and take in by "
               "hand");
}

Status tell(const TendArguments& arguments, const Tender& tender, Context& context) {
  Status status = Status::done;
  const auto note = [&](const Result<void>& told) {
    if (told) return;
    context.output.note("muniment: " + told.error().sentence());
    status = std::max(status, status_of(told.error().code()));
  };
  const std::string message = tender.message();
  if (arguments.message_file) {
    const PrivateFiles only_for_me;
    note(replace_durably(context.doors.fs, absolute_path(*arguments.message_file), as_view(message)));
  }
  if (arguments.mail_command && tender.needs_somebody()) note(hand_over(*arguments.mail_command, message));
  return status;
}

}  // namespace

Status run_tend(const TendArguments& arguments, Context& context) {
  Output& out = context.output;
  if (arguments.print_timer) {
    const auto program = context.doors.fs.read_link("/proc/self/exe");
    const auto text = timer_units(arguments, context, program ? *program : "/usr/bin/muniment");
    if (!text) return fail(context, text.error());
    out.raw(*text);
    out.document({{"units", *text}});
    return Status::done;
  }
  if (const auto checked = check_passphrase(arguments, context); !checked) return fail(context, checked.error());
  Tender tender(arguments, context);
  if (const auto tended = tender.run(); !tended) {
    if (arguments.mail_command)
      static_cast<void>(
          hand_over(*arguments.mail_command, "muniment tend could do nothing: " + tended.error().sentence() + "\n")
              .has_value());
    return fail(context, tended.error());
  }
  const Status told = tell(arguments, tender, context);
  out.raw(tender.message());
  out.document(tender.document());
  return std::max(told, tender.status());
}

}  // namespace muniment::cli
