#include "archive/contents.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "archive/archive_testing.h"
#include "base/encoding.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "tlog/proof.h"

namespace muniment {
namespace {

ItemFacts facts_of(const std::string& path) {
  return {.path = path, .modified_ns = 1'700'000'000'123'456'789, .mode = 0640, .owner = 7, .group = 8, .defects = {}};
}

bag::PayloadFile payload(const std::string& name, std::uint64_t size, std::uint64_t offset) {
  return {.path = "data/" + name, .size_bytes = size, .offset_bytes = offset, .digest = sha256(as_view(name))};
}

DepositFacts deposit_facts() {
  return {.archive = sha256(as_view("archive")),
          .compartment = "evidence",
          .bag = "bag-0",
          .sealed_s = 1'767'225'600,
          .tool = "muniment 0"};
}

/// Lines as people would write them, each with its LF.
Result<Contents> parse_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return parse_contents(as_view(text));
}

const std::string kHex(64, 'a');
const std::string kDeposit = R"({"salt":"0","kind":"deposit","format":"muniment/contents/v1","archive":")" + kHex +
                             R"(","compartment":"evidence","bag":"b","sealed":"x","tool":"t"})";

std::string content(int item, int size = 1, int offset = 0) {
  return R"({"salt":"1","kind":"content","item":)" + std::to_string(item) + R"(,"size":)" + std::to_string(size) +
         R"(,"sha256":")" + kHex + R"(","mediaType":"a/b","offset":)" + std::to_string(offset) + "}";
}

std::string context(int item, const std::string& name, const std::string& path) {
  return R"({"salt":"2","kind":"context","item":)" + std::to_string(item) + R"(,"name":")" + name + R"(","path":")" +
         path + R"(","modified":"2026-01-01T00:00:00.000000000Z"})";
}

std::string link(int item, const std::string& path) {
  return R"({"salt":"3","kind":"link","item":)" + std::to_string(item) + R"(,"path":")" + path + R"(","target":"x"})";
}

/// The lines are a format of bytes: put together by hand, and what the JSON library writes of the same values.
RC_GTEST_PROP(ContentsWriter, WritesWhatTheJsonLibraryWrites, ()) {
  FixedRandom random;
  ContentsWriter writer(random);
  const auto path = *rc::gen::arbitrary<std::string>();
  ItemFacts facts = facts_of("given/" + path);
  facts.owner = *rc::gen::arbitrary<std::uint32_t>();
  facts.defects = *rc::gen::resize(3, rc::gen::arbitrary<std::vector<std::string>>());
  writer.add_file(payload("a.jpg", *rc::gen::arbitrary<std::uint64_t>(), 1024), facts);
  facts.path += "1";
  writer.add_link(facts, path);
  writer.add_left_out("given/" + path + "2", path);
  const auto finished = writer.finish(deposit_facts());
  for (const std::string_view line : contents_leaves(as_text(finished.bytes))) {
    const auto json = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    RC_ASSERT(json.is_object());
    RC_ASSERT(json.dump() == line);
  }
  RC_ASSERT(parse_contents(finished.bytes).has_value());
}

TEST(ContentsWriter, WritesTextsThatNeedEscapes) {
  FixedRandom random;
  ContentsWriter writer(random);
  ItemFacts facts = facts_of("a \"quoted\" \\ name\n\x7f\u00e9");
  facts.defects = {"one", "two\t"};
  writer.add_file(payload("a", 10, 1024), facts);
  writer.add_left_out("b", "not UTF-8: \xff");
  writer.add_left_out("c", "a \"word\"");
  writer.add_left_out("back\\slash", "");
  const auto finished = writer.finish(deposit_facts());
  const std::string text(as_text(finished.bytes));
  EXPECT_NE(text.find(R"("path":"a \"quoted\" \\ name\n)"
                      "\x7f\u00e9"
                      R"(","modified":"2023-11-14T22:13:20.123456789Z",)"
                      R"("mode":"0640","owner":7,"group":8,"defects":["one","two\t"]})"
                      "\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\"item\":2,\"path\":\"b\",\"reason\":\"not UTF-8: \ufffd\"}\n"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("path":"c","reason":"a \"word\""})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("path":"back\\slash","reason":""})"), std::string::npos) << text;
}

TEST(ContentsWriter, IsReadBackAsItWasWritten) {
  FixedRandom random;
  ContentsWriter writer(random);
  ItemFacts odd = facts_of("given/a.jpg");
  odd.defects = {"grew while it was read"};
  writer.add_file(payload("a.jpg", 10, 1024), odd);
  writer.add_link(facts_of("given/link"), "../\xff");
  writer.add_file(payload("b", 20, 2048), facts_of("given/\xff\n\"\\"));
  writer.add_empty_folder(facts_of("given/empty"));
  writer.add_left_out("given/\xfe", "is a FIFO and not a file");
  EXPECT_EQ(writer.items(), 5u);
  const auto finished = writer.finish(deposit_facts());
  const auto contents = parse_contents(finished.bytes);
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->tree, finished.tree);
  EXPECT_EQ(contents->facts.archive, deposit_facts().archive);
  EXPECT_EQ(contents->facts.compartment, "evidence");
  EXPECT_EQ(contents->facts.bag, "bag-0");
  ASSERT_EQ(contents->files.size(), 2u);
  EXPECT_EQ(contents->files[0].name, "data/a.jpg");
  EXPECT_EQ(contents->files[0].path, "given/a.jpg");
  EXPECT_EQ(contents->files[0].media_type, "image/jpeg");
  EXPECT_EQ(contents->files[0].modified_ns, 1'700'000'000'123'456'789);
  EXPECT_EQ(contents->files[0].defects, odd.defects);
  EXPECT_EQ(contents->files[1].path, "given/\xff\n\"\\") << "bytes that are no text come back too";
  EXPECT_EQ(contents->files[1].size_bytes, 20u);
  EXPECT_EQ(contents->files[1].offset_bytes, 2048u);
  EXPECT_EQ(contents->files[1].digest, sha256(as_view("b")));
  ASSERT_EQ(contents->others.size(), 3u);
  EXPECT_EQ(contents->others[0].kind, "link");
  EXPECT_EQ(contents->others[0].detail, "../\xff");
  EXPECT_EQ(contents->others[1].kind, "folder");
  EXPECT_EQ(contents->others[2].path, "given/\xfe");
  EXPECT_EQ(contents->others[2].detail, "is a FIFO and not a file");
}

TEST(ContentsWriter, SaltsEveryLineAndTellsNothingOfThePathInTheContentLine) {
  FixedRandom random;
  ContentsWriter writer(random);
  for (int i = 0; i < 20; ++i)
    writer.add_file(payload(std::to_string(i), 5, 0), facts_of("witness/" + std::to_string(i)));
  const auto finished = writer.finish(deposit_facts());
  std::set<std::string> salts;
  std::size_t lines = 0;
  const auto all_lines = split_lines(as_text(finished.bytes), 1000);
  for (const std::string_view line : *all_lines) {
    if (line.front() == ' ') continue;
    ++lines;
    ASSERT_TRUE(line.starts_with(R"({"salt":")"));
    salts.emplace(line.substr(9, 32));
    const bool is_content = line.find(R"("kind":"content")") != std::string_view::npos;
    EXPECT_EQ(is_content && line.find("witness") != std::string_view::npos, false) << line;
  }
  EXPECT_EQ(lines, 41u) << "two lines a file and one for the deposit";
  EXPECT_EQ(salts.size(), lines) << "no salt twice";
}

/// format-review 13: the size tells the order of magnitude only.
TEST(ContentsWriter, PadsToTheSameSizeForFewFiles) {
  std::set<std::size_t> sizes;
  for (const int files : {1, 5, 20}) {
    FixedRandom random;
    ContentsWriter writer(random);
    for (int i = 0; i < files; ++i) writer.add_file(payload(std::to_string(i), 5, 0), facts_of(std::to_string(i)));
    sizes.insert(writer.finish(deposit_facts()).bytes.size());
  }
  EXPECT_EQ(sizes, std::set<std::size_t>{kContentsFloorBytes});
}

/// format-review 6 and P4: RFC 6962 alone accepts the root of 4 leaves as one of 3.
TEST(ContentsTree, CommitsToTheCount) {
  const std::vector<std::string> lines = {kDeposit, link(1, "a"), link(2, "b"), link(3, "c")};
  tlog::Frontier frontier;
  for (const std::string& line : lines) frontier.append(tlog::leaf_hash(as_view(line)));
  const auto contents = parse_lines(lines);
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->tree, contents_tree(4, frontier.root()));
  EXPECT_NE(contents->tree, contents_tree(3, frontier.root()));
  EXPECT_EQ(contents->tree, sha256(as_view("muniment/tree/v1\n4\n" + frontier.root().hex() + "\n")));

  // The attack itself: three subtrees under the root of four, the last one "withheld".
  const Sha256 first = tlog::leaf_hash(as_view(lines[0])), second = tlog::leaf_hash(as_view(lines[1]));
  const Sha256 withheld = tlog::node_hash(tlog::leaf_hash(as_view(lines[2])), tlog::leaf_hash(as_view(lines[3])));
  const tlog::TreeHead claimed{3, frontier.root()};
  const tlog::Proof path = {second, withheld};
  EXPECT_TRUE(tlog::verify_inclusion(first, 0, path, claimed))
      << "if this fails the tree alone commits to the count, and the text above may go";
  EXPECT_NE(contents_tree(claimed.size, claimed.root), contents->tree) << "a 4-line tree is not one of 3";
}

TEST(ContentsTree, ChangesWithEveryLineAndIgnoresPadding) {
  const auto tree = [](const std::vector<std::string>& lines) { return parse_lines(lines)->tree; };
  const Sha256 whole = tree({kDeposit, link(1, "a"), link(2, "b")});
  EXPECT_NE(whole, tree({kDeposit, link(1, "a")}));
  EXPECT_NE(whole, tree({kDeposit, link(2, "b"), link(1, "a")}));
  EXPECT_NE(whole, tree({kDeposit, link(1, "a"), " " + link(2, "b")})) << "exact bytes, nothing is re-serialised";
  EXPECT_NE(whole, tree({kDeposit, link(1, "a"), link(2, "b"), R"({"kind":"of the future"})"}));
  EXPECT_EQ(whole, tree({kDeposit, link(1, "a"), link(2, "b"), "   "}));
}

TEST(ParseContents, TakesThePathsOverFromUnknownKinds) {
  const auto contents = parse_lines({kDeposit, R"({"kind":"of the future","x":[1,{"y":2}]})",
                                     R"({"kind":"link","item":9,"path":"p",)"
                                     R"("target":"t","unknown":{"kind":1,"kind":2}})"});
  ASSERT_TRUE(contents) << contents.error().sentence();
  EXPECT_EQ(contents->others.size(), 1u);
}

TEST(ParseContents, RefusesWhatIsAmbiguous) {
  const std::string good = context(1, "data/a", "a");
  ASSERT_TRUE(parse_lines({kDeposit, content(1), good}));
  const std::vector<std::vector<std::string>> ambiguous = {
      {},
      {content(1), good},
      {kDeposit, kDeposit},
      {kDeposit, content(1)},
      {kDeposit, good},
      {kDeposit, good, content(1)},
      {kDeposit, content(1), content(1), good},
      {kDeposit, content(1), context(2, "data/a", "a")},
      {kDeposit, content(1), good, good},
      {kDeposit, content(1), good, content(2), context(2, "data/a", "b")},
      {kDeposit, content(1), good, content(2), context(2, "data/b", "a")},
      {kDeposit, content(1), good, link(2, "a")},
      {kDeposit, content(1), good, content(1), context(1, "data/b", "b")},
      {kDeposit, content(1), good, link(1, "b")},
      {kDeposit, R"({"kind":"link","kind":"folder","item":1,"path":"p","target":"t"})"},
      {kDeposit, R"({"kind":"folder","item":1,"path":"p","path":"q"})"},
      {kDeposit, R"({"item":1})"},
      {kDeposit, "[]"},
      {kDeposit, "null"},
      {kDeposit, R"({"kind":"link")"},
      {kDeposit, link(1, "a") + link(2, "b")},
      {kDeposit, link(1, "\xff")},
      {kDeposit, content(1, -1), good},
      {kDeposit, R"({"kind":"content","item":1,"size":1.5,"sha256":")" + kHex + R"(","mediaType":"x","offset":1})",
       good},
      {kDeposit,
       R"({"kind":"content","item":1,"size":99999999999999999999,"sha256":")" + kHex +
           R"(","mediaType":"x","offset":1})",
       good},
      {kDeposit, R"({"kind":"folder","item":1,"pathBytes":"no base64"})"},
  };
  for (std::size_t i = 0; i < ambiguous.size(); ++i) EXPECT_CODE(parse_lines(ambiguous[i]), Code::corrupt) << i;
}

TEST(ParseContents, RefusesContentsOfAnotherVersion) {
  std::string other = kDeposit;
  other.replace(other.find("contents/v1"), 11, "contents/v2");
  EXPECT_CODE(parse_lines({other}), Code::corrupt);
}

TEST(ParseContents, HasLimitsAgainstHostileSizes) {
  EXPECT_CODE(parse_contents(Bytes(kContentsPlainBytesMax + 1, '\n')), Code::limit);
  EXPECT_CODE(parse_contents(Bytes(200'001, '\n')), Code::limit);
  // Small in bytes, large once it is parsed: one line may not hold millions of values.
  std::string many = R"({"kind":"x","a":[0)";
  for (int i = 0; i < 200'000; ++i) many += ",0";
  EXPECT_CODE(parse_lines({kDeposit, many + "]}"}), Code::limit);
  EXPECT_CODE(parse_lines({kDeposit, R"({"kind":"x","a":)" + std::string(200'000, '[')}), Code::limit);
  EXPECT_TRUE(parse_lines({kDeposit, std::string(200'000, ' ')})) << "padding is no line";
}

TEST(ParseContents, TakesTheLongestLinesThatAreWritten) {
  FixedRandom random;
  ContentsWriter writer(random);
  // A path of control characters takes six bytes each in JSON; Linux has paths of 4,095 bytes.
  const std::string longest(4095, '\x01');
  ItemFacts facts = facts_of(longest);
  facts.defects = {std::string(1000, 'd')};
  writer.add_file(payload(std::string(3800, '"'), 1, 0), facts);
  writer.add_link(facts_of(longest + "x"), longest);
  writer.add_left_out(longest + "y", std::string(1000, 'r'));
  EXPECT_TRUE(parse_contents(writer.finish(deposit_facts()).bytes));
}

TEST(MediaTypes, GoByTheEndingInAnyCase) {
  EXPECT_EQ(media_type_of("a/b.JPG"), "image/jpeg");
  EXPECT_EQ(media_type_of("a.tar.pdf"), "application/pdf");
  EXPECT_EQ(media_type_of("jpg"), "application/octet-stream");
  EXPECT_EQ(media_type_of("a.jpg/b"), "application/octet-stream");
  EXPECT_EQ(media_type_of(""), "application/octet-stream");
}

/// A kept line; the proof is not looked at here.
std::string kept(int item, const std::string& line, const std::string& proof = "") {
  return R"({"salt":"4","kind":"kept","item":)" + std::to_string(item) + R"(,"deposit":")" + kHex +
         R"(","leaf":1,"leaves":2,"root":")" + kHex + R"(","proof":")" + proof + R"(","line":")" +
         to_base64(as_view(line)) + "\"}";
}

TEST(ParseContents, TakesLinesKeptOfOlderDeposits) {
  const auto parsed = parse_lines({kDeposit, content(1), context(1, "data/a", "a"), kept(1, content(7)),
                                   kept(1, context(7, "data/old-name", "a"), to_base64(Bytes(64, 5))), link(2, "l"),
                                   kept(2, link(9, "l"))});
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  ASSERT_EQ(parsed->kept.size(), 3u);
  EXPECT_EQ(parsed->kept[0].line, content(7));
  EXPECT_EQ(parsed->kept[0].leaf, 1u);
  EXPECT_EQ(parsed->kept[0].leaves, 2u);
  EXPECT_TRUE(parsed->kept[0].proof.empty());
  EXPECT_EQ(parsed->kept[1].proof.size(), 2u);
  EXPECT_EQ(parsed->kept[2].item, 2u);
  EXPECT_EQ(parsed->files[0].content_leaf, 1u);
  EXPECT_EQ(parsed->files[0].context_leaf, 2u);
  EXPECT_EQ(parsed->others[0].leaf, 5u);
}

TEST(ParseContents, RefusesKeptLinesThatSaySomethingElse) {
  const auto with = [](const std::string& line) {
    return parse_lines({kDeposit, content(1), context(1, "data/a", "a"), line, link(2, "l")});
  };
  ASSERT_TRUE(with(kept(1, content(7))));
  EXPECT_CODE(with(kept(1, content(7, 2))), Code::corrupt) << "another size";
  std::string other_digest = content(7);
  other_digest.replace(other_digest.find(kHex), 1, "b");
  EXPECT_CODE(with(kept(1, other_digest)), Code::corrupt);
  EXPECT_CODE(with(kept(1, context(7, "data/a", "b"))), Code::corrupt) << "another path";
  std::string other_time = context(7, "data/a", "a");
  other_time.replace(other_time.find("2026"), 4, "2020");
  EXPECT_CODE(with(kept(1, other_time)), Code::corrupt);
  EXPECT_CODE(with(kept(1, link(7, "a"))), Code::corrupt) << "another kind";
  EXPECT_CODE(with(kept(2, content(7))), Code::corrupt) << "of no item, or of one that comes later";
  EXPECT_CODE(with(kept(1, "no line")), Code::corrupt);
  EXPECT_CODE(with(kept(1, content(7), "AAAA")), Code::corrupt) << "half a hash";
  EXPECT_CODE(parse_lines({kDeposit, kept(1, content(7))}), Code::corrupt);
  EXPECT_CODE(parse_lines({kDeposit, link(2, "l"), kept(2, link(7, "k"))}), Code::corrupt);
}

}  // namespace
}  // namespace muniment
