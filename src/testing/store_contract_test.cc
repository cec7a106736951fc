#include "testing/store_contract.h"

#include "base/posix_fs.h"
#include "store/folder_store.h"
#include "testing/fixed_random.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class FolderSubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override {
    const std::string path = join(folder_.path(), name);
    MUNIMENT_CHECK(make_folders(posix_fs(), parent_of(path)) && replace_durably(posix_fs(), path, as_view(text)));
  }
  std::optional<std::string> look(const std::string& name) override {
    constexpr std::uint64_t kBytesMax = 1 << 20;
    const auto bytes = read_file(posix_fs(), join(folder_.path(), name), kBytesMax);
    return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
  }

 private:
  TemporaryFolder folder_;
  FixedRandom random_;
  FolderStore store_{posix_fs(), folder_.path(), random_};
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, ::testing::Values([]() -> std::unique_ptr<StoreSubject> {
                           return std::make_unique<FolderSubject>();
                         }));

}  // namespace muniment
