#include "archive/testimony.h"

#include <algorithm>

#include "archive/name_traces.h"
#include "base/encoding.h"

namespace muniment {

constexpr std::array<Question, kQuestionCount> kQuestions = {{
    {"Who", "Who speaks? The name; behind a comma how to reach them", false, true},
    {"Where", "Where was it told?", false, false},
    {"When", "When was it told? As in 2026-11-24", true, false},
    {"Interviewer", "Who asked? The name; behind a comma for whom", false, true},
    {"Language", "In which language, and who interpreted?", true, false},
    {"Consent", "What may be done with it, and what not? Without names", true, false},
    {"Risks", "What may happen to whom if it becomes known?", false, false},
}};
static_assert(kQuestions.size() == kTestimonyKeys.size());

namespace {

constexpr std::size_t kFormLinesMax = 5000;
constexpr std::string_view kFormFileName = "testimony.txt";

Error wrong(std::size_t line, const std::string& what) {
  return {Code::invalid, "line " + std::to_string(line) + " of the form " + what};
}

std::string_view trimmed_answer(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Reads a form line by line.
class FormParser {
 public:
  Result<void> take(std::string_view line, std::size_t number) {
    const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
    const std::string_view text = trimmed_answer(line);
    if (text.empty() || line.starts_with('#')) return {};
    if (goes_on) {
      if (current_ == nullptr) return wrong(number, "goes on with an answer, and there is none before it");
      return add(text, number);
    }
    const std::size_t colon = text.find(':');
    const std::string_view label = trimmed_answer(text.substr(0, colon));
    const auto found = std::ranges::find(kQuestions, label, &Question::label);
    if (colon == std::string_view::npos || found == kQuestions.end()) {
      return wrong(number,
                   "starts with none of the questions (muniment testimony form prints them); further lines "
                   "of an answer start with a space");
    }
    const auto index = static_cast<std::size_t>(found - kQuestions.begin());
    if (seen_[index]) return wrong(number, "asks " + std::string(label) + " again");
    seen_[index] = true;
    current_ = &form_.answers[index];
    return add(trimmed_answer(text.substr(colon + 1)), number);
  }

  Result<TestimonyForm> finish() && {
    if (form_.answers[kConsentQuestion].empty()) {
      return Error(Code::invalid,
                   "the form says nothing on consent: write what may be done with the testimony and what not, or "
                   "\"unknown\", which allows nothing");
    }
    return std::move(form_);
  }

 private:
  Result<void> add(std::string_view text, std::size_t number) {
    if (text.empty()) return {};
    if (!current_->empty()) *current_ += '\n';
    *current_ += text;
    if (const auto checked = check_answer(*current_); !checked)
      return Error(checked.error().code(), wrong(number, "").sentence() + ": " + checked.error().sentence());
    return {};
  }

  TestimonyForm form_;
  std::array<bool, kQuestionCount> seen_{};
  std::string* current_ = nullptr;
};

TestimonyRecord record_of(const TestimonyForm& form, const char* part, const std::string& link) {
  TestimonyRecord record{.part = part, .link = link, .answers = {}, .phrase = {}};
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    if (form.answers[i].empty() || (part == std::string_view(kAccountPart) && !kQuestions[i].is_told)) continue;
    record.answers.emplace_back(kTestimonyKeys[i], form.answers[i]);
  }
  return record;
}

/// Of each line as far as the first comma: behind it stands how to reach somebody, in words that any file may have.
std::string names_in(const TestimonyForm& form) {
  std::string names;
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    if (!kQuestions[i].names_people) continue;
    for (const std::string_view line : split(form.answers[i], '\n')) {
      names += line.substr(0, line.find_first_of(",;"));
      names += '\n';
    }
  }
  return names;
}

/// The deposit with the names holds one file: the form, for who reads it with stock tools.
Result<SealedDeposit> seal_names(const Doors& doors, const TestimonyForm& form, const std::string& staging,
                                 const SealTarget& target) {
  const std::string folder = join(staging, "names");
  TRY(doors.fs.make_folder(folder));
  TRY_ASSIGN(const auto writer, DepositWriter::begin(doors, folder, target));
  const std::string text = render_form(form);
  const std::int64_t now_s = doors.clock.now_s();
  TRY(writer->begin_file(std::string(kFormFileName), text.size(), now_s));
  TRY(writer->write(as_view(text)));
  TRY_ASSIGN(const bag::PayloadFile written, writer->end_file());
  ItemFacts facts;
  facts.path = kFormFileName;
  facts.modified_ns = now_s * 1'000'000'000;
  facts.mode = 0600;
  writer->contents().add_file(written, facts);
  return writer->finish();
}

}  // namespace

Result<void> check_answer(std::string_view answer) {
  if (answer.size() > kAnswerBytesMax)
    return Error(Code::limit, "an answer has " + std::to_string(kAnswerBytesMax) +
                                  " bytes at the most: write the account itself into a file");
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7f; };
  if (!is_utf8(answer) || std::ranges::any_of(answer, is_control))
    return Error(Code::invalid, "the answer is not plain text in UTF-8");
  return {};
}

std::string empty_form() {
  std::string text =
      "# One answer behind each colon; further lines of an answer start with two spaces. Lines with # are ignored.\n"
      "# What was told goes into files of its own. Keep this form in memory or on a stick, and seal it at once.\n"
      "# Remove it once both deposits are where they are safe.\n";
  for (const Question& question : kQuestions) {
    text += "\n# ";
    text += question.asks;
    if (question.is_told) text += " (read by those who read the account)";
    text += "\n";
    text += question.label;
    text += ":\n";
  }
  return text;
}

std::string render_form(const TestimonyForm& form) {
  std::string text;
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    text += kQuestions[i].label;
    text += ":";
    bool is_first = true;
    for (const std::string_view line : split(form.answers[i], '\n')) {
      if (!line.empty()) text += (is_first ? " " : "\n  ") + std::string(line);
      is_first = false;
    }
    text += "\n";
  }
  return text;
}

Result<TestimonyForm> parse_form(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.size() > kFormBytesMax) return Error(Code::limit, "the form is longer than any that is filled in");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto lines = split(text, '\n');
  if (lines.size() > kFormLinesMax) return Error(Code::limit, "the form has too many lines");
  FormParser parser;
  for (std::size_t i = 0; i < lines.size(); ++i) TRY(parser.take(lines[i], i + 1));
  return std::move(parser).finish();
}

Result<TestimonyTargets> testimony_targets(const Card& card) {
  if (card.compartment == kIdentities) {
    return Error(Code::invalid,
                 "this card is for the names alone: a testimony needs a card for its account (muniment card "
                 "--compartment)");
  }
  const auto open = [&](const char* name) -> const Compartment* {
    const Compartment* found = card.charter.find_compartment(name);
    return found != nullptr && !found->is_closed ? found : nullptr;
  };
  const Compartment* names = open(kIdentities);
  if (names == nullptr) {
    return Error(Code::denied,
                 "the archive on this card has no compartment \"identities\" for names: a custodian brings in trustees "
                 "(muniment trustees deal), or adds one for a few (muniment compartment add), and makes a new card");
  }
  const Compartment* testimonies = card.compartment == kEvidence ? open(kTestimonies) : nullptr;
  return TestimonyTargets{
      .names = target_for(card.archive, *names),
      .account = testimonies != nullptr ? target_for(card.archive, *testimonies) : target_for(card)};
}

std::vector<NameTrace> find_name_traces(Fs& fs, const TestimonyForm& form, const std::vector<std::string>& paths) {
  const std::string names = names_in(form);
  std::vector<NameTrace> traces;
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    if (!kQuestions[i].is_told) continue;
    auto words = find_name_traces(form.answers[i], names);
    if (!words.empty()) traces.push_back({"the answer to " + std::string(kQuestions[i].label), std::move(words)});
  }
  for (const std::string& path : paths) {
    SourceWalk walk(fs, path);
    while (const auto item = walk.next()) {
      auto words = find_name_traces(item->true_path, names);
      if (!words.empty()) traces.push_back({item->true_path, std::move(words)});
    }
  }
  return traces;
}

Result<SealReport> seal_testimony(const Doors& doors, const TestimonyForm& form, const std::vector<std::string>& paths,
                                  const std::string& staging, TestimonyTargets targets,
                                  const std::optional<PhraseVerifier>& phrase, const SealHooks& hooks) {
  std::array<std::uint8_t, 16> number{};
  doors.random.fill(number);
  const std::string link = to_hex(number);
  targets.names.testimony = record_of(form, kNamesPart, link);
  targets.names.testimony->phrase = phrase;
  targets.account.testimony = record_of(form, kAccountPart, link);
  SealHooks unplaced = hooks;
  unplaced.place = [](SealedDeposit&) -> Result<void> { return {}; };
  TRY_ASSIGN(SealReport report, seal_together(doors, paths, staging, targets.account, unplaced));
  TRY_ASSIGN(SealedDeposit names, seal_names(doors, form, staging, targets.names));
  report.deposits.insert(report.deposits.begin(), std::move(names));
  for (SealedDeposit& deposit : report.deposits) TRY(hooks.place(deposit));
  return report;
}

}  // namespace muniment
