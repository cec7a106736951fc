#include "store/host_address.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(HostAddressTest, IsANameAndAnAddressOfNumbers) {
  const auto four = parse_host_address("Mirror.Example=192.0.2.7");
  ASSERT_TRUE(four) << four.error().sentence();
  EXPECT_EQ(four->name, "mirror.example");
  EXPECT_EQ(four->address, "192.0.2.7");
  EXPECT_FALSE(four->is_v6);
  const auto six = parse_host_address("m-1.example=2001:db8::7");
  ASSERT_TRUE(six) << six.error().sentence();
  EXPECT_EQ(six->address, "2001:db8::7");
  EXPECT_TRUE(six->is_v6);
}

TEST(HostAddressTest, IsNothingElse) {
  for (const std::string& text :
       {std::string(), std::string("="), std::string("m.example"), std::string("m.example="), std::string("=192.0.2.7"),
        std::string("m.example=other.example"), std::string("m.example=192.0.2"),
        std::string("m.example=192.0.2.7:443"), std::string("m.example=[2001:db8::7]"),
        std::string("m.example=2001:db8::7%eth0"), std::string("192.0.2.8=192.0.2.7"), std::string("*=192.0.2.7"),
        std::string(".m=192.0.2.7"), std::string("-m=192.0.2.7"), std::string("m:443=192.0.2.7"),
        std::string("m.example=192.0.2.7\n"), std::string("m.example=192.0.2.7\0x", 21),
        std::string("m\0x=192.0.2.7", 13), std::string(254, 'm') + "=192.0.2.7"}) {
    EXPECT_CODE(parse_host_address(text), Code::invalid) << text;
  }
}

}  // namespace
}  // namespace muniment
