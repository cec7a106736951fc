#include "archive/charter_reader.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
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

std::string signed_by(const std::string& text, const SignerKey& signer) {
  const SignerKey* const signers[] = {&signer};
  return sign_note(text, signers);
}

Result<Charter> parse_signed(const std::string& text) {
  return parse_charter(signed_by(text, signer_of("custodian-1", 0x11)));
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
  const std::string note = signed_by(render_charter(some_charter()), signer_of("custodian-1", 0x11));
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
  EXPECT_CODE(parse_charter(signed_by(text, signer_of("custodian-2", 0x11))), Code::forged);
  EXPECT_CODE(parse_charter(signed_by(text, signer_of("custodian-1", 0x12))), Code::forged);
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
  for (int i = 0; i < 800; ++i) charter.objects.push_back({ObjectName("stamps/" + std::to_string(i)), {}});
  EXPECT_CODE(parse_signed(render_charter(charter)), Code::limit);
}

}  // namespace
}  // namespace muniment
