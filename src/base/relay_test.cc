#include "base/relay.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "testing/expect_code.h"

namespace muniment {
namespace {

class RelayTest : public ::testing::TestWithParam<Worker::Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, RelayTest, ::testing::Values(Worker::Mode::by_thread, Worker::Mode::at_once));

Bytes numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
  return bytes;
}

/// Sizes around whole pieces, given in small and in large ones.
TEST_P(RelayTest, GivesOnEverythingInOrder) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, Piece::kBytes - 1, Piece::kBytes, Piece::kBytes + 1, 9 * Piece::kBytes + 17}) {
    const Bytes all = numbered(size);
    for (const std::size_t step : {std::size_t{65'537}, 3 * Piece::kBytes}) {
      Bytes got;
      Relay relay(GetParam(), [&](ByteView bytes) -> Result<void> {
        append(got, bytes);
        return {};
      });
      for (std::size_t i = 0; i < size; i += step)
        ASSERT_TRUE(relay.write(ByteView(all).subspan(i, std::min(step, size - i))));
      ASSERT_TRUE(relay.finish());
      EXPECT_EQ(got, all) << size << " in steps of " << step;
    }
  }
}

TEST_P(RelayTest, ATaskComesAfterWhatWasWrittenBeforeItAndBeforeWhatComesLater) {
  std::string order;
  Relay relay(GetParam(), [&](ByteView bytes) -> Result<void> {
    order += as_text(bytes.first(1));
    return {};
  });
  ASSERT_TRUE(relay.write(Bytes(Piece::kBytes, 'a')));  // from here on there is a thread
  for (const char letter : std::string("bcdefghij")) {
    ASSERT_TRUE(relay.write(Bytes(1, static_cast<std::uint8_t>(letter))));
    ASSERT_TRUE(relay.then([&]() -> Result<void> {
      order += "|";
      return {};
    }));
  }
  ASSERT_TRUE(relay.finish());
  EXPECT_EQ(order, "ab|c|d|e|f|g|h|i|j|");
}

TEST_P(RelayTest, AnErrorIsToldBeforeItIsDone) {
  int calls = 0;
  Relay relay(GetParam(), [&](ByteView) -> Result<void> {
    ++calls;
    return Error(Code::io, "no space");
  });
  auto written = Result<void>();
  for (int i = 0; i < 20 && written; ++i) written = relay.write(Bytes(Piece::kBytes, 1));
  if (written) written = relay.finish();
  EXPECT_CODE(written, Code::io);
  EXPECT_EQ(calls, 1);
}

TEST_P(RelayTest, CanBeLeftInTheMiddle) {
  Relay relay(GetParam(), [](ByteView) { return Result<void>(); });
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(relay.write(Bytes(Piece::kBytes - 1, 1)));
}

}  // namespace
}  // namespace muniment
