#include "archive/card.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "archive/card_page.h"
#include "archive/view.h"
#include "base/encoding.h"
#include "cli/card_renewal.h"
#include "cli/chores.h"
#include "cli/commands.h"
#include "store/s3_address.h"

namespace muniment::cli {
namespace {

/// The credentials that are given for this bucket, as a token. They are for whoever has the card, and must not be those
/// by which the bucket is kept: so only such as are for this bucket alone count.
Result<Token> token_for_bucket(const std::string& address, Context& context) {
  TRY_ASSIGN(const S3Address bucket, S3Address::parse(address));
  TRY_ASSIGN(const auto* credentials, credentials_of(context));
  const SecretBytes* pair = credentials_for(*credentials, bucket);
  const bool is_own = std::ranges::any_of(
      *credentials, [&](const S3Credentials& each) { return &each.pair == pair && !each.address.empty(); });
  if (!is_own) {
    return Error(Code::invalid,
                 "there are no credentials for sending to " + printable(address, 200) +
                     ": give --credentials FILE with a line \"KEY:SECRET s3://HOST/BUCKET\" for a user who "
                     "may only create below incoming/ (docs/cli.md, \"Sending into a bucket\")");
  }
  TRY_ASSIGN(SecretBytes token, token_of_pair(*pair));
  return Token{Token::Right::deposit, std::move(token), bucket.text()};
}

/// The tokens by which each of the addresses takes in deposits.
Result<std::vector<Token>> tokens_to(const std::vector<std::string>& addresses, Context& context) {
  std::vector<Token> found;
  TRY_ASSIGN(const auto* tokens, tokens_of(context));
  for (std::string address : addresses) {
    while (address.ends_with('/')) address.pop_back();
    if (is_bucket(address)) {
      TRY_ASSIGN(Token token, token_for_bucket(address, context));
      found.push_back(std::move(token));
      continue;
    }
    const Token* token = token_for(*tokens, Token::Right::deposit, address);
    if (token == nullptr) {
      return Error(Code::invalid, "there is no token for sending to " + printable(address, 200) +
                                      ": give --token-file FILE with a line \"deposit TOKEN ADDRESS\" for it");
    }
    found.push_back({token->right, SecretBytes::copy_of(token->text.expose()), address});
  }
  return found;
}

struct MadeCard {
  Card card;
  std::string text;
  std::optional<Sha256> page;  // digest of the file
};

Result<MadeCard> make_card(const CardArguments& arguments, Context& context) {
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  if (!arguments.send_to.empty() && !arguments.output && !arguments.page)
    return Error(Code::invalid,
                 "a card with addresses has tokens on it, which no terminal should keep: give -o FILE or --html FILE");
  if (arguments.after && arguments.send_to.empty())
    return Error(Code::invalid, "what has no addresses fetches nothing: give --send-to, or hand the new card over");
  TRY_ASSIGN(const auto tokens, tokens_to(arguments.send_to, context));
  TRY_ASSIGN(const auto store, open_store(context, arguments.archive));
  TRY_ASSIGN(const FoundCharter charter, read_charter(*store, pin));
  std::optional<OrderDesk> desk;  // only what is logged needs the home
  std::optional<HolderKeys> own;
  if (arguments.after) {
    TRY_ASSIGN(desk, open_home(context, arguments.archive, arguments.key_file, arguments.id));
  } else {
    TRY_ASSIGN(own, open_key_file(context, arguments.key_file));
  }
  const HolderKeys& keys = desk ? desk->holder : *own;
  const std::string expires = to_date(context.doors.clock.now_s() + static_cast<std::int64_t>(arguments.days) * kDayS);
  TRY_ASSIGN(std::string text, make_card(charter, arguments.compartment, expires, keys.signer(), tokens));
  TRY_ASSIGN(Card card, parse_card(text));
  std::string page;
  if (arguments.page) {
    TRY_ASSIGN(page, make_card_page(text, context.doors.clock.now_s()));
  }
  std::optional<PrivateFiles> only_for_me;
  if (!tokens.empty()) only_for_me.emplace();
  if (arguments.output) TRY(create_durably(context.doors.fs, *arguments.output, as_view(text)));
  if (arguments.page) TRY(create_durably(context.doors.fs, *arguments.page, as_view(page)));
  if (desk) {
    const auto published = publish_next_card(context, *desk, *arguments.after, text);
    if (!published) return published.error().in("the card is made, and nobody can fetch it");
  }
  Issued issued{.kind = "card",
                .id = sha256(as_view(text)).hex().substr(0, 16),
                .about = card.compartment,
                .by = keys.pseudonym(),
                .made = {},
                .expires = card.expires,
                .addresses = arguments.send_to};
  if (arguments.output || !tokens.empty()) note_issued(context, arguments.archive, charter.charter, std::move(issued));
  MadeCard made{.card = std::move(card), .text = std::move(text), .page = {}};
  if (arguments.page) made.page = sha256(as_view(page));
  return made;
}

std::string secrecy_of(const Card& card) {
  if (card.send.empty()) return "There is nothing secret on it";
  return "It opens nothing; but it says where the mirrors are, and whoever has it can send there: keep it from those "
         "who would block them";
}

void tell_of_page(const MadeCard& made, const std::string& path, Output& out) {
  out.line("Wrote the page " + path + ". " + secrecy_of(made.card) + "; it is good until " + made.card.expires + ".");
  out.line("It seals in a browser, without a network: open the file on a phone or on any machine." +
           std::string(made.card.send.empty() ? "" : " What was sealed can be sent from there."));
  out.line("The page shows the archive's words. Whoever alters it can show them as well, so hand it over yourself,");
  out.line("and say, or print, the fingerprint of the file (sha256sum; in Windows certutil -hashfile FILE SHA256):");
  out.line("");
  out.line("    " + made.page->hex());
  out.line("");
}

}  // namespace

Status run_card(const CardArguments& arguments, Context& context) {
  const auto made = make_card(arguments, context);
  if (!made) return fail(context, made.error());
  Output& out = context.output;
  if (!arguments.output && !arguments.page) out.raw(made->text);
  if (arguments.page) tell_of_page(*made, *arguments.page, out);
  if (arguments.output)
    out.line("Wrote the card " + *arguments.output + ". " + secrecy_of(made->card) + "; it is good until " +
             made->card.expires + ".");
  if (arguments.output || arguments.page) {
    out.line("Whoever gets it should compare these words with you, by voice or on paper:");
    out.line("");
    out.line("    " + id_words(made->card.archive));
    out.line("");
  }
  if (arguments.after)
    out.line("Whoever has " + *arguments.after +
             " gets this one by itself, by muniment send, once the mirrors have what is logged now: muniment mirror "
             "push, or their next pull.");
  if (arguments.output)
    out.line("Next: on the device in the field    muniment seal --card " + *arguments.output + " -o FOLDER PATH...");
  if (arguments.page) out.line("What comes back is taken in by    muniment deposit " + arguments.archive + " FILE");
  nlohmann::ordered_json send_to = nlohmann::ordered_json::array();
  for (const Token& to : made->card.send) send_to.push_back(to.address);
  const bool is_secret = !made->card.send.empty();  // its tokens stay in its file
  nlohmann::ordered_json document = {
      {"archive", made->card.archive.hex()},
      {"words", id_words(made->card.archive)},
      {"compartment", made->card.compartment},
      {"recipient", made->card.recipient},
      {"expires", made->card.expires},
      {"sendTo", send_to},
      {"card", is_secret ? nlohmann::ordered_json() : nlohmann::ordered_json(made->text)}};
  if (made->page) document["pageSha256"] = made->page->hex();
  out.document(document);
  return Status::done;
}

}  // namespace muniment::cli
