// A testimony: seven answers, and two deposits that are sealed in one run. Who spoke lies where only the trustees
// look; the account and the media where those who work with testimonies do. Spec: docs/formats.md "Testimonies".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "archive/seal.h"

namespace muniment {

inline constexpr std::size_t kQuestionCount = 7;
inline constexpr std::size_t kAnswerBytesMax = 4096;
inline constexpr std::size_t kFormBytesMax = 64 * 1024;

/// One of the seven.
struct Question {
  std::string_view label;     // in a form: "Who"
  std::string_view asks;      // on a terminal
  bool is_told = false;       // its answer stands in the deposit with the account, too
  bool names_people = false;  // no word of its answer should stand anywhere else
};
inline constexpr std::size_t kConsentQuestion = 5;  // which may not stay without an answer
/// In the order of kTestimonyKeys.
extern const std::array<Question, kQuestionCount> kQuestions;

/// The answers, in the order of kQuestions; empty where there is none. UTF-8 without control characters but LF.
struct TestimonyForm {
  std::array<std::string, kQuestionCount> answers;
};

/// A form without answers, with a line on each question behind "#".
std::string empty_form();
/// As it is filled in: "Who: answer"; further lines of an answer start with two spaces.
std::string render_form(const TestimonyForm& form);
/// Forgives a byte order mark, CRLF, missing questions, and "#" lines. Errors: `invalid` (the sentence names the
/// line): what is no answer, a question twice, no consent, text that is not UTF-8; `limit`.
Result<TestimonyForm> parse_form(std::string_view text);
/// Errors: `invalid`, `limit`, for an answer that cannot be kept.
Result<void> check_answer(std::string_view answer);

/// What is sealed for whom.
struct TestimonyTargets {
  SealTarget names;    // the compartment `identities`
  SealTarget account;  // the card's compartment; of a card for `evidence`, `testimonies` where there is one
};
/// Errors: `denied` where the archive has no open compartment for names; `invalid` for a card that is itself for it.
Result<TestimonyTargets> testimony_targets(const Card& card);

/// A name that stands where others than the trustees read it.
struct NameTrace {
  std::string where;  // the true path of a file or folder, or "the answer to When"
  std::vector<std::string> words;
};
/// Looks at the paths of everything below what was given, and at the answers that stand with the account.
std::vector<NameTrace> find_name_traces(Fs& fs, const TestimonyForm& form, const std::vector<std::string>& paths);

/// Writes both: the first of the report's deposits is the one with the names, the others have the account. `place` is
/// called for none before all are written. Errors: those of seal_together.
Result<SealReport> seal_testimony(const Doors& doors, const TestimonyForm& form, const std::vector<std::string>& paths,
                                  const std::string& staging, TestimonyTargets targets,
                                  const std::optional<PhraseVerifier>& phrase, const SealHooks& hooks);

}  // namespace muniment
