// muniment mirror cosigner, mirror cosign.
#include "mirror/cosign.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "cli/commands.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Where a cosigner keeps what it cosigned last of a log, beside its key file.
std::string state_path(const std::string& key_file, const std::string& origin) {
  return join(absolute_path(key_file) + ".cosigned", sha256(as_view(origin)).hex() + "/checkpoint");
}

Result<Json> cosign(const CosignArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  TRY_ASSIGN(const auto store, open_folder(context, arguments.copy));
  TRY_ASSIGN(const ArchiveView view, view_archive(*store, pin));
  TRY_ASSIGN(const HolderKeys holder, open_key_file(context, arguments.key_file));
  const CosignerSigner signer = holder.cosigner();
  const std::string state = state_path(arguments.key_file, view.charter.origin);
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

}  // namespace

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
