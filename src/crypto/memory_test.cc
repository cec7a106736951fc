#include "crypto/memory.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/kdf.h"
#include "crypto/x25519.h"

namespace muniment {
namespace {

/// Read by a system call and into memory that no dump has: a sanitizer would not let us walk over the heap.
int count_between(std::uintptr_t from, std::uintptr_t to, std::span<const std::uint8_t, 16> needle) {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
  SecretBytes piece(kPieceBytes);
  int count = 0;
  while (to - from >= needle.size()) {
    const std::size_t size = std::min(kPieceBytes, to - from);
    const iovec local{piece.expose_mut().data(), size};
    const iovec remote{reinterpret_cast<void*>(from), size};
    if (::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0) != static_cast<ssize_t>(size)) break;
    const std::string_view text = piece.expose_text().substr(0, size);
    for (std::size_t at = text.find(as_text(needle)); at != text.npos; at = text.find(as_text(needle), at + 1)) ++count;
    from += size == to - from ? size : size - needle.size() + 1;
  }
  return count;
}

/// How often the first half of the key stands in memory that a core dump of this process would have.
int count_in_dump(const Secret<32>& key) {
  const auto needle = key.expose().first<16>();
  int count = 0;
  std::ifstream maps("/proc/self/smaps");
  std::uintptr_t from = 0, to = 0;
  bool is_readable = false;
  for (std::string line; std::getline(maps, line);) {
    char mode = '-';
    std::uintptr_t start = 0, end = 0;
    if (std::sscanf(line.c_str(), "%zx-%zx %c", &start, &end, &mode) == 3) {
      from = start;
      to = end;
      is_readable = mode == 'r' && line.find("[v") == std::string::npos;  // the kernel's own pages cannot be read
    }
    if (!line.starts_with("VmFlags:") || !is_readable || line.find(" dd") != std::string::npos) continue;
    count += count_between(from, to, needle);
  }
  return count;
}

Secret<32> some_key() {
  Secret<32> key;
  std::uint8_t value = 7;
  for (std::uint8_t& byte : key.expose_mut()) byte = value = static_cast<std::uint8_t>(value * 5 + 3);
  return key;
}

/// In a process of its own, since libcrypto must not have been used: uses a key in every way and looks for it.
[[noreturn]] void use_and_look(bool kept) {
  forbid_core_dumps();
  if (kept) keep_libcrypto_memory_secret();
  const Secret<32> key = some_key();
  ChaCha20Poly1305 cipher(key);
  Bytes sealed(100 + kTagBytes);
  cipher.seal(Nonce{}, Bytes(100), sealed);
  Bytes plain(100);
  const bool opened = cipher.open(Nonce{}, sealed, plain).has_value();
  const X25519Public mine = x25519_public(key);
  const bool shared = x25519(key, mine).has_value();
  const Ed25519Signature signature = ed25519_sign(key, as_view("message"));
  const bool signed_well = ed25519_verify(ed25519_public(key), as_view("message"), signature).has_value();
  const Secret<32> derived = hkdf_sha256(key.expose(), {}, "info");
  const bool stretched = scrypt(key.expose(), as_view("salt"), 12).has_value();
  if (!opened || !shared || !signed_well || derived.expose().empty() || !stretched) std::_Exit(99);
  std::_Exit(std::min(count_in_dump(key), 50));
}

bool flags_are_shown() {
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    if (line.starts_with("VmFlags:")) return true;
  }
  return false;
}

class KeepLibcryptoMemorySecretDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!flags_are_shown()) GTEST_SKIP() << "this kernel does not show the flags of pages (/proc/self/smaps)";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(KeepLibcryptoMemorySecretDeathTest, NoKeyInUseStandsWhereACoreDumpWouldHaveIt) {
  EXPECT_EXIT(use_and_look(true), ::testing::ExitedWithCode(0), "");
}

TEST_F(KeepLibcryptoMemorySecretDeathTest, WithoutItTheCipherKeepsItsKeyInTheHeap) {
  EXPECT_EXIT(
      use_and_look(false),
      [](int status) { return WIFEXITED(status) && WEXITSTATUS(status) > 0 && WEXITSTATUS(status) < 99; }, "")
      << "then the test above shows nothing";
}

/// Memory of every size up to what has pages of its own: aligned as malloc aligns it, and each piece nobody else's.
[[noreturn]] void take_and_grow() {
  keep_libcrypto_memory_secret();
  std::vector<std::uint8_t*> pieces;
  bool is_well = OPENSSL_malloc(0) == nullptr && OPENSSL_malloc(SIZE_MAX) == nullptr;
  for (std::size_t size = 1; size < 20'000; size += 1 + size / 50) {
    auto* piece = static_cast<std::uint8_t*>(OPENSSL_malloc(size));
    is_well = is_well && piece != nullptr && std::bit_cast<std::uintptr_t>(piece) % alignof(std::max_align_t) == 0;
    std::memset(piece, static_cast<int>(pieces.size() % 251), size);
    pieces.push_back(piece);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto* grown = static_cast<std::uint8_t*>(OPENSSL_realloc(pieces[i], 30'000));
    is_well = is_well && grown != nullptr && *grown == i % 251;
    OPENSSL_free(grown);
  }
  OPENSSL_free(nullptr);
  std::_Exit(is_well ? 0 : 1);
}

TEST_F(KeepLibcryptoMemorySecretDeathTest, GivesMemoryAsMallocDoes) {
  EXPECT_EXIT(take_and_grow(), ::testing::ExitedWithCode(0), "");
}

TEST_F(KeepLibcryptoMemorySecretDeathTest, ComesTooLateAfterTheFirstUse) {
  const auto too_late = [] {
    const ChaCha20Poly1305 cipher(some_key());
    keep_libcrypto_memory_secret();
  };
  EXPECT_DEATH(too_late(), "kept == 1");
}

}  // namespace
}  // namespace muniment
