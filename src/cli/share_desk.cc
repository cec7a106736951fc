#include "cli/share_desk.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "age/armor.h"
#include "age/file.h"
#include "base/encoding.h"
#include "base/secret_text.h"
#include "base/words.h"
#include "cli/terminal.h"
#include "crypto/kdf.h"
#include "shares/share_lines.h"

namespace muniment::cli {
namespace {

constexpr std::string_view kVoiceSalt = "muniment/voice/v1";
constexpr unsigned kVoiceLog2N = 16;  // 64 MiB and a fifth of a second, for each try of a forger, too
constexpr std::size_t kVoiceWords = 4;
constexpr std::string_view kArmorStart = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kArmorEnd = "-----END AGE ENCRYPTED FILE-----";

/// Gives `page` to a program on its standard input and waits for it.
Result<void> print_page(const std::string& program, const SecretBytes& page) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return Error(Code::io, "cannot start " + program);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[0], STDIN_FILENO);
    std::string name = program;
    std::array<char*, 2> arguments{name.data(), nullptr};
    ::execvp(name.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(pipe[0]);
  std::string_view left = page.expose_text();
  while (child > 0 && !left.empty()) {
    const ssize_t written = ::write(pipe[1], left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(pipe[1]);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && left.empty() && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(Code::io, printable(program) + " did not print the page (exit status " +
                             std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + ")");
}

Result<void> show_share(QuietTerminal& terminal, const SharePage& page, const SecretBytes& words) {
  TRY_ASSIGN(const SecretBytes lines, share_lines(words));
  for (;;) {
    {
      const QuietTerminal::Screen screen(terminal);
      terminal.say("Share " + std::to_string(page.share) + " of " + std::to_string(page.total) + ", set " +
                   std::to_string(page.set) + ". Any " + std::to_string(page.threshold) +
                   " of them open what is held closed.\n\nOnly the trustee who gets it should see the screen now. "
                   "Write down every word\nwith its number, on paper, and the archive's 12 words beside it.\n\n");
      terminal.say(lines.expose_text());
      terminal.say("\nPress Enter when it is written down: ");
      TRY(terminal.read_line(16, /*shown=*/true));
    }
    // Read back at once, as long as it can still be shown again.
    const SecretWords all = *read_words(words, NotOnList::refused);
    const std::size_t place = all.size() / 2 + page.share % 5;
    terminal.say("To be sure: what is word " + std::to_string(place + 1) + " of the share? ");
    TRY_ASSIGN(const SecretBytes answer, terminal.read_line(64, /*shown=*/true));
    const auto typed = read_words(answer, NotOnList::unreadable);
    if (typed && typed->size() == 1 && typed->at(0) == all.at(place)) return {};
    terminal.say("That is not the word. The share is shown again.\n");
  }
}

Error no_way_out() {
  return {
      Code::denied,
      "shares are handed out on a terminal or on paper, and there is neither: give --print PROGRAM (it is given each "
      "page, an SVG picture, on its standard input), or run this on a terminal"};
}

/// A share that was sealed by `muniment share send`, opened. Errors: those of age::open_bytes.
Result<SecretBytes> open_sent(const SecretBytes& armored, const age::X25519Identity& key) {
  const age::Identity* const identities[] = {&key};
  auto text = age::open_bytes(armored.expose(), identities);
  if (!text)
    return text.error().in("what was sent cannot be opened here: it must be sealed to the code that is shown now");
  return text;
}

/// Where shares come from: the terminal, or standard input.
class ShareSource {
 public:
  ShareSource(Context& context, unsigned threshold)
      : one_time_(age::X25519Identity::make(context.doors.random)), uses_input_(::isatty(STDIN_FILENO) == 0) {
    if (!uses_input_) terminal_.emplace();
    if (!terminal_ || !terminal_->is_usable()) return;
    const auto voice = voice_words(one_time_.recipient().text());
    terminal_->say(
        std::to_string(threshold) +
        " shares are needed. Type each as it stands on the page: the numbers may be left out,\nthe first four "
        "letters of a word are enough. A trustee who is elsewhere runs\n\n    muniment share send --to " +
        one_time_.recipient().text() +
        "\n\ncompares these words with you by voice:    " + (voice ? *voice : voice.error().sentence()) +
        "\n\nand sends you what it prints: paste that here in place of the share.\n");
  }

  bool can_ask() const { return uses_input_ || terminal_->is_usable(); }

  /// One share as text; empty at the end of the input.
  Result<SecretBytes> next(const std::string& what) {
    if (uses_input_) return read_input_line(kTypedBytesMax);
    const QuietTerminal::Screen screen(*terminal_);
    terminal_->say(what + ":\n");
    TRY_ASSIGN(SecretBytes line, terminal_->read_line(kTypedBytesMax, /*shown=*/true));
    if (!line.expose_text().starts_with(kArmorStart)) return line;
    SecretText armored(kTypedBytesMax);
    for (;;) {
      if (armored.expose_text().size() + line.size() + 1 > kTypedBytesMax)
        return Error(Code::limit, "what was pasted is too long for a share");
      armored.add(line.expose_text());
      armored.add("\n");
      if (line.expose_text().starts_with(kArmorEnd)) break;
      TRY_ASSIGN(line, terminal_->read_line(kTypedBytesMax, /*shown=*/true));
    }
    return open_sent(std::move(armored).take(), one_time_);
  }

 private:
  age::X25519Identity one_time_;
  bool uses_input_;
  std::optional<QuietTerminal> terminal_;
};

}  // namespace

Result<void> check_handout(const HandoutOptions& options) {
  if (options.printer) return {};
  const QuietTerminal terminal;
  return terminal.is_usable() ? Result<void>() : no_way_out();
}

Result<void> hand_out(Context& context, const Deal& deal, const PageFacts& facts, const HandoutOptions& options) {
  SharePage page;
  page.language = options.language == "ru" ? PageLanguage::russian : PageLanguage::english;
  page.total = deal.trustees.count;
  page.threshold = deal.trustees.threshold;
  page.set = static_cast<unsigned>(deal.trustees.set);
  page.dealt = to_date(context.doors.clock.now_s());
  page.archive = facts.archive_words;
  page.copies = facts.copies;
  std::optional<QuietTerminal> terminal;
  if (!options.printer) terminal.emplace();
  for (std::size_t i = 0; i < deal.shares.size(); ++i) {
    page.share = page.holder = static_cast<unsigned>(i + 1);
    const SecretBytes words = words_of(deal.shares[i]).text();
    if (options.printer) {
      TRY_ASSIGN(const SecretBytes svg, render_share_page(page, words));
      TRY(print_page(*options.printer, svg));
      context.output.line("Printed share " + std::to_string(i + 1) + " of " + std::to_string(page.total) +
                          ": give it to its trustee before you go on.");
    } else {
      TRY(show_share(*terminal, page, words));
    }
  }
  return {};
}

Result<SecretBytes> ask_share_text(Context& context, const std::string& what) {
  ShareSource source(context, 1);
  if (!source.can_ask()) return no_way_out();
  return source.next(what);
}

Result<std::vector<Share>> ask_shares(Context& context, unsigned threshold) {
  ShareSource source(context, threshold);
  if (!source.can_ask()) {
    return Error(Code::denied,
                 "there is no terminal to ask for the shares on: give them on standard input, one a line");
  }
  std::vector<Share> shares;
  while (shares.size() < threshold) {
    const std::string what = "Share " + std::to_string(shares.size() + 1) + " of the " + std::to_string(threshold);
    TRY_ASSIGN(const SecretBytes text, source.next(what));
    if (text.empty()) {
      return Error(Code::denied, std::to_string(threshold) + " shares are needed and " +
                                     counted(shares.size(), "was", "were") + " given: nothing was opened or signed");
    }
    auto share = parse_share(text);
    if (!share) {
      return share.error().in("share " + std::to_string(shares.size() + 1) +
                              " of those given is not right (muniment share repair may mend it)");
    }
    shares.push_back(std::move(*share));
  }
  return shares;
}

Result<TrusteesKeys> ask_trustees(Context& context, const Charter& charter) {
  if (!charter.trustees) return Error(Code::denied, "the archive has no trustees");
  TRY_ASSIGN(const std::vector<Share> shares, ask_shares(context, charter.trustees->threshold));
  return combine_trustees(shares, charter);
}

Result<Quorum> parse_quorum(const std::string& text) {
  const std::size_t of = text.find("of");
  const auto threshold = parse_decimal(text.substr(0, of), kSharesMax);
  const auto count = of == std::string::npos ? Result<std::uint64_t>(Error(Code::invalid, ""))
                                             : parse_decimal(text.substr(of + 2), kSharesMax);
  if (!threshold || !count || *threshold < 2 || *threshold > *count) {
    return Error(Code::invalid, "say how many of how many trustees, for instance 2of3: two at least, of at most " +
                                    std::to_string(kSharesMax));
  }
  return Quorum{static_cast<unsigned>(*threshold), static_cast<unsigned>(*count)};
}

Result<std::string> voice_words(const std::string& recipient) {
  TRY_ASSIGN(const Secret<32> hash, scrypt(as_view(recipient), as_view(kVoiceSalt), kVoiceLog2N));
  std::string words;
  for (std::size_t i = 0; i < kVoiceWords; ++i) {
    const std::size_t number = hash.expose()[2 * i] * 256u + hash.expose()[2 * i + 1];
    const auto index = static_cast<std::uint16_t>(number % kWordCount);
    words += (words.empty() ? "" : " ") + std::string(word_at(index));
  }
  return words;
}

}  // namespace muniment::cli
