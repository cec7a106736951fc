#include "archive/charter_reader.h"

#include <gtest/gtest.h>

#include "age/bech32.h"
#include "archive/people_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

const std::string kOrigin = "0123456789abcdef0123456789abcdef.muniment";

Charter some_charter() {
  FixedRandom random;
  Charter charter;
  charter.origin = kOrigin;
  charter.home = std::string(32, 'b');
  charter.custodians = {{.recipient = age::X25519Identity::make(random).recipient().text(),
                         .key = signer_of("custodian-1", 0x11).verifier()}};
  charter.log_keys = {{signer_of(kOrigin, 0x22).verifier(), 0}};
  charter.compartments = {{.name = "evidence",
                           .is_closed = false,
                           .recipient = age::X25519Identity::make(random).recipient().text(),
                           .hybrid = {},
                           .openers = {"custodian-1"}}};
  charter.objects = {{ObjectName("README.txt"), sha256({})}, {keyring_name(1, "evidence", "custodian-1"), sha256({})}};
  return charter;
}

std::string signed_by_one(const std::string& text, const SignerKey& signer) { return signed_by(text, {&signer}); }

Result<Charter> parse_signed(const std::string& text) {
  return parse_charter(signed_by_one(text, signer_of("custodian-1", 0x11)));
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Charter, ComesBackAsItWasSigned) {
  const Charter charter = some_charter();
  const auto parsed = parse_signed(render_charter(charter));
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(render_charter(*parsed), render_charter(charter));
  EXPECT_EQ(parsed->log().origin, kOrigin);
  ASSERT_EQ(parsed->log().keys.size(), 1u);
  EXPECT_EQ(parsed->log().keys[0].key, signer_of(kOrigin, 0x22).verifier());
  EXPECT_EQ(parsed->custodian_keys(), std::vector{signer_of("custodian-1", 0x11).verifier()});
  ASSERT_NE(parsed->find_compartment("evidence"), nullptr);
  EXPECT_EQ(parsed->find_compartment("evidence")->openers, std::vector<std::string>{"custodian-1"});
  EXPECT_EQ(parsed->find_compartment("identities"), nullptr);
  EXPECT_EQ(parsed->objects.size(), 2u);
}

TEST(Charter, HasTheLinesOfTheSpecification) {
  const std::string text = render_charter(some_charter());
  const auto lines = split_lines(text, 100);
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 16u);
  EXPECT_EQ((*lines)[0], "muniment/charter/v1");
  EXPECT_EQ((*lines)[1], "version 1");
  EXPECT_EQ((*lines)[2], "origin " + kOrigin);
  EXPECT_EQ((*lines)[5], "threshold accept 1");
  EXPECT_EQ((*lines)[6], "threshold charter 1");
  EXPECT_EQ((*lines)[7], "threshold reseal 2");
  EXPECT_EQ((*lines)[8], "threshold remove 2");
  EXPECT_EQ((*lines)[9], "hold 30 days");
  EXPECT_EQ((*lines)[10], "limit remove 20 a week");
  EXPECT_EQ((*lines)[12], "quorum none");
  EXPECT_TRUE((*lines)[15].ends_with("  keyring/1/evidence/custodian-1.age"));
}

TEST(Charter, AlteredInAnyByteIsRefused) {
  const std::string note = signed_by_one(render_charter(some_charter()), signer_of("custodian-1", 0x11));
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (const int change : {1, 32, 128}) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ change);
      EXPECT_FALSE(parse_charter(changed)) << "byte " << i << " of " << note;
    }
  }
  EXPECT_FALSE(parse_charter(note.substr(0, note.size() - 1)));
}

TEST(Charter, IsSignedByACustodianWhomItNames) {
  const std::string text = render_charter(some_charter());
  EXPECT_CODE(parse_charter(signed_by_one(text, signer_of("custodian-2", 0x11))), Code::forged);
  EXPECT_CODE(parse_charter(signed_by_one(text, signer_of("custodian-1", 0x12))), Code::forged);
  EXPECT_CODE(parse_charter(text), Code::corrupt) << "no signature at all";
}

TEST(Charter, OfALaterVersionSaysWhatItFollows) {
  EXPECT_CODE(parse_signed(replaced(render_charter(some_charter()), "version 1", "version 2")), Code::corrupt);
  EXPECT_CODE(parse_signed(replaced(render_charter(some_charter()), "version 1", "version 0")), Code::corrupt);
  EXPECT_CODE(parse_signed(replaced(render_charter(some_charter()), "charter/v1", "charter/v2")), Code::corrupt);
  EXPECT_FALSE(parse_signed(replaced(render_charter(some_charter()), "version 1", "version  1")));
}

TEST(Charter, RefusesWhatIsNotItsOneForm) {
  const std::string text = render_charter(some_charter());
  const std::string custodian = text.substr(text.find("custodian "), text.find("threshold") - text.find("custodian "));
  const std::string evidence = text.substr(text.find("compartment "),
                                           text.find('\n', text.find("compartment ")) - text.find("compartment ") + 1);
  const std::string log = text.substr(text.find("log "), text.find("quorum") - text.find("log "));
  const std::string digest(64, 'a');
  for (const std::string& other : {
           replaced(text, "threshold accept 1\n", ""),
           replaced(text, "threshold accept 1", "threshold accept 0"),
           replaced(text, "quorum none", "quorum 1"),
           replaced(text, "quorum none\n", "quorum none\nunknown line\n"),
           replaced(text, custodian, custodian + custodian),
           replaced(text, custodian, ""),
           replaced(text, "custodian custodian-1", "custodian custodian-2"),
           replaced(text, "custodian custodian-1", "custodian Custodian"),
           replaced(text, log, log + log),
           replaced(text, log, ""),
           replaced(text, "from 0", "from 1"),
           replaced(text, evidence, evidence + evidence),
           replaced(text, evidence, ""),
           replaced(text, " custodian-1\n", " ../x\n"),
           replaced(text, "origin 0", "origin x"),
           replaced(text, ".muniment", ".example"),
           replaced(text, "home b", "home B"),
           replaced(text, "README.txt", "../x"),
           replaced(text, "README.txt", "tile/0/000"),
           text + digest + "  home/head\n",
           text + digest + "  deposits/x\n",
           text + "\n",
       }) {
    EXPECT_CODE(parse_signed(other), Code::corrupt) << other;
  }
  EXPECT_CODE(parse_signed("muniment/charter/v1\nversion 1\n"), Code::corrupt);
}

TEST(Charter, RefusesTwoCustodiansOfOneKey) {
  Charter charter = some_charter();
  VerifierKey same = signer_of("custodian-1", 0x11).verifier();
  same.name = "custodian-2";
  charter.custodians.push_back({.recipient = charter.custodians[0].recipient, .key = same});
  EXPECT_CODE(parse_signed(render_charter(charter)), Code::corrupt);
  charter.custodians[1].key = signer_of("custodian-2", 0x33).verifier();
  EXPECT_CODE(parse_signed(render_charter(charter)), Code::corrupt) << "where there are two people, two must sign";
  charter.rules.charter = 2;
  EXPECT_TRUE(parse_signed(render_charter(charter))) << "two custodians are allowed";
}

TEST(Charter, HasALimitOfSize) {
  Charter charter = some_charter();
  for (int i = 0; i < 800; ++i) charter.objects.push_back({ObjectName("reader/" + std::to_string(i)), {}});
  EXPECT_CODE(parse_signed(render_charter(charter)), Code::limit);
}

TEST(Charter, NamesReadmeReaderAndKeyringFilesOfItsTimeOnly) {
  const std::string text = render_charter(some_charter());
  const std::string digest(64, 'a');
  EXPECT_TRUE(parse_signed(text + digest + "  reader/age.txt\n"));
  for (const char* name :
       {"stamps/x", "readme.txt", "README.txt/x", "reader", "keyring/x", "keyring/2/evidence/custodian-1.age",
        "keyring/0/evidence/custodian-1.age", "keyring/01/evidence/custodian-1.age", "keyring/1/evidence/x.y.age",
        "keyring/1/evidence/custodian-1", "keyring/1/evidence/more/custodian-1.age", "README.txt"}) {
    EXPECT_CODE(parse_signed(text + digest + "  " + name + "\n"), Code::corrupt) << name;
  }
}

/// charter/2 of three custodians, a partner, trustees, two log keys, a closed compartment and a hybrid recipient.
class WholeCharter : public ::testing::Test {
 protected:
  WholeCharter() {
    charter = people.charter();
    charter.version = 2;
    charter.archive = sha256(as_view("archive"));
    charter.previous = charter.archive;
    charter.partners.push_back({"partner-2", recipient_of(0x82)});
    charter.log_keys.push_back({signer_of(kPeopleOrigin, 0x23).verifier(), 7});
    charter.log_keys.push_back({signer_of(kPeopleOrigin, 0x24).verifier(), 9});
    charter.compartments[2].is_closed = true;
    charter.compartments[0].hybrid = std::string(age::render_bech32("age1pq", Bytes(1216, 1)).expose_text());
    charter.rules = {.charter = 3, .reseal = 4, .remove = 5, .hold_days = 60, .removals_per_week = 7};
  }
  Result<Charter> parse(const std::string& text) const {
    return parse_charter(signed_by(text, {people.first(), people.second(), people.all_trustees()}));
  }
  std::string line(const std::string& start) const {
    const std::string text = render_charter(charter);
    const std::size_t at = text.find("\n" + start) + 1;
    EXPECT_NE(at, 0u) << start;
    return text.substr(at, text.find('\n', at) - at + 1);
  }
  /// The charter with one line replaced.
  std::string with(const std::string& start, const std::string& other) const {
    return replaced(render_charter(charter), line(start), other);
  }

  TestPeople people;
  Charter charter;
};

TEST_F(WholeCharter, ComesBackAsItWasSigned) {
  const auto parsed = parse(render_charter(charter));
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(render_charter(*parsed), render_charter(charter));
  EXPECT_EQ(parsed->version, 2u);
  EXPECT_EQ(parsed->archive, charter.archive);
  EXPECT_EQ(parsed->previous, charter.previous);
  EXPECT_EQ(parsed->custodians, charter.custodians);
  EXPECT_EQ(parsed->partners, charter.partners);
  EXPECT_EQ(parsed->trustees, charter.trustees);
  EXPECT_EQ(parsed->rules, charter.rules);
  EXPECT_EQ(parsed->log_keys, charter.log_keys);
  EXPECT_EQ(parsed->compartments, charter.compartments);
  EXPECT_EQ(parsed->recipient_of("partner-2"), recipient_of(0x82));
  EXPECT_EQ(parsed->recipient_of(kTrustees), people.trustees.recipient());
  EXPECT_EQ(parsed->recipient_of("custodian-3"), people.three.holder().recipient);
  EXPECT_EQ(parsed->recipient_of("nobody"), "");
}

TEST_F(WholeCharter, HasTheLinesOfTheSpecification) {
  EXPECT_TRUE(render_charter(charter).starts_with(
      "muniment/charter/v1\narchive " + charter.archive.hex() + "\nversion 2\nprevious " + charter.previous.hex() +
      "\norigin " + kPeopleOrigin + "\nhome " + charter.home + "\ncustodian custodian-1 "));
  EXPECT_EQ(line("partner partner-2"), "partner partner-2 " + recipient_of(0x82) + "\n");
  EXPECT_EQ(line("trustees"), "trustees 2 of 3 set 1 " + people.trustees.recipient() + " " +
                                  people.trustees.signer().verifier().text() + "\n");
  EXPECT_EQ(line("share 2"), "share 2 " + to_hex(Bytes(32, 2)) + " " + sha256(Bytes(2, 7)).hex() + "\n");
  EXPECT_EQ(line("hold"), "hold 60 days\n");
  EXPECT_EQ(line("limit"), "limit remove 7 a week\n");
  EXPECT_TRUE(line("log " + signer_of(kPeopleOrigin, 0x23).verifier().text()).ends_with(" from 7\n"));
  EXPECT_EQ(line("compartment case-12"),
            "compartment case-12 closed " + charter.compartments[2].recipient + " none partner-1 trustees\n");
  EXPECT_EQ(line("compartment evidence"), "compartment evidence open " + charter.compartments[0].recipient + " " +
                                              charter.compartments[0].hybrid +
                                              " custodian-1 custodian-2 custodian-3 trustees\n");
}

TEST_F(WholeCharter, IsSignedByAsManyAsItAsksFor) {
  const std::string text = render_charter(charter);
  EXPECT_TRUE(parse_charter(signed_by(text, {people.third(), people.all_trustees()}))) << "one and the trustees' two";
  EXPECT_TRUE(parse_charter(signed_by(text, {people.first(), people.second(), people.third()})));
  EXPECT_CODE(parse_charter(signed_by(text, {people.all_trustees()})), Code::forged) << "two of three";
  EXPECT_CODE(parse_charter(signed_by(text, {people.first(), people.second(), people.outsider()})), Code::forged);
}

TEST_F(WholeCharter, RefusesPeopleThatAreNotWhole) {
  const std::string trustees = line("trustees");
  const std::string partner = line("partner partner-2");
  const std::string second = line("custodian custodian-2");
  for (const std::string& other : {
           with("trustees", replaced(trustees, "2 of 3", "1 of 3")),
           with("trustees", replaced(trustees, "2 of 3", "4 of 3")),
           with("trustees", replaced(trustees, "2 of 3", "2 of 17")),
           with("trustees", replaced(trustees, "2 of 3", "2 of 4")),
           with("trustees", replaced(trustees, "2 of 3", "2 of 2")),
           with("trustees", replaced(trustees, "set 1", "set 0")),
           with("trustees", replaced(trustees, "set 1", "deal 1")),
           with("trustees",
                replaced(trustees, people.trustees.signer().verifier().text(), people.first()->verifier().text())),
           with("trustees", trustees + trustees),
           with("trustees", ""),
           with("share 2", ""),
           with("share 2", line("share 3")),
           with("share 2", replaced(line("share 2"), "02", "")),
           with("share 2", "share 2 x y\n"),
           with("partner partner-2", replaced(partner, "partner-2", "partner-1")),
           with("partner partner-2", replaced(partner, "partner-2", "custodian-1")),
           with("partner partner-2", replaced(partner, "partner-2", "trustees")),
           with("partner partner-2", replaced(partner, "partner-2", "Partner")),
           with("partner partner-2", replaced(partner, recipient_of(0x82), "age1x")),
           with("partner partner-2", replaced(partner, recipient_of(0x82), "")),
           with("partner partner-2", replaced(partner, "\n", " more\n")),
           with("custodian custodian-2", replaced(second, people.two.holder().recipient, "none")),
           with("custodian custodian-2", replaced(second, "custodian custodian-2", "custodian trustees")),
           with("custodian custodian-2", second + second),
           replaced(with("partner partner-2", ""), "threshold accept", partner + "threshold accept"),
       }) {
    EXPECT_CODE(parse(other), Code::corrupt) << other;
  }
}

TEST_F(WholeCharter, RefusesRulesThatOnePersonOrNobodyCanMeet) {
  for (const std::string& other : {
           with("threshold charter", "threshold charter 1\n"),
           with("threshold charter", "threshold charter 0\n"),
           with("threshold charter", "threshold charter 6\n"),  // three custodians and the trustees' two are five
           with("threshold reseal", "threshold reseal 1\n"),
           with("threshold remove", "threshold remove 1\n"),
           with("threshold remove", "threshold remove 02\n"),
           with("threshold remove", "threshold sing 2\n"),
           with("hold", "hold 60 hours\n"),
           with("limit", "limit remove 7 a day\n"),
       }) {
    EXPECT_CODE(parse(other), Code::corrupt) << other;
  }
  EXPECT_CODE(parse(with("threshold remove", "threshold remove 101\n")), Code::limit);
  EXPECT_CODE(parse(with("hold", "hold 3651 days\n")), Code::limit);
  EXPECT_CODE(parse(with("limit", "limit remove 1000001 a week\n")), Code::limit);
}

TEST_F(WholeCharter, RefusesLogKeysOutOfOrderOrOfPeople) {
  const std::string second = line("log " + charter.log_keys[1].key.text());
  const std::string third = line("log " + charter.log_keys[2].key.text());
  for (const std::string& other : {
           with(second, replaced(second, "from 7", "from 9")),
           with(second, replaced(second, "from 7", "from 0")),
           with(second, replaced(second, "from 7", "from 10")),
           with(second, replaced(second, "from 7", "since 7")),
           with(second, third),
           with("threshold accept", third + "threshold accept 1\n"),
       }) {
    EXPECT_CODE(parse(other), Code::corrupt) << other;
  }
  EXPECT_CODE(parse(with(second, replaced(second, "from 7", "from 9223372036854775808"))), Code::limit);
  VerifierKey of_a_person = people.third()->verifier();
  of_a_person.name = kPeopleOrigin;
  charter.log_keys.back().key = of_a_person;
  EXPECT_CODE(parse(render_charter(charter)), Code::corrupt) << "the machine's key is nobody's";
  charter.log_keys.back().key.key = people.all_trustees()->verifier().key;
  EXPECT_CODE(parse(render_charter(charter)), Code::corrupt);
}

TEST_F(WholeCharter, RefusesCompartmentsThatAreNotWhole) {
  const std::string evidence = line("compartment evidence");
  const std::string closed = line("compartment case-12");
  for (const std::string& other : {
           with("compartment case-12", replaced(closed, "closed", "shut")),
           with("compartment case-12", replaced(closed, " none", "")),
           with("compartment case-12", replaced(closed, " none", " None")),
           with("compartment case-12", replaced(closed, "partner-1 trustees", "")),
           with("compartment case-12", replaced(closed, " partner-1 trustees", "")),
           with("compartment case-12", replaced(closed, "partner-1 trustees", "trustees trustees")),
           with("compartment case-12", replaced(closed, "partner-1", "stranger")),
           with("compartment case-12", replaced(closed, "case-12", "evidence")),
           with("compartment case-12", replaced(closed, "case-12", "../x")),
           with("compartment case-12", replaced(closed, charter.compartments[2].recipient, "age1x")),
           with("compartment evidence",
                replaced(evidence, charter.compartments[0].recipient, charter.compartments[0].hybrid)),
           with("compartment evidence",
                replaced(evidence, charter.compartments[0].hybrid, charter.compartments[0].recipient)),
           with("compartment evidence", replaced(evidence, charter.compartments[0].hybrid, "age1pq1")),
       }) {
    EXPECT_CODE(parse(other), Code::corrupt) << other;
  }
}

TEST_F(WholeCharter, SaysWhatItFollowsExactlyWhereItIsALaterOne) {
  for (const std::string& other : {
           with("archive", ""),
           with("previous", ""),
           with("version", "version 1\n"),
           with("version", "version 02\n"),
           with("previous", "previous 00\n"),
           with("archive", "archive " + std::string(64, 'A') + "\n"),
       }) {
    EXPECT_CODE(parse(other), Code::corrupt) << other;
  }
  EXPECT_CODE(parse(with("version", "version 1000001\n")), Code::limit);
}

}  // namespace
}  // namespace muniment
