// Debian's age and age-keygen open what we seal, and we open what they seal.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "age/armor.h"
#include "age/file.h"
#include "base/encoding.h"
#include "crypto/random.h"
#include "testing/temporary_folder.h"

namespace muniment::age {
namespace {

const std::string kPassphrase = "a passphrase, typed";

Bytes some_plain(std::size_t size) {
  Bytes plain(size);
  for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<std::uint8_t>(i ^ (i >> 8) ^ (i >> 16));
  return plain;
}

/// Runs `arguments` on a terminal of its own and types the passphrase whenever it is asked. Gives the exit status.
int run_and_type(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  std::string shown;
  std::array<char, 512> buffer{};
  const std::string line = kPassphrase + "\n";
  for (;;) {
    const ssize_t count = ::read(terminal, buffer.data(), buffer.size());
    if (count <= 0) break;  // a terminal whose program has ended says EIO
    shown.append(buffer.data(), static_cast<std::size_t>(count));
    if (!shown.ends_with(": ")) continue;  // both of age's questions end so
    shown.clear();
    if (::write(terminal, line.data(), line.size()) < 0) break;
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  return status;
}

class Interop : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("age --version >/dev/null 2>&1 && age-keygen --version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "age is not installed";
    }
  }

  std::string at(const std::string& name) const { return folder_.path() + "/" + name; }

  bool run(const std::string& command) const {
    return std::system(("cd '" + folder_.path() + "' && " + command + " 2>/dev/null").c_str()) == 0;
  }

  void put(const std::string& name, ByteView bytes) const {
    std::ofstream(at(name), std::ios::binary) << as_text(bytes);
  }

  Bytes get(const std::string& name) const {
    std::ifstream stream(at(name), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return {text.begin(), text.end()};
  }

  /// A new key of age-keygen, kept in the file `name`.
  std::unique_ptr<Identity> make_key(const std::string& name) const {
    EXPECT_TRUE(run("age-keygen -o " + name));
    auto identities = parse_key_file(as_text(get(name)));
    EXPECT_TRUE(identities);
    return std::move(identities->front());
  }

  std::unique_ptr<Recipient> recipient_of(const std::string& name) const {
    EXPECT_TRUE(run("age-keygen -y " + name + " > recipient"));
    std::string text(as_text(get("recipient")));
    text.pop_back();  // its line feed
    auto recipient = parse_recipient(text);
    EXPECT_TRUE(recipient) << text;
    EXPECT_EQ((*recipient)->text(), text);
    return std::move(*recipient);
  }

 private:
  TemporaryFolder folder_;
};

const std::vector<std::size_t> kSizes = {0, 1, 65536, 65537, 131072, 1048576};

TEST_F(Interop, AgeOpensWhatWeSeal) {
  make_key("ada");
  make_key("ben");
  make_key("eve");
  const auto ada = recipient_of("ada");
  const auto ben = recipient_of("ben");
  const std::vector<const Recipient*> recipients = {ada.get(), ben.get()};
  for (const std::size_t size : kSizes) {
    const Bytes plain = some_plain(size);
    const auto file = seal_bytes(plain, recipients, system_random());
    ASSERT_TRUE(file);
    put("file.age", *file);
    put("file.txt", as_view(render_armor(*file)));
    for (const std::string key : {"ada", "ben"}) {
      ASSERT_TRUE(run("age -d -i " + key + " -o plain file.age")) << key << " " << size;
      EXPECT_EQ(get("plain"), plain) << key << " " << size;
      ASSERT_TRUE(run("age -d -i " + key + " -o plain file.txt")) << key << " " << size;
      EXPECT_EQ(get("plain"), plain) << key << " " << size;
    }
    EXPECT_FALSE(run("age -d -i eve -o plain file.age"));
  }
}

TEST_F(Interop, WeOpenWhatAgeSeals) {
  const auto ada = make_key("ada");
  const auto ben = make_key("ben");
  const auto eve = make_key("eve");
  for (const std::size_t size : kSizes) {
    const Bytes plain = some_plain(size);
    put("plain", plain);
    ASSERT_TRUE(run("age -e -i ada -i ben -o file.age plain"));
    ASSERT_TRUE(run("age -e -a -i ada -i ben -o file.txt plain"));
    EXPECT_TRUE(is_armored(get("file.txt")));
    for (const std::string name : {"file.age", "file.txt"}) {
      for (const Identity* identity : {ada.get(), ben.get()}) {
        const std::vector<const Identity*> identities = {identity};
        const auto opened = open_bytes(get(name), identities);
        ASSERT_TRUE(opened) << name << " " << size << ": " << opened.error().sentence();
        EXPECT_TRUE(equal(opened->expose(), plain));
      }
      const std::vector<const Identity*> others = {eve.get()};
      EXPECT_EQ(open_bytes(get(name), others).error().code(), Code::denied);
    }
  }
}

TEST_F(Interop, AgeTakesTheKeysWeMake) {
  const X25519Identity identity = X25519Identity::make(system_random());
  put("key", identity.text().expose());
  EXPECT_EQ(recipient_of("key")->text(), identity.recipient().text());
}

TEST_F(Interop, AgeOpensOurPassphraseFiles) {
  const ScryptRecipient recipient(SecretBytes::copy_of(as_view(kPassphrase)), 12);
  const std::vector<const Recipient*> recipients = {&recipient};
  const auto file = seal_bytes(as_view("a key file"), recipients, system_random());
  ASSERT_TRUE(file);
  put("file.age", *file);
  ASSERT_EQ(run_and_type({"age", "-d", "-o", at("plain"), at("file.age")}), 0);
  EXPECT_EQ(as_text(get("plain")), "a key file");
}

TEST_F(Interop, WeOpenAgesPassphraseFiles) {
  put("plain", as_view("a key file"));
  ASSERT_EQ(run_and_type({"age", "-p", "-a", "-o", at("file.txt"), at("plain")}), 0);
  const ScryptIdentity right(SecretBytes::copy_of(as_view(kPassphrase)));
  const ScryptIdentity wrong(SecretBytes::copy_of(as_view("another")));
  const std::vector<const Identity*> identities = {&right};
  const auto opened = open_bytes(get("file.txt"), identities);
  ASSERT_TRUE(opened) << opened.error().sentence();
  EXPECT_EQ(opened->expose_text(), "a key file");
  const std::vector<const Identity*> others = {&wrong};
  EXPECT_EQ(open_bytes(get("file.txt"), others).error().code(), Code::denied);
}

}  // namespace
}  // namespace muniment::age
