// Testimonies: forms, for whom which part is sealed, what each says of the other, and disks that fail in between.
#include "archive/testimony.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

constexpr std::string_view kFilled =
    "Who: Invented Person, by post only\nWhere: a kitchen\nWhen: 2026-01-01\nInterviewer: Other Invented\n"
    "Language: ru\nConsent: court\n  not the press\nRisks: arrest\n";

TEST(Form, IsReadAndWrittenTheSame) {
  const auto form = parse_form(kFilled);
  ASSERT_TRUE(form) << form.error().sentence();
  EXPECT_EQ(form->answers[0], "Invented Person, by post only");
  EXPECT_EQ(form->answers[kConsentQuestion], "court\nnot the press");
  EXPECT_EQ(render_form(*form), kFilled);
}

TEST(Form, ForgivesWhatWindowsDoesToIt) {
  const auto form = parse_form("\xef\xbb\xbfWho:  Invented \r\n\r\n# a note\r\nConsent:\r\n\tunknown\r\n");
  ASSERT_TRUE(form) << form.error().sentence();
  EXPECT_EQ(form->answers[0], "Invented");
  EXPECT_EQ(form->answers[kConsentQuestion], "unknown");
}

TEST(Form, ThatIsEmptyHasEveryQuestionAndLacksConsent) {
  const std::string empty = empty_form();
  for (const Question& question : kQuestions)
    EXPECT_NE(empty.find("\n" + std::string(question.label) + ":\n"), std::string::npos) << question.label;
  const auto parsed = parse_form(empty);
  EXPECT_CODE(parsed, Code::invalid);
  EXPECT_NE(parsed.error().sentence().find("consent"), std::string::npos);
}

TEST(Form, ThatIsWronglyFilledInIsRefusedByLine) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"Consent: a\nName: b\n", "line 2 of the form starts with none of the questions"},
      {"Consent: a\nwithout a colon\n", "line 2"},
      {"  goes on\n", "line 1 of the form goes on with an answer"},
      {"Consent: a\nConsent: b\n", "line 2 of the form asks Consent again"},
      {"Consent: \x01\n", "line 1"},
      {"Consent: a\nWho: \xff\n", "line 2"}};
  for (const auto& [text, sentence] : wrong) {
    const auto form = parse_form(text);
    EXPECT_CODE(form, Code::invalid) << text;
    EXPECT_NE(form.error().sentence().find(sentence), std::string::npos) << form.error().sentence();
  }
  EXPECT_CODE(parse_form("Consent: " + std::string(kAnswerBytesMax + 1, 'a')), Code::limit);
  EXPECT_CODE(parse_form(std::string(kFormBytesMax + 1, '\n')), Code::limit);
}

class ATestimony : public ::testing::Test {
 protected:
  SealTarget target(const char* compartment, const age::X25519Identity& key) {
    return {.archive = {}, .compartment = compartment, .recipient = key.recipient().text()};
  }

  Result<SealReport> seal(MemoryFs& on, const std::vector<std::string>& paths) {
    const Doors doors{on, random, clock};
    TRY_ASSIGN(StagingFolder staging, make_staging_folder(on, "out", random));
    const SealHooks hooks{.place = [&](SealedDeposit& deposit) { return place_sealed(on, deposit, "out"); },
                          .on_bytes = {}};
    auto report = seal_testimony(doors, form, paths, staging.path,
                                 {target(kIdentities, trustees), target(kTestimonies, reader)}, phrase, hooks);
    remove_staging_folder(on, std::move(staging));
    return report;
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  age::X25519Identity trustees = age::X25519Identity::make(random);
  age::X25519Identity reader = age::X25519Identity::make(random);
  TestimonyForm form = *parse_form(kFilled);
  PhraseVerifier phrase = *make_phrase_verifier(make_return_phrase(random), random, 4);
};

TEST_F(ATestimony, IsTwoDepositsForTwoCompartmentsWithOneLink) {
  fs.seed("recording.m4a", noise(100'000));
  fs.seed("notes/account.txt", as_view("what was told"));
  const auto report = seal(fs, {"recording.m4a", "notes"});
  ASSERT_TRUE(report) << report.error().sentence();
  ASSERT_EQ(report->deposits.size(), 2u);
  const auto names = open_folder(fs, report->deposits[0].folder, trustees);
  const auto account = open_folder(fs, report->deposits[1].folder, reader);
  ASSERT_TRUE(names && account);
  EXPECT_EQ(names->files, (std::map<std::string, Bytes>{{"testimony.txt", bytes_of(kFilled)}}));
  EXPECT_EQ(account->files, (std::map<std::string, Bytes>{{"recording.m4a", noise(100'000)},
                                                          {"notes/account.txt", bytes_of("what was told")}}));
  ASSERT_TRUE(names->contents.testimony && account->contents.testimony);
  EXPECT_EQ(names->contents.testimony->part, kNamesPart);
  EXPECT_EQ(account->contents.testimony->part, kAccountPart);
  EXPECT_EQ(names->contents.testimony->link, account->contents.testimony->link);
  EXPECT_EQ(names->contents.testimony->answers.size(), kQuestionCount);
  EXPECT_EQ(names->contents.testimony->phrase, phrase);
  EXPECT_EQ(account->contents.testimony->phrase, std::nullopt);
  EXPECT_FALSE(open_folder(fs, report->deposits[0].folder, reader)) << "who reads accounts reads no names";
  EXPECT_FALSE(open_folder(fs, report->deposits[1].folder, trustees));
}

TEST_F(ATestimony, TellsTheReaderOfTheAccountNoNamePlaceOrRisk) {
  fs.seed("recording.m4a", noise(1000));
  const auto report = seal(fs, {"recording.m4a"});
  ASSERT_TRUE(report);
  const auto found = read_receipt(fs, report->deposits[1].folder);
  ASSERT_TRUE(found);
  const auto bytes = open_contents_bytes(source_in_folder(fs, report->deposits[1].folder), found->receipt,
                                         first_seal(found->receipt), reader);
  ASSERT_TRUE(bytes);
  for (const char* secret : {"Invented", "Person", "post", "kitchen", "arrest", "phrase"})
    EXPECT_EQ(bytes->expose_text().find(secret), std::string_view::npos) << secret;
  for (const char* told : {"2026-01-01", "not the press", "conditionsGoverningAccess"})
    EXPECT_NE(bytes->expose_text().find(told), std::string_view::npos) << told;
  EXPECT_EQ(bytes->expose_text().find(report->deposits[0].id.hex()), std::string_view::npos)
      << "the other is not named";
}

TEST_F(ATestimony, OfOnePersonTwiceHasTwoLinks) {
  fs.seed("a", as_view("x"));
  const auto first = seal(fs, {"a"}), second = seal(fs, {"a"});
  ASSERT_TRUE(first && second);
  const auto link_of = [&](const SealReport& report) {
    return open_folder(fs, report.deposits[1].folder, reader)->contents.testimony->link;
  };
  EXPECT_NE(link_of(*first), link_of(*second));
}

TEST_F(ATestimony, RefusesTwoPathsOfOneName) {
  fs.seed("one/recording.m4a", as_view("x"));
  fs.seed("two/recording.m4a", as_view("y"));
  EXPECT_CODE(seal(fs, {"one/recording.m4a", "two/recording.m4a"}), Code::invalid);
  EXPECT_FALSE(*exists(fs, "out/staging"));
}

TEST_F(ATestimony, FindsNamesInPathsAndInAnswersThatOthersRead) {
  fs.seed("case/Interview PERSON.m4a", as_view("x"));
  fs.seed("case/recording.m4a", as_view("x"));
  fs.seed("case/post.txt", as_view("x"));
  form.answers[kConsentQuestion] = "as Mr Person wishes";
  const auto traces = find_name_traces(fs, form, {"case"});
  ASSERT_EQ(traces.size(), 2u);
  EXPECT_EQ(traces[0].where, "the answer to Consent");
  EXPECT_EQ(traces[1].where, "case/Interview PERSON.m4a");
  EXPECT_EQ(traces[1].words, std::vector<std::string>{"Person"});
}

TEST_F(ATestimony, CutOffAnywhereShowsWholeDepositsAndNoAccountWithoutItsNames) {
  constexpr std::uint64_t kShredOperationsMax = 500;
  fs.seed("recording.m4a", noise(1000));
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs disk = fs;
    disk.cut_power_at(disk.operations() + cut);
    const auto sealed = seal(disk, {"recording.m4a"});
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = disk;
      after.reboot(unsynced);
      bool has_names = false, has_account = false;
      const std::vector<std::string> left = after.list("out") ? *after.list("out") : std::vector<std::string>{};
      for (const std::string& name : left) {
        if (name == "staging") continue;
        has_names |= open_folder(after, join("out", name), trustees).has_value();
        has_account |= open_folder(after, join("out", name), reader).has_value();
        EXPECT_TRUE(has_names || has_account) << "half a deposit, cut at " << cut;
      }
      EXPECT_TRUE(has_names || !has_account) << "cut at " << cut;
      EXPECT_TRUE(!sealed || (has_names && has_account)) << "reported success, then forgot";
    }
    if (sealed) break;
    ASSERT_LT(cut, kShredOperationsMax);
  }
}

class TargetsOfACard : public ::testing::Test {
 protected:
  Card card(std::vector<std::string> compartments, const std::string& of = kEvidence) {
    Card card{.archive = {},
              .compartment = of,
              .recipient = of + "-recipient",
              .hybrid = {},
              .expires = {},
              .charter = {},
              .send = {}};
    for (const std::string& name : compartments) {
      Compartment compartment;
      compartment.name = name;
      compartment.recipient = name + "-recipient";
      card.charter.compartments.push_back(compartment);
    }
    return card;
  }
};

TEST_F(TargetsOfACard, AreIdentitiesAndTheCardsOwnCompartment) {
  const auto targets = testimony_targets(card({kEvidence, kIdentities}));
  ASSERT_TRUE(targets);
  EXPECT_EQ(targets->names.recipient, "identities-recipient");
  EXPECT_EQ(targets->account.recipient, "evidence-recipient");
  EXPECT_EQ(testimony_targets(card({"case-7", kIdentities, kTestimonies}, "case-7"))->account.compartment, "case-7");
}

TEST_F(TargetsOfACard, AreTheCompartmentForTestimoniesWhereThereIsOne) {
  Card with = card({kEvidence, kIdentities, kTestimonies});
  EXPECT_EQ(testimony_targets(with)->account.recipient, "testimonies-recipient");
  with.charter.compartments[2].is_closed = true;
  EXPECT_EQ(testimony_targets(with)->account.recipient, "evidence-recipient");
}

TEST_F(TargetsOfACard, AreRefusedWhereNamesWouldLieWithTheAccount) {
  EXPECT_CODE(testimony_targets(card({kEvidence})), Code::denied);
  EXPECT_CODE(testimony_targets(card({kEvidence, kIdentities}, kIdentities)), Code::invalid);
  Card closed = card({kEvidence, kIdentities});
  closed.charter.compartments[1].is_closed = true;
  EXPECT_CODE(testimony_targets(closed), Code::denied);
}

}  // namespace
}  // namespace muniment
