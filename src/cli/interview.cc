#include "cli/interview.h"

#include "base/encoding.h"
#include "shares/share_lines.h"
#include "shares/typed.h"

namespace muniment::cli {
namespace {

constexpr std::size_t kAnswerTypedBytesMax = 512;

std::string heading(std::size_t index) {
  return std::to_string(index + 1) + " of " + std::to_string(kQuestionCount) + ". " +
         std::string(kQuestions[index].asks) + (kQuestions[index].is_told ? "  [read by who reads the account]" : "");
}

Result<void> ask(QuietTerminal& terminal, TestimonyForm& form, std::size_t index) {
  for (;;) {
    terminal.say(heading(index) + "\n> ");
    TRY_ASSIGN(const SecretBytes line, terminal.read_line(kAnswerBytesMax, /*shown=*/true));
    const auto checked = check_answer(line.expose_text());
    if (!checked) {
      terminal.say(checked.error().sentence() + "\n");
      continue;
    }
    if (index == kConsentQuestion && line.empty()) {
      terminal.say("Without an answer nobody may use it for anything: write \"unknown\" if that is so.\n");
      continue;
    }
    form.answers[index] = line.expose_text();
    terminal.say("\n");
    return {};
  }
}

}  // namespace

Result<TestimonyForm> ask_testimony(QuietTerminal& terminal) {
  const QuietTerminal::Screen screen(terminal);
  terminal.say(
      "A testimony. Seven questions, one line each; Enter alone leaves one open. What was told itself stands in the\n"
      "files that you seal. Answers that are marked are read by those who work with the account: write no names "
      "there.\n\n");
  TestimonyForm form;
  for (std::size_t i = 0; i < kQuestionCount; ++i) TRY(ask(terminal, form, i));
  for (;;) {
    for (std::size_t i = 0; i < kQuestionCount; ++i)
      terminal.say(std::to_string(i + 1) + "  " + std::string(kQuestions[i].label) + ": " +
                   printable(form.answers[i], kAnswerBytesMax) + "\n");
    terminal.say("\nEnter to seal, or the number of an answer to change: ");
    TRY_ASSIGN(const SecretBytes line, terminal.read_line(16, /*shown=*/true));
    if (line.empty()) return form;
    const auto number = parse_decimal(line.expose_text(), kQuestionCount);
    if (number && *number > 0) TRY(ask(terminal, form, *number - 1));
  }
}

Result<bool> ask_about_names(QuietTerminal& terminal, const std::vector<NameTrace>& traces) {
  const QuietTerminal::Screen screen(terminal);
  terminal.say("A name that you gave stands where those read it who are not to know it:\n\n");
  for (const NameTrace& trace : traces) {
    terminal.say("    " + printable(trace.where) + "    (");
    for (std::size_t i = 0; i < trace.words.size(); ++i) terminal.say((i > 0 ? ", " : "") + printable(trace.words[i]));
    terminal.say(")\n");
  }
  terminal.say(
      "\nRename what can be renamed now, in another window, and press Enter to look again; Ctrl-C stops, and nothing "
      "is sealed.\nIf it is no name, type yes to seal it as it is: ");
  TRY_ASSIGN(const SecretBytes line, terminal.read_line(16, /*shown=*/true));
  return line.expose_text() == "yes";
}

Result<void> show_return_phrase(QuietTerminal& terminal, const SecretBytes& phrase) {
  TRY_ASSIGN(const SecretBytes lines, share_lines(phrase));
  TRY_ASSIGN(const SecretWords words, read_words(phrase, NotOnList::refused));
  for (;;) {
    {
      const QuietTerminal::Screen screen(terminal);
      terminal.say(
          "Who says these six words to a custodian can have this testimony withdrawn, whatever name they give.\nIt is "
          "for the person who spoke: learnt by heart, said aloud three times, written nowhere. It is shown only "
          "now.\n\n");
      terminal.say(lines.expose_text());
      terminal.say("\nPress Enter when it is learnt: ");
      TRY(terminal.read_line(16, /*shown=*/true));
    }
    // As long as it can still be shown again.
    terminal.say("To be sure, the six words, which are not shown: ");
    TRY_ASSIGN(const SecretBytes answer, terminal.read_line(kAnswerTypedBytesMax));
    const auto typed = read_words(answer, NotOnList::unreadable);
    bool same = typed && typed->size() == words.size();
    for (std::size_t i = 0; same && i < words.size(); ++i) same = typed->at(i) == words.at(i);
    if (same) return {};
    terminal.say("That is not it. It is shown again.\n");
  }
}

}  // namespace muniment::cli
