#include "tor/tor.h"

#include <algorithm>
#include <chrono>

#include "base/encoding.h"
#include "base/secret_text.h"
#include "crypto/ed25519.h"
#include "crypto/kdf.h"
#include "tor/address.h"

namespace muniment {
namespace {

constexpr std::size_t kCookieBytes = 32;
constexpr std::size_t kNonceBytes = 32;
constexpr std::size_t kCommandBytesMax = 32 << 10;  // a hundred clients have 7 KiB
constexpr unsigned kSyntaxError = 512;
constexpr unsigned kUnknownArgument = 513;
constexpr unsigned kUnknownEntity = 552;

/// A refusal as an error.
Error refusal(const ControlReply& reply, const char* of_what) {
  const std::string why =
      std::to_string(reply.status) + " " + (reply.lines.empty() ? "" : printable(reply.lines.back(), 200));
  constexpr unsigned kAuthenticationRequired = 514, kBadAuthentication = 515, kUnspecified = 550;
  const bool is_taken = reply.status == kUnspecified && why.find("collision") != std::string::npos;
  const bool is_denied = reply.status == kAuthenticationRequired || reply.status == kBadAuthentication;
  return {is_taken    ? Code::conflict
          : is_denied ? Code::denied
                      : Code::unavailable,
          std::string("tor refuses ") + of_what + " (" + why + ")" +
              (is_taken ? ": another program has this onion service up by the same key" : "")};
}

/// The cookie, whole and of the right length.
Result<SecretBytes> read_cookie(Fs& fs, const std::string& path) {
  auto bytes = read_file(fs, path, kCookieBytes);
  if (!bytes) {
    return Error(Code::denied, "the cookie of tor's control port, " + printable(path, 200) + ", cannot be read (" +
                                   bytes.error().sentence() + "): on Debian, become a member of the group debian-tor");
  }
  SecretBytes cookie = SecretBytes::copy_of(*bytes);
  wipe(*bytes);
  if (cookie.size() != kCookieBytes)
    return Error(Code::denied, printable(path, 200) + ", which tor names as its cookie, is none: it has not 32 bytes");
  return cookie;
}

/// HMAC over cookie and nonces, under one of the two keys of control-spec 3.24.
Mac cookie_mac(std::string_view key, const SecretBytes& cookie, ByteView ours, ByteView theirs) {
  SecretBytes message(kCookieBytes + 2 * kNonceBytes);
  auto place = message.expose_mut().begin();
  for (const ByteView piece : {cookie.expose(), ours, theirs}) place = std::ranges::copy(piece, place).out;
  return hmac_sha256(as_view(key), message.expose());
}

Result<void> check_order(const OnionOrder& order) {
  const bool is_plain = std::ranges::all_of(order.unix_path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
           c == '_' || c == '-';
  });
  if (is_plain && order.unix_path.starts_with('/')) return {};
  return Error(Code::invalid,
               "tor is given the path of a socket in letters, digits, \"/\", \".\", \"_\" and \"-\" only, "
               "and not " +
                   printable(order.unix_path, 200));
}

SecretBytes add_onion_command(const Secret<32>& seed, const OnionOrder& order, bool has_proof_of_work) {
  SecretText command(kCommandBytesMax);
  command.add("ADD_ONION ED25519-V3:");
  command.add_base64(ed25519_expanded(seed).expose());
  if (!order.clients.empty()) command.add(" Flags=V3Auth");
  if (order.streams_max > 0) command.add(" MaxStreams=" + std::to_string(order.streams_max));
  if (has_proof_of_work) command.add(" PoWDefensesEnabled=1");
  command.add(" Port=80,unix:");
  command.add(order.unix_path);
  for (const X25519Public& client : order.clients) command.add(" ClientAuthV3=" + to_base32(client));
  return std::move(command).take();
}

}  // namespace

Result<Tor> Tor::open(const std::string& control, Fs& fs, Random& random, const ControlLimits& limits) {
  TRY_ASSIGN(auto connection, ControlConnection::open(control, limits));
  Tor tor(std::move(connection));
  TRY(tor.authenticate(fs, random));
  TRY_ASSIGN(const ControlReply subscribed, tor.connection_->ask("SETEVENTS HS_DESC"));
  if (!subscribed.is_done()) return refusal(subscribed, "news of descriptors");
  return tor;
}

Result<void> Tor::authenticate(Fs& fs, Random& random) {
  TRY_ASSIGN(const ControlReply info, connection_->ask("PROTOCOLINFO 1"));
  if (!info.is_done()) return refusal(info, "to say how it is asked");
  TRY_ASSIGN(const std::string path, cookie_path_in(info));
  TRY_ASSIGN(const SecretBytes cookie, read_cookie(fs, path));
  Bytes nonce(kNonceBytes);
  random.fill(nonce);
  TRY_ASSIGN(const ControlReply challenged, connection_->ask("AUTHCHALLENGE SAFECOOKIE " + to_hex(nonce)));
  if (!challenged.is_done()) return refusal(challenged, "the cookie");
  TRY_ASSIGN(const CookieChallenge challenge, parse_cookie_challenge(challenged));
  // Whoever listens there proves first that the cookie is known: a file that it names is not made to answer otherwise.
  const Mac theirs =
      cookie_mac("Tor safe cookie authentication server-to-controller hash", cookie, nonce, challenge.server_nonce);
  if (!equal_in_constant_time(theirs, challenge.server_hash)) {
    return Error(Code::denied, "the cookie in " + printable(path, 200) +
                                   " is not that of this tor: it is an older "
                                   "one's, or something else listens at the control port");
  }
  const Mac ours =
      cookie_mac("Tor safe cookie authentication controller-to-server hash", cookie, nonce, challenge.server_nonce);
  TRY_ASSIGN(const ControlReply let_in, connection_->ask("AUTHENTICATE " + to_hex(ours)));
  if (!let_in.is_done()) return refusal(let_in, "the cookie");
  return {};
}

Result<void> Tor::add_onion(const Secret<32>& seed, const OnionOrder& order) {
  TRY(check_order(order));
  TRY_ASSIGN(ControlReply reply, connection_->ask(add_onion_command(seed, order, true).expose_text()));
  if (reply.status == kSyntaxError || reply.status == kUnknownArgument) {  // before 0.4.9, or built without it
    TRY_ASSIGN(reply, connection_->ask(add_onion_command(seed, order, false).expose_text()));
  }
  if (!reply.is_done()) return refusal(reply, "the onion service");
  const std::string address = onion_address(ed25519_public(seed));
  if (std::ranges::find(reply.lines, "ServiceID=" + address) != reply.lines.end()) return {};
  return Error(Code::forged, "tor names another address than that of the key, " + address + ".onion");
}

Result<void> Tor::delete_onion(const std::string& address) {
  TRY_ASSIGN(const ControlReply reply, connection_->ask("DEL_ONION " + address));
  if (!reply.is_done() && reply.status != kUnknownEntity) return refusal(reply, "to take the onion service away");
  return {};
}

Result<void> Tor::wait_until_uploaded(const std::string& address, std::uint64_t wait_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  std::uint64_t failed = 0;
  for (;;) {
    TRY_ASSIGN(const auto event, connection_->next_event(deadline));
    if (!event) {
      return Error(Code::unavailable, "tor has not uploaded the descriptor of " + address + ".onion in " +
                                          std::to_string(wait_ms / 1000) + " seconds (" + std::to_string(failed) +
                                          " uploads failed): is tor connected to its network?");
    }
    const auto descriptor = parse_descriptor_event(*event);
    if (!descriptor || descriptor->address != address) continue;
    if (descriptor->action == "UPLOADED") return {};
    if (descriptor->action == "FAILED") ++failed;
  }
}

Result<void> Tor::fetch_descriptor(const std::string& address, std::uint64_t wait_ms) {
  constexpr std::uint64_t kAskedMsMax = 5'000;  // tor says at once which directory it asks, where it asks one
  connection_->forget_events();                 // of earlier fetches
  TRY_ASSIGN(const ControlReply reply, connection_->ask("HSFETCH " + address));
  if (!reply.is_done()) return refusal(reply, "to fetch a descriptor");
  const auto begun = std::chrono::steady_clock::now();
  const auto deadline = begun + std::chrono::milliseconds(wait_ms);
  std::optional<std::string> directory;
  for (;;) {
    const auto asked_by = begun + std::chrono::milliseconds(std::min(wait_ms, kAskedMsMax));
    TRY_ASSIGN(const auto event, connection_->next_event(directory ? deadline : asked_by));
    if (!event && !directory) return {};
    if (!event) {
      return Error(Code::unavailable, "no directory of Tor's network has answered in " +
                                          std::to_string(wait_ms / 1000) + " seconds for " + address + ".onion");
    }
    const auto descriptor = parse_descriptor_event(*event);
    if (!descriptor || descriptor->address != address || !descriptor->is_fetch) continue;
    if (descriptor->action == "REQUESTED" && !directory) directory = descriptor->directory;
    if (descriptor->directory != directory) continue;
    if (descriptor->action == "RECEIVED") return {};
    if (descriptor->action == "FAILED") {
      return Error(Code::unavailable, "a directory of Tor's network does not give the descriptor of " + address +
                                          ".onion (" + printable(descriptor->reason, 40) + ")");
    }
  }
}

Result<void> Tor::rest(std::uint64_t wait_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  for (;;) {
    TRY_ASSIGN(const auto event, connection_->next_event(deadline));
    if (!event) return {};
  }
}

Result<void> Tor::add_client_key(const std::string& address, const Secret<32>& key) {
  SecretText command(kCommandBytesMax);
  command.add("ONION_CLIENT_AUTH_ADD ");
  command.add(address);
  command.add(" x25519:");
  command.add_base64(key.expose());
  TRY_ASSIGN(const ControlReply reply, connection_->ask(std::move(command).take().expose_text()));
  constexpr unsigned kReplaced = 251, kDecrypted = 252;
  if (!reply.is_done() && reply.status != kReplaced && reply.status != kDecrypted)
    return refusal(reply, "a client's key");
  return {};
}

Result<void> Tor::remove_client_key(const std::string& address) {
  TRY_ASSIGN(const ControlReply reply, connection_->ask("ONION_CLIENT_AUTH_REMOVE " + address));
  constexpr unsigned kNotThere = 251;
  if (!reply.is_done() && reply.status != kNotThere) return refusal(reply, "to forget a client's key");
  return {};
}

}  // namespace muniment
