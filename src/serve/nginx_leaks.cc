#include "serve/nginx_leaks.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace muniment {
namespace {

constexpr std::size_t kWordsMax = 200'000;
constexpr std::size_t kDepthMax = 32;

using Directive = std::vector<std::string>;  // its name, then its values

/// Splits a configuration into directives: words, quotes, comments, `;` and braces (nginx "Configuration File's
/// Structure").
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<std::vector<Directive>> scan() {
    while (at_ < text_.size()) TRY(step());
    if (depth_ != 0 || !words_.empty()) return Error(Code::corrupt, "the configuration is cut off");
    return std::move(directives_);
  }

 private:
  Result<void> step() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ';' || c == '{') {
      ++at_;
      depth_ += c == '{' ? 1u : 0u;
      if (words_.empty() || depth_ > kDepthMax) return Error(Code::corrupt, "not a configuration of nginx");
      directives_.push_back(std::move(words_));
      words_.clear();
    } else if (c == '}') {
      ++at_;
      if (depth_ == 0 || !words_.empty()) return Error(Code::corrupt, "not a configuration of nginx");
      --depth_;
    } else {
      if (++count_ > kWordsMax) return Error(Code::limit, "the configuration is longer than any that is looked at");
      return c == '"' || c == '\'' ? take_quoted(c) : take_word();
    }
    return {};
  }

  Result<void> take_quoted(char quote) {
    std::string word;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    if (at_ == text_.size()) return Error(Code::corrupt, "a quote in the configuration does not end");
    ++at_;
    words_.push_back(std::move(word));
    return {};
  }

  Result<void> take_word() {
    std::string word;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        word += text_[++at_];
        continue;
      }
      const bool is_variable = c == '{' && !word.empty() && word.back() == '$';  // ${name}
      if (!is_variable && std::string_view(" \t\r\n;{").find(c) != std::string_view::npos) break;
      word += c;
    }
    words_.push_back(std::move(word));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  Directive words_;
  std::vector<Directive> directives_;
};

bool has_value(const Directive& directive, std::string_view value) {
  return std::find(directive.begin() + 1, directive.end(), value) != directive.end();
}

std::string shown(const Directive& directive) {
  std::string text;
  for (const std::string& word : directive) text += (text.empty() ? "" : " ") + word;
  return printable(text, 200);
}

/// Errors are written with the address of whoever caused them.
bool keeps_errors(const Directive& directive) { return directive.size() < 2 || directive[1] != "/dev/null"; }

void look_at(const Directive& directive, std::vector<std::string>& leaks) {
  const auto say = [&](const std::string& what) { leaks.push_back("\"" + shown(directive) + "\" " + what); };
  const std::string& name = directive[0];
  if (name == "access_log" && !(directive.size() == 2 && directive[1] == "off"))
    say("keeps who came, when, and for what: write \"access_log off;\"");
  if (name == "error_log" && keeps_errors(directive))
    say("keeps addresses with every error: write \"error_log /dev/null crit;\"");
  if (name == "autoindex" && has_value(directive, "on")) say("lists folders: write \"autoindex off;\"");
  if (name == "dav_methods" && !(directive.size() == 2 && directive[1] == "off"))
    say("lets visitors write, overwrite or delete: take it away");
  if (name == "proxy_pass" || name == "fastcgi_pass" || name == "uwsgi_pass" || name == "scgi_pass" ||
      name == "grpc_pass")
    say("hands visitors on to another server, which may keep a log: look at that one as well");
  if ((name == "add_header" || name == "proxy_set_header") && directive.size() > 2 &&
      has_value(directive, "$remote_addr"))
    say("hands the visitor's address on: take it away");
  if (name == "userid" && has_value(directive, "on")) say("marks visitors by a cookie: write \"userid off;\"");
  if (name == "mirror") say("sends every request to a second place: take it away");
}

}  // namespace

Result<std::vector<std::string>> find_nginx_leaks(std::string_view text) {
  if (text.size() > kNginxBytesMax) return Error(Code::limit, "the configuration is longer than any that is looked at");
  TRY_ASSIGN(const auto directives, Scanner(text).scan());
  const auto has = [&](const char* name) {
    return std::ranges::any_of(directives, [&](const Directive& directive) { return directive[0] == name; });
  };
  if (!has("server"))
    return Error(Code::corrupt, "not a configuration of nginx with a server in it: give what nginx -T prints");
  std::vector<std::string> leaks;
  for (const Directive& directive : directives) look_at(directive, leaks);
  if (!has("access_log"))
    leaks.emplace_back("no \"access_log off;\": nginx then keeps who came, when, and for what, in its access.log");
  if (!has("error_log"))
    leaks.emplace_back(
        "no \"error_log /dev/null crit;\": nginx then keeps addresses with every error, in its error.log");
  return leaks;
}

}  // namespace muniment
