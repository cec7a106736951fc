// What a camera writes into a photograph: EXIF (CIPA DC-008) in a JPEG file, a few fields of it.
#pragma once

#include <string>

#include "base/bytes.h"

namespace muniment::media {

struct PhotoFacts {
  bool is_jpeg = false;
  bool is_known = false;  // the start reached as far as the picture: what is not said here is not in the file
  bool has_exif = false;
  bool has_place = false;  // GPS fields
  std::string maker;
  std::string model;
  std::string taken;  // "2024:01:31 12:34:56", the camera's own clock; empty where there is none
};

/// Reads the start of a file; of more than it holds nothing is asked. Texts are printable ASCII, 64 bytes at the most.
PhotoFacts read_photo(ByteView start);

}  // namespace muniment::media
