#include "base/piece.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

namespace muniment {
namespace {

TEST(PieceTest, TakesWhatThereIsRoomFor) {
  Piece piece;
  EXPECT_EQ(piece.fill(Bytes(Piece::kBytes - 1, 1)), Piece::kBytes - 1);
  EXPECT_FALSE(piece.is_full());
  EXPECT_EQ(piece.fill(Bytes(10, 2)), 1u);
  EXPECT_TRUE(piece.is_full());
  EXPECT_EQ(piece.fill(Bytes(10, 3)), 0u);
  EXPECT_EQ(piece.view().size(), Piece::kBytes);
  EXPECT_EQ(piece.view().back(), 2);
}

TEST(PieceTest, LiesInWholePages) {
  Piece piece;
  EXPECT_EQ(std::bit_cast<std::uintptr_t>(piece.view().data()) % Piece::kAlignment, 0u);
  EXPECT_EQ(Piece::kBytes % Piece::kAlignment, 0u);
}

TEST(PieceRingTest, APieceThatWasGivenBackIsEmptyAndTakenAgain) {
  PieceRing ring;
  Piece& first = ring.take();
  first.fill(Bytes(5, 1));
  EXPECT_NE(&ring.take(), &first) << "somebody has it yet";
  ring.give_back(first);
  Piece& again = ring.take();
  EXPECT_EQ(&again, &first);
  EXPECT_TRUE(again.view().empty());
}

}  // namespace
}  // namespace muniment
