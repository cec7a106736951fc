#include "base/secret.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace muniment {

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  if (size == 0) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  mapped_ = (size + page - 1) / page * page;
  void* pages = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  MUNIMENT_CHECK(pages != MAP_FAILED);  // a few pages: as fatal as a failing operator new
  // Both are best effort: a low RLIMIT_MEMLOCK must not stop somebody from opening their evidence.
  static_cast<void>(::mlock(pages, mapped_));
  static_cast<void>(::madvise(pages, mapped_, MADV_DONTDUMP));
  bytes_ = static_cast<std::uint8_t*>(pages);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    release();
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = std::exchange(other.mapped_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { release(); }

SecretBytes SecretBytes::copy_of(ByteView bytes) {
  SecretBytes secret(bytes.size());
  std::copy(bytes.begin(), bytes.end(), secret.bytes_);
  return secret;
}

void SecretBytes::shrink(std::size_t size) {
  MUNIMENT_CHECK(size <= size_);
  if (size < size_) wipe({bytes_ + size, size_ - size});
  size_ = size;
}

void SecretBytes::release() {
  if (bytes_ == nullptr) return;
  wipe({bytes_, mapped_});
  ::munmap(bytes_, mapped_);
  bytes_ = nullptr;
}

void wipe(MutableBytes bytes) {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

namespace {

/// Ciphers leave pieces of their keys where they have worked. Best effort, like all of this: a dump is forbidden
/// anyway.
void leave_stack_out_of_dumps() {
  pthread_attr_t attributes{};
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* lowest = nullptr;
  std::size_t size = 0;
  // The stack is not there yet down to its lowest address; what grows later is like the rest.
  if (::pthread_attr_getstack(&attributes, &lowest, &size) == 0)
    static_cast<void>(::madvise(lowest, size, MADV_DONTDUMP));
  ::pthread_attr_destroy(&attributes);
}

}  // namespace

void forbid_core_dumps() {
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  leave_stack_out_of_dumps();
}

}  // namespace muniment
