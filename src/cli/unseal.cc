// muniment unseal: the trustees open single deposits for somebody, who never holds their key.
#include "archive/unseal.h"

#include <nlohmann/json.hpp>

#include "archive/proposal.h"
#include "base/encoding.h"
#include "cli/authority_commands.h"
#include "cli/orders.h"
#include "cli/share_desk.h"
#include "cli/terminal.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<std::string> ask_reason(const UnsealArguments& arguments, Context& context) {
  if (arguments.reason_file) {
    TRY_ASSIGN(const Bytes bytes, read_file(context.doors.fs, *arguments.reason_file, kUnsealReasonBytesMax));
    return std::string(as_text(bytes));
  }
  QuietTerminal terminal;
  if (!terminal.is_usable()) {
    return Error(Code::denied, "there is no terminal to ask for the reason on: give --reason-file FILE");
  }
  terminal.say("Why, in one line. Only trustees read it, at a later meeting: ");
  TRY_ASSIGN(const SecretBytes line, terminal.read_line(kUnsealReasonBytesMax, /*shown=*/true));
  return std::string(line.expose_text());
}

/// Where it is done: the home, with a custodian who logs the entry, or any copy.
struct UnsealPlace {
  std::unique_ptr<Store> copy;
  std::optional<OrderDesk> home;
  std::optional<ArchiveView> view_of_copy;

  Store& store() { return home ? home->home->store() : *copy; }
  const ArchiveView& view() const { return home ? home->view : *view_of_copy; }
};

Result<UnsealPlace> find_place(const UnsealArguments& arguments, Context& context) {
  UnsealPlace place;
  if (arguments.key_file) {
    TRY_ASSIGN(place.home, open_home(context, arguments.archive, *arguments.key_file, arguments.id));
    return place;
  }
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(place.copy, open_store(context, arguments.archive));
  TRY_ASSIGN(place.view_of_copy, view_archive(*place.copy, pin));
  return place;
}

std::string instructions(const std::vector<Sha256>& deposits) {
  std::string text =
      "What was opened for you, each in a folder with the deposit's id. It opens with your key alone.\n"
      "You also need a copy of the archive, any of them: the files themselves lie there.\n";
  for (const Sha256& id : deposits) {
    text += "\n    muniment open ARCHIVE " + id.hex().substr(0, 16) + " --seal " + id.hex() +
            " --key YOUR.key -o /dev/shm/opened\n\nor without muniment, with age (your key in YOUR.age):\n\n    cat " +
            id.hex() + "/" + kUnsealedHeader + " ARCHIVE/" + deposit_folder(id) +
            "/part-* | age -d -i YOUR.age | tar -x\n";
  }
  return text;
}

/// For the asker, and beside it, unless it is logged already, the entry for a custodian.
Result<void> hand_over(const UnsealArguments& arguments, Context& context, const std::vector<Sha256>& deposits,
                       const Unsealed& unsealed, const std::string& note, bool is_logged) {
  Fs& fs = context.doors.fs;
  for (std::size_t i = 0; i < deposits.size(); ++i) {
    const std::string folder = join(arguments.output, deposits[i].hex());
    TRY(make_folders(fs, folder));
    TRY(create_durably(fs, join(folder, kUnsealedHeader), unsealed.seals[i].header));
    TRY(create_durably(fs, join(folder, kUnsealedContents), unsealed.seals[i].contents));
  }
  TRY(create_durably(fs, join(arguments.output, "README.txt"), as_view(instructions(deposits))));
  if (is_logged) return {};
  return create_durably(fs, arguments.output + ".entry", as_view(note));
}

Result<Json> unseal_for(const UnsealArguments& arguments, Context& context) {
  TRY_ASSIGN(const bool is_there, exists(context.doors.fs, arguments.output));
  if (is_there) return Error(Code::conflict, arguments.output + " is there already: name a new folder");
  UnsealRequest request;
  TRY_ASSIGN(request.asker, read_recipient(context, arguments.asker));
  TRY_ASSIGN(UnsealPlace place, find_place(arguments, context));
  const ArchiveView& view = place.view();
  TRY_ASSIGN(request.deposits, find_deposits(view, arguments.deposits));
  TRY_ASSIGN(request.reason, ask_reason(arguments, context));
  request.date = to_date(context.doors.clock.now_s());
  TRY_ASSIGN(const TrusteesKeys trustees, ask_trustees(context, view.charter));
  TRY_ASSIGN(const Unsealed unsealed, unseal(place.store(), view, trustees, request, context.doors.random));
  const SignerKey* const signers[] = {&trustees.signer()};
  const std::string note = sign_note(render_order(unsealed.order, view.id), signers);
  TRY(parse_signed_order(note, view.id, view.charter));
  // The entry before the plaintext: what is handed over first may never be logged.
  if (place.home) TRY(place.home->home->appender().append({Bytes(note.begin(), note.end())}));
  TRY(hand_over(arguments, context, request.deposits, unsealed, note, place.home.has_value()));

  Output& out = context.output;
  const Order& order = unsealed.order;
  out.line(counted(order.items, "deposit", "deposits") + " of the compartment \"" + order.compartment +
           (order.items == 1 ? "\" is" : "\" are") + " opened for " + request.asker.substr(0, 24) + "… alone, in " +
           arguments.output + ". Give that folder to the asker.");
  if (place.home) {
    out.line("The entry is logged: compartment, set " + std::to_string(order.set) +
             " and how many; for whom and why is "
             "sealed to the trustees. Next:    muniment mirror push " +
             arguments.archive + " FOLDER");
  } else {
    out.line(
        "NOT LOGGED YET: a custodian logs the entry at the home of the archive, before the folder is handed over:");
    out.line("    muniment approve ARCHIVE " + arguments.output + ".entry --key KEYFILE");
  }
  if (!request.asker.starts_with("age1pq1")) {
    out.note(
        "The asker's key is a classic one: a machine of the future may open a copy of this folder. Destroy it "
        "after use.");
  }
  out.line("This machine has held the trustees' key for a moment. Next: deal anew    muniment trustees deal ARCHIVE");
  Json deposits = Json::array();
  for (const Sha256& id : request.deposits) deposits.push_back(id.hex());
  return Json{{"order", order.number}, {"compartment", order.compartment}, {"set", order.set},
              {"deposits", deposits},  {"logged", place.home.has_value()}, {"output", arguments.output}};
}

}  // namespace

Status run_unseal(const UnsealArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto document = unseal_for(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace muniment::cli
