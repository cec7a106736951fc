#include "testing/faulty_store.h"

#include <gtest/gtest.h>

#include "store/folder_store.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

const ObjectName kName("a/b");

struct Faulty {
  MemoryFs fs;
  FixedRandom random;
  FolderStore inner{fs, "store", random};
  FaultyStore store{inner};

  std::string text(const ObjectName& name = kName) {
    const auto bytes = inner.get(name, 100);
    return bytes ? std::string(as_text(*bytes)) : "nothing";
  }
};

TEST(FaultyStore, PassesEverythingOnAndCountsIt) {
  Faulty faulty;
  FaultyStore& store = faulty.store;
  EXPECT_EQ(store.where(), "store");
  EXPECT_TRUE(store.put(kName, as_view("1234")));
  EXPECT_TRUE(store.flush());
  EXPECT_EQ(as_text(*store.get(kName, 4)), "1234");
  EXPECT_CODE(store.get(kName, 3), Code::limit);
  EXPECT_EQ(*store.size(kName), 4u);
  EXPECT_TRUE(store.replace(kName, as_view("5")));
  EXPECT_EQ(*store.list(ObjectName("a")), std::vector<std::string>{"b"});
  EXPECT_EQ(faulty.text(), "5");
  EXPECT_TRUE(store.remove(kName));
  EXPECT_EQ(store.operations(), 8u);
  EXPECT_EQ(faulty.text(), "nothing");
}

TEST(FaultyStore, RefusesOneOperationOrAllFromOneOn) {
  Faulty faulty;
  faulty.store.inject(1, Fault::refuse, Code::denied);
  faulty.store.refuse_from(3, Code::io);
  EXPECT_CODE(faulty.store.put(kName, as_view("1")), Code::denied);
  EXPECT_EQ(faulty.text(), "nothing");
  EXPECT_TRUE(faulty.store.put(kName, as_view("1")));
  EXPECT_CODE(faulty.store.get(kName, 1), Code::io);
  EXPECT_CODE(faulty.store.flush(), Code::io);
}

TEST(FaultyStore, LosesWritesAndReads) {
  Faulty faulty;
  for (const std::uint64_t n : {1u, 3u, 4u, 5u}) faulty.store.inject(n, Fault::lose);
  EXPECT_TRUE(faulty.store.put(kName, as_view("1")));
  EXPECT_EQ(faulty.text(), "nothing");
  EXPECT_TRUE(faulty.store.put(kName, as_view("1")));
  EXPECT_CODE(faulty.store.get(kName, 1), Code::not_found);
  EXPECT_CODE(faulty.store.size(kName), Code::not_found);
  EXPECT_TRUE(faulty.store.list(ObjectName("a"))->empty());
  EXPECT_EQ(faulty.text(), "1");
}

TEST(FaultyStore, CutsAndFlipsWhatIsWrittenAndRead) {
  Faulty faulty;
  faulty.store.inject(1, Fault::truncate);
  faulty.store.inject(2, Fault::truncate);
  faulty.store.inject(3, Fault::flip);
  faulty.store.inject(4, Fault::flip);
  EXPECT_TRUE(faulty.store.put(kName, as_view("1234")));
  EXPECT_EQ(faulty.text(), "12");
  EXPECT_EQ(as_text(*faulty.store.get(kName, 4)), "1");
  EXPECT_TRUE(faulty.store.replace(kName, as_view("0000")));
  EXPECT_EQ(faulty.text(), "0010");
  EXPECT_EQ(as_text(*faulty.store.get(kName, 4)), "0000");
}

TEST(FaultyStore, ADelayedChangeComesAfterTheNextOperation) {
  Faulty faulty;
  const ObjectName later("later");
  faulty.store.inject(1, Fault::delay);
  EXPECT_TRUE(faulty.store.put(kName, as_view("1")));
  EXPECT_TRUE(faulty.store.put(later, as_view("2")));
  EXPECT_EQ(faulty.text(later), "2");
  EXPECT_EQ(faulty.text(), "nothing");
  EXPECT_EQ(as_text(*faulty.store.get(kName, 1)), "1");
}

TEST(FaultyStore, TheHookSeesEachCallAndMayRefuseIt) {
  Faulty faulty;
  std::vector<std::string> names;
  faulty.store.on_call([&](const FaultyStore::Call& call) -> Result<void> {
    names.push_back(call.name);
    EXPECT_EQ(call.number, names.size());
    if (call.operation == FaultyStore::Operation::replace) return Error(Code::conflict, "not this one");
    return {};
  });
  EXPECT_TRUE(faulty.store.put(kName, as_view("1")));
  EXPECT_TRUE(faulty.store.flush());
  EXPECT_CODE(faulty.store.replace(kName, as_view("2")), Code::conflict);
  EXPECT_EQ(names, (std::vector<std::string>{"a/b", "", "a/b"}));
  EXPECT_EQ(faulty.text(), "1");
}

}  // namespace
}  // namespace muniment
