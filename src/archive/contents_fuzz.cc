// Any bytes as contents: names and paths are unique, and what is written again from what was read says the same.
#include <set>

#include "archive/contents.h"
#include "base/encoding.h"

namespace muniment {
namespace {

class NoRandom final : public Random {
 public:
  void fill(MutableBytes bytes) override { std::ranges::fill(bytes, std::uint8_t{0}); }
};

void check_unique(const Contents& contents) {
  std::set<std::string> names, paths;
  for (const ContentsFile& file : contents.files) {
    MUNIMENT_CHECK(names.insert(file.name).second);
    MUNIMENT_CHECK(paths.insert(file.path).second);
  }
  for (const ContentsOther& other : contents.others) MUNIMENT_CHECK(paths.insert(other.path).second);
}

Contents written_again(const Contents& contents) {
  NoRandom random;
  ContentsWriter writer(random);
  for (const ContentsFile& file : contents.files) {
    ItemFacts facts;
    facts.path = file.path;
    facts.modified_ns = file.modified_ns;
    facts.defects = file.defects;
    writer.add_file(
        {.path = file.name, .size_bytes = file.size_bytes, .offset_bytes = file.offset_bytes, .digest = file.digest},
        facts);
  }
  for (const ContentsOther& other : contents.others) {
    ItemFacts facts;
    facts.path = other.path;
    if (other.kind == "link") writer.add_link(facts, other.detail);
    if (other.kind == "folder") writer.add_empty_folder(facts);
    if (other.kind == "left-out") writer.add_left_out(other.path, other.detail);
  }
  auto again = parse_contents(writer.finish(contents.facts).bytes);
  MUNIMENT_CHECK(again.has_value());
  return std::move(*again);
}

void check(ByteView bytes) {
  const auto contents = parse_contents(bytes);
  if (!contents) {
    MUNIMENT_CHECK(contents.error().code() == Code::corrupt || contents.error().code() == Code::limit);
    return;
  }
  check_unique(*contents);
  const Contents again = written_again(*contents);
  MUNIMENT_CHECK(again.facts.archive == contents->facts.archive && again.facts.bag == contents->facts.bag);
  MUNIMENT_CHECK(again.files.size() == contents->files.size() && again.others.size() == contents->others.size());
  std::set<std::string> before, after;
  for (const ContentsFile& file : contents->files)
    before.insert(file.name + "\n" + file.path + "\n" + file.digest.hex() + std::to_string(file.size_bytes) + "\n" +
                  std::to_string(file.modified_ns));
  for (const ContentsFile& file : again.files)
    after.insert(file.name + "\n" + file.path + "\n" + file.digest.hex() + std::to_string(file.size_bytes) + "\n" +
                 std::to_string(file.modified_ns));
  MUNIMENT_CHECK(before == after);
  for (std::size_t i = 0; i < again.others.size(); ++i) {
    MUNIMENT_CHECK(again.others[i].path == contents->others[i].path);
    // A reason that is no text is repaired; a link's target is not.
    MUNIMENT_CHECK(again.others[i].kind == "left-out" || again.others[i].detail == contents->others[i].detail);
  }
}

}  // namespace
}  // namespace muniment

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  muniment::check({data, size});
  return 0;
}
