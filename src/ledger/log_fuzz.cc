// The width of a tree less one, the size of a bundle, then any bytes as its bundle and as its tile: what replay lets
// pass is what the head signs, and what a builder goes on from is what it writes again.
#include "ledger/log.h"

namespace muniment {
namespace {

/// Gives one bundle and one tile under every name of their kind, as a hostile mirror can.
class HostileStore final : public Store {
 public:
  HostileStore(ByteView bundle, ByteView tile) : bundle_(bundle), tile_(tile) {}
  std::string where() const override { return "a mirror"; }
  Result<Bytes> get(const ObjectName& name, std::uint64_t bytes_max) override {
    const ByteView bytes = name.text().starts_with("tile/entries/") ? bundle_ : tile_;
    if (bytes.size() > bytes_max) return Error(Code::limit, "too long");
    return Bytes(bytes.begin(), bytes.end());
  }
  Result<std::uint64_t> size(const ObjectName&) override { return refused(); }
  Result<void> put(const ObjectName&, ByteView) override { return refused(); }
  Result<void> replace(const ObjectName&, ByteView) override { return refused(); }
  Result<void> flush() override { return refused(); }
  Result<void> remove(const ObjectName&) override { return refused(); }
  Result<void> move(const ObjectName&, const ObjectName&, std::uint64_t) override { return refused(); }
  Result<std::vector<std::string>> list(const ObjectName&) override { return refused(); }

 private:
  static Error refused() { return {Code::denied, "only read"}; }

  ByteView bundle_;
  ByteView tile_;
};

void check_replay(Store& store, std::uint64_t width) {
  tlog::Frontier seen;
  const auto visit = [&](std::uint64_t index, ByteView entry) -> Result<void> {
    MUNIMENT_CHECK(index == seen.size());
    seen.append(tlog::leaf_hash(entry));
    return {};
  };
  const auto unsigned_replay = replay(store, {width, {}}, visit);
  MUNIMENT_CHECK(!unsigned_replay && unsigned_replay.error().code() == Code::corrupt);
  if (seen.size() != width) return;
  const tlog::TreeHead head = seen.head();
  seen = {};
  MUNIMENT_CHECK(replay(store, head, visit).has_value());
  MUNIMENT_CHECK(seen.head() == head);
}

void check_builder(Store& store, ByteView tile, std::uint64_t width) {
  Bytes written;
  TileBuilder builder([&](const tlog::TileId& id, ByteView bytes) -> Result<void> {
    if (id.level == 0) append(written, bytes);
    return {};
  });
  const auto resumed = builder.resume(store, width);
  if (!resumed) {
    MUNIMENT_CHECK(resumed.error().code() == Code::corrupt || resumed.error().code() == Code::limit);
    return;
  }
  MUNIMENT_CHECK(builder.size() == width);
  MUNIMENT_CHECK(builder.finish().has_value());
  MUNIMENT_CHECK(equal(written, tile.first(width % tlog::kTileWidth * 32)));
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::uint64_t width = data[0] + 1u;
  const muniment::ByteView rest(data + 3, size - 3);
  const std::size_t bundle_size = std::min<std::size_t>(data[1] * 256u + data[2], rest.size());
  muniment::HostileStore store(rest.first(bundle_size), rest.subspan(bundle_size));
  muniment::check_replay(store, width);
  muniment::check_builder(store, rest.subspan(bundle_size), width);
  return 0;
}
