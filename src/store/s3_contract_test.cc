// Buckets against the contract of all stores: one in memory, and whatever service tests/s3_test.py has started, named
// by MUNIMENT_S3_ADDRESS and MUNIMENT_S3_CREDENTIALS.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "base/encoding.h"
#include "base/posix_fs.h"
#include "crypto/random.h"
#include "store/s3_credentials.h"
#include "store/s3_testing.h"
#include "testing/fixed_clock.h"
#include "testing/store_contract.h"

namespace muniment {
namespace {

class MemorySubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override { service_.objects["one/" + name] = text; }
  std::optional<std::string> look(const std::string& name) override {
    const auto found = service_.objects.find("one/" + name);
    return found == service_.objects.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::unique_ptr<MemoryS3> owned_ = std::make_unique<MemoryS3>("https://h/abc");
  MemoryS3& service_ = *owned_;
  WrittenWaits sleeper_;
  FixedClock clock_;
  S3Store store_{
      std::make_unique<S3Bucket>(std::move(owned_), sleeper_, clock_, *S3Address::parse("s3://h/abc/one"), nullptr)};
};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

/// A place of its own in the bucket of the service that was started.
class ServicePlace {
 public:
  ServicePlace() {
    auto address = S3Address::parse(from_environment("MUNIMENT_S3_ADDRESS"));
    const auto text = read_file(posix_fs(), from_environment("MUNIMENT_S3_CREDENTIALS"), 1 << 16);
    MUNIMENT_CHECK(address && text);
    credentials_ = *parse_s3_credentials(as_text(*text));
    std::array<std::uint8_t, 8> number{};
    system_random().fill(number);
    address_ = *address;
    address_.prefix = to_hex(number);
  }

  std::unique_ptr<S3Bucket> bucket() const {
    return std::make_unique<S3Bucket>(*HttpClient::make({}), system_sleeper(), system_clock(), address_,
                                      credentials_for(credentials_, address_));
  }

 private:
  std::vector<S3Credentials> credentials_;
  S3Address address_;
};

class ServiceSubject final : public StoreSubject {
 public:
  Store& store() override { return store_; }
  void place(const std::string& name, const std::string& text) override {
    const auto answer = behind_->ask(behind_->request_for(ObjectName(name), "PUT", as_view(text)));
    MUNIMENT_CHECK(answer && is_done(*answer));
  }
  std::optional<std::string> look(const std::string& name) override {
    const auto answer = behind_->ask(behind_->request_for(ObjectName(name), "GET"));
    MUNIMENT_CHECK(answer.has_value());
    return answer->status == 200 ? std::optional<std::string>(as_text(answer->body)) : std::nullopt;
  }

 private:
  ServicePlace place_;
  std::unique_ptr<S3Bucket> behind_ = place_.bucket();
  S3Store store_{place_.bucket()};
};

using MakeSubject = std::unique_ptr<StoreSubject> (*)();

/// One where a service was started, else none: what is not run is not counted.
std::vector<MakeSubject> services() {
  if (from_environment("MUNIMENT_S3_ADDRESS").empty()) return {};
  return {[]() -> std::unique_ptr<StoreSubject> { return std::make_unique<ServiceSubject>(); }};
}

/// Which of these a service is to pass, tests/s3_test.py knows.
class S3Service : public ::testing::TestWithParam<MakeSubject> {
 protected:
  ServicePlace place;
};

TEST_P(S3Service, KeepsASwap) {
  const auto bucket = place.bucket();
  S3Head head(*bucket, ObjectName("home/head"), system_random());
  const auto probed = head.probe();
  ASSERT_TRUE(probed) << probed.error().sentence();
  EXPECT_EQ(*head.read(), std::nullopt);
  const Bytes one{'1'};
  const Bytes two{'2'};
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, one));
  EXPECT_CODE(head.compare_and_swap(std::nullopt, two), Code::conflict);
  EXPECT_CODE(head.compare_and_swap(two, one), Code::conflict);
  ASSERT_TRUE(head.compare_and_swap(one, two));
  EXPECT_EQ(*head.read(), two);
  S3Store store(place.bucket());
  EXPECT_EQ(*store.list(ObjectName("home")), std::vector<std::string>{"head"}) << "nothing of the probe is left";
}

/// Each of four writers adds its byte to the head again and again; what was reported swapped must be there in the end.
TEST_P(S3Service, LosesNoSwapAmongWritersAtOnce) {
  constexpr int kWriters = 4;
  constexpr int kSwaps = 15;
  std::atomic<int> conflicts = 0;
  const auto write = [&](char own) {
    const auto bucket = place.bucket();
    S3Head head(*bucket, ObjectName("home/head"), system_random());
    for (int done = 0; done < kSwaps;) {
      const auto present = head.read();
      ASSERT_TRUE(present) << present.error().sentence();
      Bytes desired = present->value_or(Bytes{});
      desired.push_back(static_cast<std::uint8_t>(own));
      const auto swapped = head.compare_and_swap(*present, desired);
      ASSERT_TRUE(swapped || swapped.error().code() == Code::conflict) << swapped.error().sentence();
      swapped ? ++done : static_cast<int>(++conflicts);
    }
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back(write, static_cast<char>('a' + i));
  for (std::thread& writer : writers) writer.join();
  const auto bucket = place.bucket();
  S3Head head(*bucket, ObjectName("home/head"), system_random());
  const Bytes all = head.read()->value_or(Bytes{});
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kWriters * kSwaps));
  for (int i = 0; i < kWriters; ++i) EXPECT_EQ(std::ranges::count(all, static_cast<std::uint8_t>('a' + i)), kSwaps);
  EXPECT_GT(conflicts, 0) << "they never met, and nothing was shown";
}

/// A service that keeps no conditions.
TEST_P(S3Service, IsRefusedAsHome) {
  const auto bucket = place.bucket();
  S3Head head(*bucket, ObjectName("home/head"), system_random());
  const auto probed = head.probe();
  ASSERT_TRUE(fails_with(probed, Code::unsupported));
  std::printf("%s\n", probed.error().sentence().c_str());
}

TEST_P(S3Service, ListsMoreThanOnePage) {
  S3Store store(place.bucket());
  std::vector<std::string> names;
  for (int i = 0; i < 1100; ++i) {
    names.push_back("n" + std::to_string(10'000 + i));
    ASSERT_TRUE(store.replace(ObjectName("many/" + names.back()), {}));
  }
  const auto listed = store.list(ObjectName("many"));
  ASSERT_TRUE(listed) << listed.error().sentence();
  EXPECT_EQ(*listed, names);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(S3Service);

}  // namespace

INSTANTIATE_TEST_SUITE_P(S3InMemory, StoreContract, ::testing::Values([]() -> std::unique_ptr<StoreSubject> {
                           return std::make_unique<MemorySubject>();
                         }));
INSTANTIATE_TEST_SUITE_P(S3Service, StoreContract, ::testing::ValuesIn(services()));
INSTANTIATE_TEST_SUITE_P(Started, S3Service, ::testing::ValuesIn(services()));

}  // namespace muniment
