#include "mirror/doctor.h"

#include <algorithm>
#include <array>

#include "archive/objects.h"
#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::uint64_t kAnswerBytesMax = 1 << 20;

class Doctor {
 public:
  Doctor(HttpClient& client, std::string address, Random& random)
      : client_(client), address_(std::move(address)), random_(random) {}

  Result<void> look_for_private_folders();
  Result<void> look_for_listings();
  Result<void> look_for_seals(const ArchiveView& view);
  Result<void> look_at_headers();
  Result<void> try_to_write();
  Result<void> try_as_depositor(const Token& token);
  Examination take() && { return std::move(found_); }

 private:
  Result<unsigned> ask(const std::string& method, const std::string& path, std::string_view body = {},
                       const Token* token = nullptr);
  void leak(const char* kind, std::string sentence) { found_.leaks.push_back({kind, std::move(sentence)}); }
  void fine(std::string sentence) { found_.looked_at.push_back(std::move(sentence)); }
  std::string fresh_name();

  HttpClient& client_;
  std::string address_;
  Random& random_;
  Examination found_;
};

bool is_success(unsigned status) { return status >= 200 && status < 300; }

/// The status alone. A body too long for what is asked is a success all the same: it was given.
Result<unsigned> Doctor::ask(const std::string& method, const std::string& path, std::string_view body,
                             const Token* token) {
  HttpRequest request;
  request.method = method;
  request.url = address_ + "/" + path;
  request.body = as_view(body);
  request.body_bytes_max = kAnswerBytesMax;
  if (token != nullptr) request.headers.push_back("Authorization: Bearer " + std::string(token->text.expose_text()));
  const auto answer = client_.exchange(request);
  if (answer) return answer->status;
  if (answer.error().code() == Code::limit) return 200u;
  return answer.error();
}

std::string Doctor::fresh_name() {
  std::array<std::uint8_t, 16> bytes{};
  random_.fill(bytes);
  return "doctor-" + to_hex(bytes);
}

Result<void> Doctor::look_for_private_folders() {
  const std::size_t before = found_.leaks.size();
  for (const char* path : {"home/head", "home/mirrors", "home/place", "home/proposals/", "staging/", "withdrawn/",
                           "incoming/", ".git/config", "home/../home/head"}) {
    TRY_ASSIGN(const unsigned status, ask("GET", path));
    if (is_success(status))
      leak("private", std::string("it gives /") + path +
                          ", which belongs to the machine and to nobody else: serve objects of a copy only");
  }
  if (found_.leaks.size() == before) fine("private folders are given to nobody");
  return {};
}

Result<void> Doctor::look_for_listings() {
  const std::size_t before = found_.leaks.size();
  for (const char* path : {"", "deposits/", "keyring/", "charter/", "tile/"}) {
    TRY_ASSIGN(const unsigned status, ask("GET", path));
    if (is_success(status))
      leak("listing", std::string("it answers for the folder /") + path + ": switch listings off");
  }
  if (found_.leaks.size() == before) fine("no folder is listed");
  return {};
}

Result<void> Doctor::look_for_seals(const ArchiveView& view) {
  std::vector<std::string> names;
  for (const LoggedDeposit& deposit : view.deposits) {
    const std::string folder = deposit_folder(deposit.id) + "/";
    names.push_back(folder + header_name(deposit.oldest_seal));
    names.push_back(folder + contents_name(deposit.oldest_seal));
    if (names.size() >= 6) break;
  }
  for (const LoggedObject& object : view.charter.objects) {
    if (object.name.text().starts_with("keyring/")) names.push_back(object.name.text());
  }
  const std::size_t before = found_.leaks.size();
  for (const std::string& name : names) {
    TRY_ASSIGN(const unsigned status, ask("GET", name));
    if (!is_success(status)) continue;
    leak("seals", "it gives /" + name +
                      " without a token: whoever has it waits for a key. Ask for a token, or hold no seals (mirror "
                      "agree --without-seals)");
    break;  // one says it
  }
  if (found_.leaks.size() == before) fine("what opens deposits is given to no stranger");
  return {};
}

Result<void> Doctor::look_at_headers() {
  HttpRequest request;
  request.url = address_ + "/checkpoint";
  request.body_bytes_max = kAnswerBytesMax;
  TRY_ASSIGN(const HttpResponse answer, client_.exchange(request));
  const std::size_t before = found_.leaks.size();
  const auto value = [&](const char* name) {
    const std::string* text = answer.header(name);
    return text == nullptr ? std::string() : printable(*text, 100);
  };
  if (!value("set-cookie").empty()) leak("visit", "it marks visitors by a cookie: " + value("set-cookie"));
  if (!value("last-modified").empty())
    leak("visit", "Last-Modified tells when this copy was brought up to date: take the header away");
  for (const char* name : {"via", "x-cache", "cf-ray", "x-served-by", "x-amz-cf-id"}) {
    if (!value(name).empty())
      leak("visit", std::string("another server stands in front (") + name + ": " + value(name) +
                        "), and may keep a log of who comes");
  }
  if (const std::string server = value("server"); server.find('/') != std::string::npos)
    leak("visit", "it tells its software and version (Server: " + server + "): take the version away");
  if (found_.leaks.size() == before) fine("its answers tell nothing of the machine or of other visits");
  return {};
}

Result<void> Doctor::try_to_write() {
  const std::size_t before = found_.leaks.size();
  for (const std::string folder : {"incoming/", "deposits/00/", ""}) {
    const std::string path = folder + fresh_name();
    TRY_ASSIGN(const unsigned put, ask("PUT", path, "a question of the doctor\n"));
    if (is_success(put))
      leak("writing", "anybody may write below /" + folder + ": /" + path + " is there now, take it away");
    TRY_ASSIGN(const unsigned removed, ask("DELETE", folder + fresh_name()));
    if (is_success(removed)) leak("writing", "anybody may delete below /" + folder);
  }
  if (found_.leaks.size() == before) fine("strangers can write and delete nothing");
  return {};
}

Result<void> Doctor::try_as_depositor(const Token& token) {
  const std::string path = "incoming/" + fresh_name() + "/question";
  TRY_ASSIGN(const unsigned created, ask("PUT", path, "a question of the doctor\n", &token));
  if (!is_success(created)) {
    leak("unclear",
         "the token that may send is answered " + std::to_string(created) + ": what it may do cannot be told");
    return {};
  }
  const std::size_t before = found_.leaks.size();
  TRY_ASSIGN(const unsigned changed, ask("PUT", path, "something else\n", &token));
  if (is_success(changed)) leak("writing", "who may send may also overwrite what others sent");
  TRY_ASSIGN(const unsigned read, ask("GET", path, {}, &token));
  if (is_success(read)) leak("reading back", "who may send may also read what others sent");
  for (const std::string& folder : {std::string("incoming/"), parent_of(path) + "/"}) {
    TRY_ASSIGN(const unsigned listed, ask("GET", folder, {}, &token));
    if (is_success(listed)) leak("listing", "who may send may also list /" + folder);
  }
  TRY_ASSIGN(const unsigned removed, ask("DELETE", path, {}, &token));
  if (is_success(removed)) leak("writing", "who may send may also delete what others sent");
  TRY_ASSIGN(const unsigned elsewhere, ask("PUT", "deposits/00/" + fresh_name(), "a question of the doctor\n", &token));
  if (is_success(elsewhere)) leak("writing", "who may send may also write outside incoming/");
  if (found_.leaks.size() == before)
    fine("who may send can overwrite, read back, list and delete nothing; /" + path + " stays there");
  return {};
}

}  // namespace

Result<Examination> examine_mirror(HttpClient& client, const std::string& address, const ArchiveView& view,
                                   const Token* depositor, Random& random) {
  Doctor doctor(client, address, random);
  TRY(doctor.look_at_headers());
  TRY(doctor.look_for_private_folders());
  TRY(doctor.look_for_listings());
  TRY(doctor.look_for_seals(view));
  TRY(doctor.try_to_write());
  if (depositor != nullptr) TRY(doctor.try_as_depositor(*depositor));
  return std::move(doctor).take();
}

}  // namespace muniment
