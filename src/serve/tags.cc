#include "serve/tags.h"

#include "base/encoding.h"
#include "crypto/kdf.h"

namespace muniment {

Tags::Tags(Random& random, std::size_t kept_max) : key_(32), kept_max_(kept_max) { random.fill(key_); }

std::string Tags::tag_of(const ObjectName& name, const FileVersion& version) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name.text());
    if (found != kept_.end() && found->second.version == version) return found->second.tag;
  }
  std::string tag = make(name, version);
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kept_max_) kept_.clear();
  kept_[name.text()] = {version, tag};
  return tag;
}

std::string Tags::make(const ObjectName& name, const FileVersion& version) const {
  std::string text = name.text() + "\n";
  for (const std::uint64_t number : {version.device, version.number, version.size})
    text += std::to_string(number) + " ";
  text += std::to_string(version.modified_s) + " " + std::to_string(version.modified_ns);
  constexpr std::size_t kTagBytes = 16;
  return "\"" + to_hex(ByteView(hmac_sha256(key_, as_view(text))).first(kTagBytes)) + "\"";
}

}  // namespace muniment
