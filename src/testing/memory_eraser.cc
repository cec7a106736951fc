#include "testing/memory_eraser.h"

#include "base/encoding.h"

namespace muniment {

class MemoryEraser::Original final : public OpenOriginal {
 public:
  Original(MemoryEraser& eraser, std::string path, std::unique_ptr<InputFile> input)
      : eraser_(eraser), path_(std::move(path)), input_(std::move(input)) {}

  Result<FileIdentity> identity() override { return eraser_.identify(path_); }
  Result<std::size_t> read(MutableBytes buffer) override { return input_->read(buffer); }

  Result<void> overwrite(Random&) override {
    TRY_ASSIGN(const FileIdentity before, identity());
    // Setting the time is the operation that can be cut or fail; one that was cut has written half.
    const auto written = eraser_.fs_.set_modified(path_, before.modified_ns + 1);
    eraser_.fs_.truncate(path_, written ? 0 : before.size_bytes / 2);
    return written;
  }

 private:
  MemoryEraser& eraser_;
  std::string path_;
  std::unique_ptr<InputFile> input_;
};

Result<FileIdentity> MemoryEraser::identify(const std::string& path) {
  TRY_ASSIGN(const FileInfo info, fs_.info(path));
  if (info.type != FileType::file) return Error(Code::invalid, printable(path) + " is not a regular file");
  TRY_ASSIGN(const std::string text, fs_.identity(path));
  TRY_ASSIGN(const std::uint64_t number, parse_decimal(text.substr(text.find('-') + 1)));
  const auto links = links_.find(path);
  return FileIdentity{.number = number,
                      .size_bytes = info.size_bytes,
                      .modified_ns = info.modified_ns,
                      .changed_ns = info.modified_ns,
                      .links = links == links_.end() ? 1 : links->second,
                      .mode = info.mode};
}

Result<std::unique_ptr<OpenOriginal>> MemoryEraser::open(const std::string& path) {
  TRY(identify(path));
  if (in_use_.contains(path)) return Error(Code::conflict, printable(path) + " is in use by another program");
  TRY_ASSIGN(auto input, fs_.open(path));
  return std::unique_ptr<OpenOriginal>(std::make_unique<Original>(*this, path, std::move(input)));
}

Result<bool> MemoryEraser::drop_cache(const std::string& path) {
  TRY(fs_.info(path));
  dropped_.push_back(path);
  return !keeps_cached_;
}

}  // namespace muniment
