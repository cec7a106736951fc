#include "cli/card_renewal.h"

#include <algorithm>

#include "archive/next_card.h"
#include "base/encoding.h"
#include "cli/sending_store.h"

namespace muniment::cli {
namespace {

constexpr std::int64_t kSoonDays = 30;
constexpr int kRenewalsMax = 16;  // in one run

bool expires_soon(const Card& card, std::int64_t now_s) {
  return !check_not_expired(card, now_s + kSoonDays * kDayS).has_value();
}

/// What any mirror of the card has. A login page in between, or what a mirror made up, does not open, and is none.
std::optional<SecretBytes> find_next(Context& context, const Card& card, std::string_view text) {
  const ObjectName name = next_card_name(text);
  for (const Token& to : card.send) {
    const auto sending = open_sending_store(context, to.address, card.send, {.first_tries_max = 1});
    if (!sending) continue;
    const auto sealed = sending->store->get(name, kSealedCardBytesMax);
    if (!sealed) continue;
    if (auto next = open_next_card(text, *sealed)) return std::move(*next);
  }
  return std::nullopt;
}

}  // namespace

Result<void> publish_next_card(Context& context, OrderDesk& at, const std::string& older, std::string_view newer) {
  TRY_ASSIGN(Bytes bytes, read_file(context.doors.fs, older, kCardBytesMax));
  const SecretBytes text = SecretBytes::copy_of(bytes);
  wipe(bytes);
  auto sealed = seal_next_card(text.expose_text(), newer, context.doors.random);
  if (!sealed) return sealed.error().in(older);
  const ObjectName name = next_card_name(text.expose_text());
  Store& store = at.home->store();
  if (std::ranges::find(at.view.next_cards, name) != at.view.next_cards.end())
    return Error(Code::conflict, "a card that follows " + older + " was made before: that one is fetched");
  TRY(store.replace(name, *sealed));  // of what a run left that was cut off before it logged it
  const tlog::TreeHead& head = at.view.head.head;
  TileReader tiles(store, head.size);
  TRY_ASSIGN(tlog::Frontier frontier, tlog::Frontier::resume(head.size, tiles.source()));
  std::vector<Bytes> entries{next_card_entry(at.view.id, name, *sealed)};
  frontier.append(tlog::leaf_hash(entries.front()));
  const std::string accept = make_accept(at.view.id, head.size, frontier.head(), at.holder.signer());
  entries.emplace_back(accept.begin(), accept.end());
  TRY(at.home->appender().append(entries, head));
  return {};
}

Result<void> renew_card(Context& context, const std::string& path, Card& card) {
  const std::int64_t now_s = context.doors.clock.now_s();
  for (int count = 0; count < kRenewalsMax && !card.send.empty() && expires_soon(card, now_s); ++count) {
    TRY_ASSIGN(Bytes bytes, read_file(context.doors.fs, path, kCardBytesMax));
    const SecretBytes text = SecretBytes::copy_of(bytes);
    wipe(bytes);
    const auto next = find_next(context, card, text.expose_text());
    if (!next) {
      context.output.note("This card is good until " + card.expires +
                          ", and its mirrors have none that follows it yet: ask a custodian for one.");
      return {};
    }
    const PrivateFiles only_for_me;
    TRY(replace_durably(context.doors.fs, path, next->expose()));
    TRY_ASSIGN(card, parse_card(next->expose_text()));
    context.output.note("A newer card was fetched and is in " + path + " now: it is good until " + card.expires + ".");
  }
  return {};
}

}  // namespace muniment::cli
