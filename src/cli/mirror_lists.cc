// muniment mirror lists, mirror learn, mirror status: who holds what, and who can be reached.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "age/file.h"
#include "archive/mirror_list.h"
#include "base/encoding.h"
#include "cli/chores.h"
#include "cli/commands.h"
#include "cli/orders.h"
#include "mirror/probe.h"
#include "mirror/registry.h"
#include "mirror/survey.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kProbesAtOnce = 16;

struct MadeList {
  std::string file;
  std::size_t addresses = 0;
};

/// The list of all for each recipient, and the buckets' as they are. Files first: once the log names the lists, they
/// are there.
Result<std::vector<MadeList>> write_lists(const MirrorListsArguments& arguments, const std::vector<MirrorList>& lists,
                                          const std::vector<std::string>& notes, Context& context) {
  Fs& fs = context.doors.fs;
  TRY(make_folders(fs, arguments.output));
  std::vector<MadeList> made;
  for (std::size_t i = 0; i < arguments.recipients.size(); ++i) {
    TRY_ASSIGN(const std::string text, read_recipient(context, arguments.recipients[i]));
    TRY_ASSIGN(const auto recipient, age::parse_recipient(text));
    const age::Recipient* const recipients[] = {recipient.get()};
    TRY_ASSIGN(const Bytes sealed, age::seal_bytes(as_view(notes[0]), recipients, context.doors.random));
    made.push_back({join(arguments.output, "all-" + std::to_string(i + 1) + ".age"), lists[0].addresses.size()});
    TRY(create_durably(fs, made.back().file, sealed));
  }
  for (std::size_t i = 1; i < lists.size(); ++i) {
    made.push_back({join(arguments.output, "bucket-" + lists[i].bucket + ".txt"), lists[i].addresses.size()});
    TRY(create_durably(fs, made.back().file, as_view(notes[i])));
  }
  return made;
}

Result<Json> make_lists(const MirrorListsArguments& arguments, Context& context) {
  TRY_ASSIGN(OrderDesk at, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, arguments.addresses, kMirrorListBytesMax));
  TRY_ASSIGN(const auto addresses, parse_mirror_addresses(as_text(bytes)));
  const std::string expires = to_date(context.doors.clock.now_s() + static_cast<std::int64_t>(arguments.days) * kDayS);
  const auto lists = lists_of(addresses, at.view.id, expires, context.doors.random);
  TRY_ASSIGN(const auto notes, sign_mirror_lists(lists, at.holder.signer()));
  TRY_ASSIGN(const SignedMirrorList first, parse_mirror_list(notes[0], at.view.id, at.view.charter));
  TRY_ASSIGN(const auto made, write_lists(arguments, lists, notes, context));
  Order order = new_order(OrderKind::mirrors, context.doors);
  order.lists = first.commitment;
  TRY(log_order(at, order));
  note_issued(context, arguments.archive, at.view.charter,
              {.kind = "list",
               .id = sha256(as_view(notes[0])).hex().substr(0, 16),
               .about = {},
               .by = at.holder.pseudonym(),
               .made = {},
               .expires = expires,
               .addresses = {}});  // no disk keeps the addresses of all mirrors together
  Json files = Json::array();
  for (const MadeList& list : made) {
    context.output.line("Wrote " + list.file + ": " + counted(list.addresses, "address", "addresses"));
    files.push_back({{"file", list.file}, {"addresses", list.addresses}});
  }
  context.output.line("Signed, good until " + expires +
                      ", and logged: the log has a commitment to them and no address. Whoever gets one:    muniment "
                      "mirror learn COPY FILE");
  return Json{{"order", order.number}, {"expires", expires}, {"lists", files}};
}

/// The text of a list, opened where it is sealed.
Result<std::string> read_list(const MirrorLearnArguments& arguments, Context& context) {
  constexpr std::string_view kSealed = "age-encryption.org/";
  TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, arguments.list, 2 * kMirrorListBytesMax));
  if (!as_text(bytes).starts_with(kSealed)) return std::string(as_text(bytes));
  if (!arguments.key_file) return Error(Code::invalid, arguments.list + " is sealed: give --key KEYFILE");
  TRY_ASSIGN(const HolderKeys keys, open_key_file(context, *arguments.key_file));
  const age::Identity* const identities[] = {&keys.identity()};
  TRY_ASSIGN(const SecretBytes plain, age::open_bytes(bytes, identities));
  return std::string(plain.expose_text());
}

void say_what_the_log_says(const SignedMirrorList& list, const ArchiveView& view, Output& out) {
  switch (find_in_log(list, view)) {
    case ListInLog::newest: return;
    case ListInLog::older: return out.note("Newer lists were made since: ask for one.");
    case ListInLog::none:
      return out.note(
          "The log of this copy does not name the list: the copy is older, or the list was made for you alone. Bring "
          "the copy up to date (muniment mirror pull), and learn it again.");
  }
}

Result<Json> learn(const MirrorLearnArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_folder(context, arguments.copy));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  TRY_ASSIGN(const std::string text, read_list(arguments, context));
  TRY_ASSIGN(const SignedMirrorList list, parse_mirror_list(text, view.id, view.charter));
  TRY_ASSIGN(const std::int64_t expires_s, parse_date(list.list.expires));
  if (context.doors.clock.now_s() >= expires_s) {
    return Error(Code::denied, "the list expired on " + list.list.expires + " (this machine says it is " +
                                   to_date(context.doors.clock.now_s()) + "): ask for a new one");
  }
  say_what_the_log_says(list, view, context.output);
  TRY_ASSIGN(const auto known, read_mirrors(context.doors.fs, store->root()));
  std::uint64_t added = 0;
  for (const std::string& address : list.list.addresses) {
    if (std::ranges::find(known, address, &KnownMirror::where) != known.end()) continue;
    TRY(remember_mirror(context.doors.fs, store->root(), {.where = address, .size = 0, .held = 0, .seen = ""}));
    ++added;
  }
  context.output.line("The list has " + counted(list.list.addresses.size(), "address", "addresses") + ", " +
                      std::to_string(added) + " of them new here; it is good until " + list.list.expires +
                      ". Next:    muniment mirror status " + arguments.copy);
  const auto in_log = find_in_log(list, view);
  return Json{{"archive", view.id.hex()},
              {"bucket", list.list.bucket},
              {"expires", list.list.expires},
              {"addresses", list.list.addresses},
              {"added", added},
              {"inLog", in_log == ListInLog::newest  ? "newest"
                        : in_log == ListInLog::older ? "older"
                                                     : "no"}};
}

struct LookedAt {
  KnownMirror known;
  Probe probe;
  std::uint64_t behind = 0;
  bool is_forked = false;
};

/// The beginning of a part that lies here, chosen by chance: a mirror cannot know which.
std::optional<Canary> choose_canary(Store& store, const ArchiveView& view, Random& random) {
  std::vector<const LoggedDeposit*> here;
  for (const LoggedDeposit& deposit : view.deposits) {
    if (!deposit.removal && view.is_accepted(deposit)) here.push_back(&deposit);
  }
  if (here.empty()) return std::nullopt;
  std::array<std::uint8_t, 8> number{};
  random.fill(number);
  std::uint64_t chosen = 0;
  for (const std::uint8_t byte : number) chosen = chosen << 8 | byte;
  const LoggedDeposit& deposit = *here[chosen % here.size()];
  const ObjectName name(deposit_folder(deposit.id) + "/" + part_name(0));
  auto bytes = store.get(name, kPartBytes);
  if (!bytes || bytes->empty()) return std::nullopt;
  const std::uint64_t size = bytes->size();
  if (bytes->size() > kCanaryBytes) bytes->resize(kCanaryBytes);
  return Canary{.name = name.text(), .size_bytes = size, .beginning = std::move(*bytes)};
}

/// The same of what is no web server: it is there, or not.
Probe probe_store(Context& context, const std::string& where, const LogIdentity& log,
                  const std::optional<Canary>& canary) {
  Probe probe;
  const auto fail_with = [&](Reach reach, const Error& error) {
    probe.reach = reach;
    probe.sentence = error.sentence();
    return probe;
  };
  const auto store = open_store(context, where);
  if (!store) return fail_with(Reach::refused, store.error());
  auto head = read_head(**store, log);
  if (!head) {
    const Code code = head.error().code();
    return fail_with(code == Code::corrupt || code == Code::forged ? Reach::foreign : Reach::refused, head.error());
  }
  probe.head = std::move(*head);
  probe.sentence = "answers";
  if (!canary) return probe;
  const auto bytes = (*store)->get(*ObjectName::parse(canary->name), kPartBytes);
  if (bytes && !as_text(*bytes).starts_with(as_text(canary->beginning)))
    return fail_with(Reach::foreign,
                     Error(Code::corrupt, "what it has for an object of the archive is not that object"));
  return probe;
}

void probe_all(std::vector<LookedAt>& all, const LogIdentity& log, const std::optional<Canary>& canary,
               Context& context) {
  constexpr std::uint64_t kTimeOutMs = 10'000;
  const auto probe_web = [&](LookedAt& each) {
    HttpSettings settings = context.network;
    settings.connect_timeout_ms = kTimeOutMs;
    settings.stall_timeout_s = kTimeOutMs / 1000;
    const auto client = HttpClient::make(std::move(settings));
    if (!client) {
      each.probe.reach = Reach::refused;
      each.probe.sentence = client.error().sentence();
      return;
    }
    each.probe = probe_mirror(**client, each.known.where, log, canary);
  };
  for (std::size_t begin = 0; begin < all.size(); begin += kProbesAtOnce) {
    std::vector<std::jthread> running;
    for (std::size_t i = begin; i < std::min(all.size(), begin + kProbesAtOnce); ++i) {
      LookedAt& each = all[i];
      if (each.known.where.starts_with("http://") || each.known.where.starts_with("https://")) {
        running.emplace_back([&probe_web, &each] { probe_web(each); });
      } else {
        each.probe = probe_store(context, each.known.where, log, canary);
      }
    }
  }
}

/// Holds the heads that were shown against the entries here.
Result<void> compare_heads(std::vector<LookedAt>& all, Store& store, const ArchiveView& view) {
  Survey survey{.charter = view.chain, .copies = std::vector<SurveyedCopy>(1), .best = 0};
  survey.copies[0].head = view.head;
  std::vector<LookedAt*> compared;
  for (LookedAt& each : all) {
    if (!each.probe.head || each.probe.head->head.size > view.head.head.size) continue;
    each.behind = view.head.head.size - each.probe.head->head.size;
    survey.copies.emplace_back();
    survey.copies.back().head = each.probe.head;
    compared.push_back(&each);
  }
  TRY_ASSIGN(const auto forks, find_forks(store, survey));
  for (const Fork& fork : forks) compared[fork.copy - 1]->is_forked = true;
  return {};
}

std::string sentence_of(const LookedAt& each, std::uint64_t size) {
  const Probe& probe = each.probe;
  if (each.is_forked)
    return "FORKED: its checkpoint is signed by the log key and contradicts the log here. Run muniment mirror audit";
  std::string lag;
  if (probe.head && each.behind > 0) lag = ", behind by " + counted(each.behind, "entry", "entries");
  if (probe.head && probe.head->head.size > size) lag = ", and shows newer entries than are here";
  switch (probe.reach) {
    case Reach::answers: return "answers" + lag;
    case Reach::name: return "blocked at the name: " + probe.sentence;
    case Reach::proxy: return "not asked, the proxy fails: " + probe.sentence;
    case Reach::connection: return "blocked at the connection, or down: " + probe.sentence;
    case Reach::tls: return "blocked at TLS: " + probe.sentence;
    case Reach::cut: return "cut off after " + std::to_string(probe.bytes) + " bytes: " + probe.sentence + lag;
    case Reach::refused: return "does not give it: " + probe.sentence;
    case Reach::foreign: return "WRONG CONTENT: " + probe.sentence;
  }
  panic(__FILE__, __LINE__, "unknown reach");
}

std::string worth_of(const KnownMirror& known, std::uint64_t size) {
  if (known.seen.empty()) return "never read whole";
  if (known.held >= size) return "held everything on " + known.seen;
  if (known.held == 0) return "held a part, or was damaged, on " + known.seen;
  return "held " + counted(known.held, "entry", "entries") + " on " + known.seen;
}

}  // namespace

Status run_mirror_lists(const MirrorListsArguments& arguments, Context& context) {
  const auto document = make_lists(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

Status run_mirror_learn(const MirrorLearnArguments& arguments, Context& context) {
  const auto document = learn(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

Status run_mirror_status(const MirrorArguments& arguments, Context& context) {
  const auto pin = parse_pin(arguments.id);
  if (!pin) return fail(context, pin.error());
  const auto store = open_folder(context, arguments.archive);
  if (!store) return fail(context, store.error());
  const auto view = view_archive(**store, *pin);
  if (!view) return fail(context, view.error());
  const auto known = read_mirrors(context.doors.fs, (*store)->root());
  if (!known) return fail(context, known.error());
  std::vector<LookedAt> all;
  for (const KnownMirror& mirror : *known) all.push_back({.known = mirror, .probe = {}});
  probe_all(all, view->charter.log(), choose_canary(**store, *view, context.doors.random), context);
  if (const auto compared = compare_heads(all, **store, *view); !compared) return fail(context, compared.error());

  Json mirrors = Json::array();
  bool is_good = true;
  const std::uint64_t size = view->head.head.size;
  for (const LookedAt& each : all) {
    const std::string sentence = sentence_of(each, size);
    context.output.line(each.known.where + ": " + sentence + "; " + worth_of(each.known, size));
    is_good &= each.probe.reach == Reach::answers && each.behind == 0 && !each.is_forked;
    mirrors.push_back({{"where", printable(each.known.where, 8192)},
                       {"reach", name_of(each.probe.reach)},
                       {"bytes", each.probe.bytes},
                       {"entries", each.probe.head ? Json(each.probe.head->head.size) : Json(nullptr)},
                       {"behind", each.behind},
                       {"forked", each.is_forked},
                       {"held", each.known.held},
                       {"seen", each.known.seen},
                       {"sentence", sentence}});
  }
  if (all.empty())
    context.output.line("No mirror is known here. From a list:    muniment mirror learn " + arguments.archive +
                        " LIST");
  context.output.document({{"archive", view->id.hex()}, {"entries", size}, {"mirrors", mirrors}});
  return is_good ? Status::done : Status::check_failed;
}

}  // namespace muniment::cli
