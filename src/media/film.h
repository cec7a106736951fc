// What a camera writes into a film: the boxes of an MP4, MOV or 3GP file (ISO/IEC 14496-12), a few fields of them, read
// as the file goes by: they stand at its start or at its end.
#pragma once

#include <array>
#include <optional>

#include "base/bytes.h"

namespace muniment::media {

struct FilmFacts {
  bool has_maker = false;      // who made the device, or its model
  std::int64_t created_s = 0;  // since 1970, by the device's clock; 0 where it was not set
};

/// True where a file starts as one of these.
bool is_film(ByteView start);

class FilmReader {
 public:
  /// Pieces of the file in their order, from its first byte on.
  void update(ByteView bytes);
  /// After the last one; nothing where the boxes do not fit into each other or there is no box "moov".
  std::optional<FilmFacts> finish() const;

 private:
  void take_header();
  void end_boxes();
  void read_movie_header();
  void look_for_maker();

  std::uint64_t position_ = 0;
  Bytes header_;                  // of the box that begins here, as far as it has come
  Bytes body_;                    // of a box that is looked into, as far as it is kept
  std::uint64_t skip_until_ = 0;  // the end of the box that goes by
  std::uint64_t movie_end_ = 0;   // of "moov", once it has begun
  enum class Box { other, movie_header, about } box_ = Box::other;
  bool is_broken_ = false;
  bool has_movie_ = false;
  FilmFacts facts_;
};

}  // namespace muniment::media
