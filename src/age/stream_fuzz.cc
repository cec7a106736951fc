// A payload opens to the same plaintext and the same end however it arrives in pieces, and nothing but what was sealed
// comes out of it. The first byte says how often the rest is repeated, so that short inputs make long payloads; the
// second how the payload is cut into pieces, and whether it is sealed here or taken as it is.
#include "age/stream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace muniment;

ByteSink into(Bytes& bytes) {
  return [&bytes](ByteView piece) -> Result<void> {
    append(bytes, piece);
    return {};
  };
}

template <typename Stream>
Result<void> feed(Stream& stream, ByteView bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
    TRY(stream.write(bytes.first(std::min(piece, bytes.size()))));
  }
  return stream.finish();
}

struct Opened {
  Result<void> result;
  Bytes plain;
};

Opened open(ByteView sealed, std::size_t piece) {
  Opened opened;
  age::StreamOpener opener(Secret<32>(), into(opened.plain));
  opened.result = feed(opener, sealed, piece);
  return opened;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView rest(data + 2, size - 2);
  Bytes payload;
  for (unsigned i = 0; i <= data[0] && payload.size() < 4 * age::kChunkBytes; ++i) append(payload, rest);
  const std::size_t piece = std::size_t{1} << (data[1] % 18);
  const bool honest = data[1] >= 128;
  Bytes sealed;
  if (honest) {
    age::StreamSealer sealer(Secret<32>(), into(sealed));
    MUNIMENT_CHECK(feed(sealer, payload, piece).has_value());
    MUNIMENT_CHECK(sealed.size() == age::sealed_size(payload.size()));
  } else {
    sealed = payload;
  }
  const Opened at_once = open(sealed, SIZE_MAX);
  const Opened in_pieces = open(sealed, piece + 13);
  MUNIMENT_CHECK(at_once.plain == in_pieces.plain);
  MUNIMENT_CHECK(at_once.result.has_value() == in_pieces.result.has_value());
  if (honest) MUNIMENT_CHECK(at_once.result && at_once.plain == payload);
  if (!at_once.result) MUNIMENT_CHECK(at_once.result.error().code() == in_pieces.result.error().code());
  return 0;
}
