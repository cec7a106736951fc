#include "archive/trustees.h"

#include <gtest/gtest.h>

#include "age/file.h"
#include "archive/people_testing.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"

namespace muniment {
namespace {

/// Computed with OpenSSL's kdf and pkey commands and Python from the definition in docs/formats.md.
TEST(TrusteesKeysOfASecret, AreThoseOfTheSpecification) {
  const TrusteesKeys keys = trustees_keys_of(0x91);
  EXPECT_EQ(keys.recipient(), "age197q7eqg3vez90n68xucn8kt69ma3dpd5x08nxxwm0wmmup2u4cessqdr8g");
  EXPECT_EQ(keys.signer().verifier().text(), "trustees+42829957+AUuroa9evLZBKLDezGqhmkH/Ym1LP8Q4K9UwRnMg08xR");
}

TEST(TrusteesKeysOfASecret, OpenWhatIsSealedToThem) {
  FixedRandom random;
  const TrusteesKeys keys = trustees_keys_of(0x91);
  const auto recipient = age::parse_recipient(keys.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  const Bytes sealed = *age::seal_bytes(as_view("a name"), recipients, random);
  EXPECT_EQ(keys.opener().name, kTrustees);
  const age::Identity* const own[] = {&keys.opener().identity};
  EXPECT_EQ(age::open_bytes(sealed, own)->expose_text(), "a name");
  const TrusteesKeys others = trustees_keys_of(0x92);
  const age::Identity* const foreign[] = {&others.opener().identity};
  EXPECT_CODE(age::open_bytes(sealed, foreign), Code::denied);
}

TEST(TrusteesKeysOfASecret, AreDeniedWhereTheyAreNotTheSetInForce) {
  const TestPeople people;
  Charter charter = people.charter();
  EXPECT_TRUE(people.trustees.check(charter));
  const auto other_set = people.next_trustees.check(charter);
  ASSERT_TRUE(fails_with(other_set, Code::denied));
  EXPECT_NE(other_set.error().sentence().find("set 1"), std::string::npos) << other_set.error().sentence();
  // After a new deal the old shares still combine, to keys that the charter no longer names.
  charter.trustees = trustees_of(people.next_trustees, 2);
  EXPECT_CODE(people.trustees.check(charter), Code::denied);
  EXPECT_TRUE(people.next_trustees.check(charter));
  charter.trustees->recipient = people.trustees.recipient();
  EXPECT_CODE(people.next_trustees.check(charter), Code::denied) << "half of them";
  charter.trustees.reset();
  EXPECT_CODE(people.trustees.check(charter), Code::denied);
}

}  // namespace
}  // namespace muniment
