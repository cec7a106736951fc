#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "archive/card.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "cli/card_renewal.h"
#include "cli/commands.h"
#include "cli/sending_store.h"
#include "mirror/outbox.h"

namespace muniment::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<Card> read_sending_card(const SendArguments& arguments, Context& context) {
  TRY_ASSIGN(Bytes text, read_file(context.doors.fs, arguments.card, kCardBytesMax));
  auto card = parse_card(as_text(text));
  wipe(text);
  if (!card) return card.error().in(arguments.card);
  TRY_ASSIGN(const auto pin, parse_pin(arguments.id));
  if (pin) TRY(pin->check(card->archive));
  TRY(renew_card(context, arguments.card, *card));
  if (const auto good = check_not_expired(*card, context.doors.clock.now_s()); !good) {
    return Error(Code::denied, good.error().sentence() +
                                   ". Nothing was sent. What is sealed stays good: the new card sends it as it is. If "
                                   "the clock of this machine is wrong, set it first");
  }
  if (card->send.empty()) {
    return Error(Code::invalid, arguments.card +
                                    " does not say where to send. Ask a custodian for a card with addresses (muniment "
                                    "card --send-to), or carry the folder to one");
  }
  return card;
}

/// A mirror on the card, and what came of it.
struct Post {
  std::string address;
  Delivery delivery;
  std::optional<Error> unread;                   // why its log could not be looked at
  std::vector<std::optional<Landing>> landings;  // one for each deposit, once its log was read
};

/// The mirrors' words about one deposit, taken together.
struct Arrival {
  std::optional<std::uint64_t> index;  // once somebody of the archive vouches for it
  std::size_t holders = 0;             // mirrors whose copy shows its public part
  std::vector<std::string> losers;     // took it, show the entry, and do not have it
  bool is_removed = false;
  bool is_safe() const { return index && holders > 0 && !is_removed; }
};

class Sender {
 public:
  Sender(const SendArguments& arguments, Context& context, Card card, Outbox outbox)
      : arguments_(arguments), context_(context), card_(std::move(card)), outbox_(std::move(outbox)) {
    for (const Token& to : card_.send)
      posts_.push_back({.address = to.address, .delivery = {}, .unread = {}, .landings = {}});
  }

  Status run();

 private:
  void at_each_mirror(const std::function<void(Post&, Store&)>& work);
  void look();
  void send();
  void wait();
  void empty();
  bool has_taken(const Post& post, const Sha256& id) const;
  Arrival arrival_of(std::size_t number) const;
  bool is_under_way() const;
  void print_posts();
  void print_deposits();
  Status status() const;

  const SendArguments& arguments_;
  Context& context_;
  Card card_;
  Outbox outbox_;
  std::vector<Post> posts_;
  std::set<Sha256> emptied_;
  std::vector<Finding> trouble_here_;
};

/// One thread for each mirror: one that is slow or in trouble keeps no other.
void Sender::at_each_mirror(const std::function<void(Post&, Store&)>& work) {
  std::vector<std::jthread> threads;
  threads.reserve(posts_.size());
  for (Post& post : posts_) {
    threads.emplace_back([this, &post, &work] {
      const auto sending = open_sending_store(context_, post.address, card_.send);
      if (sending) return work(post, *sending->store);
      post.unread = post.delivery.stopped = sending.error();
    });
  }
}

void Sender::look() {
  at_each_mirror([this](Post& post, Store& store) {
    auto landings = look_for(outbox_.deposits, store, card_.archive);
    post.unread.reset();
    if (!landings) {
      post.unread = landings.error();
    } else {
      post.landings = std::move(*landings);
    }
  });
}

bool Sender::has_taken(const Post& post, const Sha256& id) const {
  return std::ranges::find(post.delivery.whole, id) != post.delivery.whole.end();
}

Arrival Sender::arrival_of(std::size_t number) const {
  Arrival arrival;
  for (const Post& post : posts_) {
    if (post.landings.empty() || !post.landings[number]) continue;
    const Landing& landing = *post.landings[number];
    if (landing.is_vouched) arrival.index = landing.index;
    arrival.is_removed |= landing.is_removed;
    arrival.holders += landing.is_held ? 1u : 0u;
    if (!landing.is_held && has_taken(post, outbox_.deposits[number].found.id)) arrival.losers.push_back(post.address);
  }
  return arrival;
}

/// What the log names already is not sent.
void Sender::send() {
  std::vector<Outgoing> waiting;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < outbox_.deposits.size(); ++i) {
    if (arrival_of(i).index) continue;
    waiting.push_back(outbox_.deposits[i]);
    bytes += outbox_.deposits[i].found.receipt.bytes;
  }
  if (waiting.empty()) return;
  Progress progress(context_.output, "Sending", bytes * posts_.size());
  std::mutex mutex;
  const auto count = [&](std::uint64_t more) {
    const std::lock_guard lock(mutex);
    progress.add(more);
  };
  at_each_mirror([&](Post& post, Store& store) { post.delivery = deliver(context_.doors.fs, waiting, store, count); });
  for (const Post& post : posts_) {
    for (const Finding& finding : post.delivery.unreadable) {
      const auto is_same = [&](const Finding& other) { return other.object == finding.object; };
      if (std::ranges::none_of(trouble_here_, is_same)) trouble_here_.push_back(finding);
    }
  }
}

/// True while some deposit that a mirror has taken is not safe yet.
bool Sender::is_under_way() const {
  for (std::size_t i = 0; i < outbox_.deposits.size(); ++i) {
    const Arrival arrival = arrival_of(i);
    const auto took_it = [&](const Post& post) { return has_taken(post, outbox_.deposits[i].found.id); };
    if (!arrival.is_safe() && !arrival.is_removed && (arrival.index || std::ranges::any_of(posts_, took_it)))
      return true;
  }
  return false;
}

void Sender::wait() {
  constexpr std::uint64_t kMsInSecond = 1000;
  if (is_under_way())
    context_.output.note(
        "Waiting for the archive to take it in. Ctrl-C ends this, and nothing is lost by it: run it again.");
  while (is_under_way()) {
    system_sleeper().wait_ms(arguments_.every_s * kMsInSecond);
    look();
    empty();
  }
}

void Sender::empty() {
  for (std::size_t i = 0; i < outbox_.deposits.size(); ++i) {
    const Outgoing& deposit = outbox_.deposits[i];
    if (!arrival_of(i).is_safe() || emptied_.contains(deposit.found.id)) continue;
    const auto emptied = empty_out(context_.doors.fs, deposit);
    emptied_.insert(deposit.found.id);
    if (!emptied)
      trouble_here_.push_back(
          {deposit.folder, "is safe, and could not be deleted here: " + emptied.error().sentence()});
  }
}

void Sender::print_posts() {
  Output& out = context_.output;
  for (const Post& post : posts_) {
    const Delivery& delivery = post.delivery;
    if (!delivery.whole.empty())
      out.line(post.address + " has taken " + counted(delivery.whole.size(), "deposit.", "deposits."));
    if (delivery.unseen > 0) {
      out.line(post.address + ": " + counted(delivery.unseen, "object was", "objects were") +
               " there already, from an earlier run most likely. What it is worth, the log will tell.");
    }
    if (delivery.stopped) {
      out.note("muniment: " + delivery.stopped->sentence() +
               ". What it has taken so far stays there; run this again to go on");
    } else if (post.unread) {
      out.note("The log at " + post.address + " could not be read: " + post.unread->sentence());
    }
  }
}

void Sender::print_deposits() {
  Output& out = context_.output;
  Json deposits = Json::array();
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < outbox_.deposits.size(); ++i) {
    const Outgoing& deposit = outbox_.deposits[i];
    const Arrival arrival = arrival_of(i);
    const std::string name = "Deposit " + deposit.found.id.hex().substr(0, 16);
    const std::size_t copies = arrival.holders + 1;  // and the home, which has logged it
    const std::string entry = arrival.index ? std::to_string(*arrival.index) : "";
    if (arrival.is_removed) {
      out.line(name + " was taken in and has been removed from the archive since: delete " + deposit.folder);
    } else if (arrival.is_safe()) {
      out.line(name + ": safe on " + std::to_string(copies) + " copies, entry " + entry + ".");
    } else if (arrival.index) {
      out.line(name + " is entry " + entry + ", and no mirror shows it yet: it stays here.");
    } else {
      ++waiting;
    }
    for (const std::string& loser : arrival.losers)
      out.line(loser + " said that it took " + name + ", and does not have it: tell a custodian.");
    deposits.push_back({{"id", deposit.found.id.hex()},
                        {"entry", arrival.index ? Json(*arrival.index) : Json()},
                        {"copies", arrival.index ? Json(copies) : Json()},
                        {"lostBy", arrival.losers},
                        {"removed", arrival.is_removed},
                        {"emptied", emptied_.contains(deposit.found.id)}});
  }
  if (waiting > 0)
    out.line(counted(waiting, "deposit is", "deposits are") + " not in the archive's log yet and " +
             (waiting == 1 ? "stays" : "stay") + " here. Run it again later, or with --wait.");
  if (outbox_.deposits.empty()) out.line("There is nothing to send in " + arguments_.folder + ".");
  Json refused = Json::array();
  for (const Finding& finding : outbox_.refused)
    refused.push_back({{"path", printable(finding.object, 4096)}, {"why", finding.what}});
  Json here = Json::array();
  for (const Finding& finding : trouble_here_)
    here.push_back({{"path", printable(finding.object, 4096)}, {"why", finding.what}});
  Json mirrors = Json::array();
  for (const Post& post : posts_) {
    Json whole = Json::array();
    for (const Sha256& id : post.delivery.whole) whole.push_back(id.hex());
    const auto& error = post.delivery.stopped ? post.delivery.stopped : post.unread;
    mirrors.push_back({{"address", post.address},
                       {"taken", whole},
                       {"objects", post.delivery.objects},
                       {"unseen", post.delivery.unseen},
                       {"error", error ? Json(error->sentence()) : Json()}});
  }
  out.document({{"archive", card_.archive.hex()},
                {"mirrors", mirrors},
                {"deposits", deposits},
                {"refused", refused},
                {"notWhole", here}});
}

Status Sender::status() const {
  if (!trouble_here_.empty() || !outbox_.refused.empty()) return Status::check_failed;
  for (std::size_t i = 0; i < outbox_.deposits.size(); ++i) {
    const Arrival arrival = arrival_of(i);
    if (!arrival.losers.empty()) return Status::check_failed;
    if (arrival.is_safe()) continue;
    if (std::ranges::any_of(posts_, [](const Post& post) { return post.delivery.stopped.has_value(); }))
      return Status::could_not;
  }
  return Status::done;
}

Status Sender::run() {
  if (!outbox_.deposits.empty()) {
    look();
    empty();  // what an earlier run sent may have arrived
    send();
    if (arguments_.waits) wait();
  }
  for (const Finding& finding : outbox_.refused) context_.output.note(printable(finding.object) + " " + finding.what);
  for (const Finding& finding : trouble_here_)
    context_.output.note("Not whole here: " + printable(finding.object) + ": " + finding.what);
  print_posts();
  print_deposits();
  return status();
}

}  // namespace

Status run_send(const SendArguments& arguments, Context& context) {
  auto card = read_sending_card(arguments, context);
  if (!card) return fail(context, card.error());
  auto outbox = read_outbox(context.doors.fs, arguments.folder, card->archive, arguments.first);
  if (!outbox) return fail(context, outbox.error());
  return Sender(arguments, context, std::move(*card), std::move(*outbox)).run();
}

}  // namespace muniment::cli
