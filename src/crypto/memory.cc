#include "crypto/memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <mutex>

#include "base/secret.h"

namespace muniment {
namespace {

/// What is larger has pages of its own, and is not locked: the tables of scrypt would lock a quarter of a gibibyte.
constexpr std::size_t kPooledBytesMax = std::size_t{16} << 10;

/// In front of every piece. Aligned as malloc aligns.
struct alignas(std::max_align_t) Header {
  std::size_t size = 0;  // of the piece, without this
};

/// Header and piece, in full steps of the alignment: libstdc++'s pool aligns blocks by their size, whatever is asked.
std::size_t whole_size(std::size_t size) {
  return sizeof(Header) + (size + sizeof(Header) - 1) / sizeof(Header) * sizeof(Header);
}

/// Pages left out of core dumps, or null.
void* map_pages(std::size_t bytes) {
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  static_cast<void>(::madvise(pages, bytes, MADV_DONTDUMP));
  return pages;
}

/// Where the pool gets its pages.
class SecretPages final : public std::pmr::memory_resource {
 private:
  void* do_allocate(std::size_t bytes, std::size_t /*alignment: a page is enough*/) override {
    void* pages = map_pages(bytes);
    MUNIMENT_CHECK(pages != nullptr);  // a few pages: as fatal as a failing operator new
    static_cast<void>(::mlock(pages, bytes));
    return pages;
  }
  void do_deallocate(void* pages, std::size_t bytes, std::size_t /*alignment*/) override { ::munmap(pages, bytes); }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

class SecretPool {
 public:
  void* allocate(std::size_t size) {
    if (size == 0 || size > PTRDIFF_MAX) return nullptr;
    const std::size_t whole = whole_size(size);
    void* place = nullptr;
    if (whole > kPooledBytesMax) {
      place = map_pages(whole);
      if (place == nullptr) return nullptr;
    } else {
      const std::lock_guard lock(mutex_);
      place = pool_.allocate(whole);
    }
    return new (place) Header{size} + 1;
  }

  void free(void* piece) {
    if (piece == nullptr) return;
    Header* header = static_cast<Header*>(piece) - 1;
    const std::size_t whole = whole_size(header->size);
    wipe({reinterpret_cast<std::uint8_t*>(header), whole});
    if (whole > kPooledBytesMax) {
      ::munmap(header, whole);
    } else {
      const std::lock_guard lock(mutex_);
      pool_.deallocate(header, whole);
    }
  }

  void* reallocate(void* piece, std::size_t size) {
    void* moved = allocate(size);
    if (piece != nullptr && (moved != nullptr || size == 0)) {
      const std::size_t before = (static_cast<Header*>(piece) - 1)->size;
      if (moved != nullptr) std::memcpy(moved, piece, std::min(before, size));
      free(piece);
    }
    return moved;
  }

 private:
  SecretPages pages_;
  std::mutex mutex_;
  std::pmr::unsynchronized_pool_resource pool_{
      {.max_blocks_per_chunk = 0, .largest_required_pool_block = kPooledBytesMax}, &pages_};
};

/// Never destroyed: libcrypto gives its memory back after main.
SecretPool& pool() {
  static auto* const kept = new SecretPool;
  return *kept;
}

}  // namespace

void keep_libcrypto_memory_secret() {
  const int kept = CRYPTO_set_mem_functions(
      [](std::size_t size, const char*, int) { return pool().allocate(size); },
      [](void* piece, std::size_t size, const char*, int) { return pool().reallocate(piece, size); },
      [](void* piece, const char*, int) { pool().free(piece); });
  MUNIMENT_CHECK(kept == 1);
}

}  // namespace muniment
