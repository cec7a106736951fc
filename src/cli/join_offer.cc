// What a volunteer is asked when a mirror is set up.
#include <algorithm>
#include <limits>

#include "archive/mirror_list.h"
#include "base/encoding.h"
#include "cli/terminal.h"
#include "cli/volunteer.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kAnswerBytesMax = 300;
constexpr const char* kUsualListen = "127.0.0.1:8080";

/// Asks one thing at a time; the terminal is opened when the first one is to be asked.
class Questions {
 public:
  /// What was given, or what is typed; an empty line is `usual`. `option` is how a script says it.
  Result<std::string> ask(const std::optional<std::string>& given, const std::string& question, const char* option,
                          const std::string& usual = {}) {
    if (given) return *given;
    if (!terminal_) terminal_.emplace();
    if (!terminal_->is_usable()) return Error(Code::denied, "there is no terminal to ask: give " + std::string(option));
    terminal_->say(question + (usual.empty() ? ": " : " [" + usual + "]: "));
    TRY_ASSIGN(const SecretBytes line, terminal_->read_line(kAnswerBytesMax, /*shown=*/true));
    return line.empty() ? usual : std::string(line.expose_text());
  }

 private:
  std::optional<QuietTerminal> terminal_;
};

/// The largest part that a custodian has signed and that fits.
Result<std::optional<std::uint64_t>> choose_part(const std::string& answer, const Asked& asked) {
  if (answer == "all") {
    if (asked.may_hold_all) return std::optional<std::uint64_t>{};
    return Error(Code::invalid, "this invitation is for a part: say how much disk there is, 500G");
  }
  TRY_ASSIGN(const std::uint64_t offered, parse_size(answer));
  const auto above = std::ranges::upper_bound(asked.parts, offered);
  if (above != asked.parts.begin()) return std::optional(*(above - 1));
  if (asked.parts.empty()) return Error(Code::invalid, "this invitation is for all of the archive: give all");
  return Error(Code::invalid, "the smallest part of this invitation has " + human_size(asked.parts.front()) +
                                  ": give more disk, or ask the custodian for an invitation to a smaller part");
}

Result<void> check_room(const std::optional<std::uint64_t>& bytes_max, const Asked& asked) {
  const std::uint64_t needed = bytes_max.value_or(asked.all_bytes);
  if (needed <= asked.free_bytes) return {};
  return Error(Code::limit, "that needs " + human_size(needed) + ", and this disk has " + human_size(asked.free_bytes) +
                                " free: give another folder, or a smaller --quota");
}

std::string sizes_of(const Asked& asked) {
  std::string text;
  for (const std::uint64_t size : asked.parts) text += human_size(size) + ", ";
  return text + (asked.may_hold_all ? "or all" : "no more");
}

Result<void> ask_access(Questions& questions, const JoinArguments& arguments, Offer& offer) {
  TRY_ASSIGN(const std::string access,
             questions.ask(arguments.access,
                           "How do others come to it? onion: through Tor, from home or a server, no address is known; "
                           "port: a web server with TLS stands in front; none: it only fetches and keeps",
                           "--access", "onion"));
  TRY_ASSIGN(offer.access, parse_access(access));
  if (offer.access != Access::port) {
    if (arguments.listen || arguments.address)
      return Error(Code::invalid, "--listen and --address are for --access port");
    return {};
  }
  const std::optional<std::string> listen =
      arguments.listen || !arguments.access ? arguments.listen : std::optional<std::string>(kUsualListen);
  TRY_ASSIGN(offer.listen, questions.ask(listen, "Where does it listen for that server", "--listen", kUsualListen));
  TRY_ASSIGN(offer.address,
             questions.ask(arguments.address, "Under which address do others come (https://…)", "--address"));
  return check_mirror_address(offer.address);
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "KMGTP";
  std::uint64_t unit = 1;
  std::string_view digits = text;
  if (digits.ends_with("iB")) digits.remove_suffix(2);
  if (!digits.empty()) {
    const std::size_t power = kUnits.find(digits.back());
    if (power != std::string_view::npos) {
      unit = std::uint64_t{1} << (10 * (power + 1));
      digits.remove_suffix(1);
    }
  }
  const auto number = parse_decimal(digits, std::numeric_limits<std::uint64_t>::max() / unit);
  if (!number || *number == 0) return Error(Code::invalid, "not a size such as 500G or 2T: " + printable(text, 40));
  return *number * unit;
}

Result<Offer> obtain_offer(const JoinArguments& arguments, const Asked& asked) {
  Questions questions;
  Offer offer;
  TRY_ASSIGN(const std::string quota,
             questions.ask(arguments.quota,
                           "The archive has " + human_size(asked.all_bytes) + " today, and this disk " +
                               human_size(asked.free_bytes) +
                               " free.\nHow much may it take? It keeps to the next smaller of: " + sizes_of(asked),
                           "--quota"));
  TRY_ASSIGN(offer.bytes_max, choose_part(quota, asked));
  TRY(check_room(offer.bytes_max, asked));
  TRY(ask_access(questions, arguments, offer));
  if (offer.access == Access::none) {
    if (arguments.traffic) return Error(Code::invalid, "--traffic is for mirrors to which others come");
    return offer;
  }
  TRY_ASSIGN(const std::string traffic,
             questions.ask(arguments.traffic, "How much may leave in a month? 500G, or any", "--traffic", "any"));
  if (traffic != "any") {
    TRY_ASSIGN(offer.bytes_per_month, parse_size(traffic));
  }
  return offer;
}

}  // namespace muniment::cli
