#include "serve/listener.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"

namespace muniment {
namespace {

TEST(ListenerTest, TakesAFreePortAndSaysWhich) {
  const auto listener = Listener::open("127.0.0.1:0");
  ASSERT_TRUE(listener) << listener.error().sentence();
  EXPECT_TRUE(listener->address().starts_with("http://127.0.0.1:"));
  EXPECT_FALSE(listener->address().ends_with(":0"));
  EXPECT_CODE(Listener::open(listener->address().substr(7)), Code::io) << "taken";
}

TEST(ListenerTest, WantsNumbersAndAPort) {
  for (const char* where : {"", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:65536", "127.0.0.1:-1", "localhost:8080",
                            "::1:8080", "[]:8080", "[127.0.0.1]:8080", "127.0.0.1:80 80", "example.org:80"}) {
    EXPECT_CODE(Listener::open(where), Code::invalid) << where;
  }
}

}  // namespace
}  // namespace muniment
