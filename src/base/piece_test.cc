#include "base/piece.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece.view().data()) % Piece::kAlignment, 0u);
  EXPECT_EQ(Piece::kBytes % Piece::kAlignment, 0u);
}

TEST(PieceRingTest, APieceComesBackEmptyWhenItsLastOwnerLetsGo) {
  PieceRing ring;
  auto first = ring.take();
  const Piece* const place = first.get();
  first->fill(Bytes(5, 1));
  auto second_owner = first;
  first.reset();
  EXPECT_NE(ring.take().get(), place) << "somebody has it yet";
  second_owner.reset();
  auto again = ring.take();
  EXPECT_EQ(again.get(), place) << "the one that came back last";
  EXPECT_TRUE(again->view().empty());
}

}  // namespace
}  // namespace muniment
