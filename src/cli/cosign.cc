// muniment mirror cosigner, mirror cosign, mirror collect.
#include "mirror/cosign.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> cosign(const CosignArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_target(context, arguments.copy));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, arguments.key_file));
  const CosignerSigner signer = holder.cosigner();
  const std::string state = cosigner_state_path(arguments.key_file, view.charter.origin);
  TRY(make_folders(context.doors.fs, parent_of(state)));
  FolderHead head(context.doors.fs, state);
  TRY_ASSIGN(const std::string line, cosign_copy(*store, view, head, signer, context.doors.clock, arguments.looked_at));
  const std::uint64_t size = view.head.head.size;
  context.output.line("Cosigned as " + signer.verifier().name + ": " + counted(size, "entry", "entries") +
                      ", which continue all that was cosigned before. The copy shows it in its checkpoint.");
  const auto named = std::ranges::find(view.charter.policy.witnesses, signer.verifier(), &tlog::PolicyWitness::key);
  if (named == view.charter.policy.witnesses.end()) {
    context.output.note(
        "The charter does not name this cosigner: nobody asks for the cosignature. Its key, for the "
        "custodians:    " +
        signer.verifier().text());
  }
  return Json{{"cosigner", signer.verifier().name},
              {"entries", size},
              {"root", view.head.head.root.hex()},
              {"named", named != view.charter.policy.witnesses.end()},
              {"line", line.substr(0, line.size() - 1)}};
}

Result<Json> collect(const MirrorArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_target(context, arguments.archive));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  TRY_ASSIGN(const auto client, HttpClient::make(context.network));
  std::vector<std::string> notes;
  Json refused = Json::array();
  for (const std::string& address : arguments.others) {
    const bool is_http = address.starts_with("http://") || address.starts_with("https://");
    auto note =
        is_http ? ask_cosigner(*client, address, *store, view.head) : Result<std::string>(Error(Code::unsupported, ""));
    if (!note && note.error().code() == Code::unsupported) {
      // A copy that was cosigned elsewhere shows it as well.
      const auto other = open_store(context, address);
      const auto shown =
          other ? (*other)->get(ObjectName("checkpoint"), kCheckpointBytesMax) : Result<Bytes>(other.error());
      note = shown ? Result<std::string>(std::string(as_text(*shown))) : Result<std::string>(shown.error());
    }
    if (note) {
      notes.push_back(std::move(*note));
      continue;
    }
    context.output.note("muniment: " + note.error().sentence());
    refused.push_back({{"where", printable(address, 8192)}, {"why", note.error().sentence()}});
  }
  TRY_ASSIGN(const std::size_t fresh, add_to_checkpoint(*store, view.head, view.charter.policy, notes));
  TRY_ASSIGN(const SignedHead head, read_head(*store, view.charter.log()));
  TRY_ASSIGN(const HeadQuorum quorum, find_quorum(head, view.charter.policy));
  context.output.line(counted(fresh, "cosignature is", "cosignatures are") + " new. " +
                      (!quorum.is_asked_for ? "The charter asks for none."
                       : quorum.is_met()    ? "A quorum has cosigned this head."
                                            : "A quorum has not cosigned this head yet."));
  return Json{{"entries", head.head.size}, {"fresh", fresh}, {"quorum", quorum.is_met()}, {"refused", refused}};
}

}  // namespace

std::string cosigner_state_path(const std::string& key_file, const std::string& origin) {
  return join(absolute_path(key_file) + ".cosigned", sha256(as_view(origin)).hex() + "/checkpoint");
}

Status run_mirror_collect(const MirrorArguments& arguments, Context& context) {
  const auto document = collect(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return document->at("refused").empty() ? Status::done : Status::check_failed;
}

Status run_mirror_cosigner(const CosignerArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto holder = obtain_keys(context, arguments.key_file, arguments.pseudonym);
  if (!holder) return fail(context, holder.error());
  const CosignerKey key = holder->cosigner().verifier();
  context.output.line("witness " + key.name + " " + key.text());
  context.output.document({{"name", key.name}, {"key", key.text()}, {"keyFile", arguments.key_file}});
  return Status::done;
}

Status run_mirror_cosign(const CosignArguments& arguments, Context& context) {
  const PrivateFiles only_for_me;
  const auto document = cosign(arguments, context);
  if (!document) return fail(context, document.error());
  context.output.document(*document);
  return Status::done;
}

}  // namespace muniment::cli
