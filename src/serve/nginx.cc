#include "serve/nginx.h"

#include <algorithm>

#include "base/encoding.h"

namespace muniment {
namespace {

/// A location that gives files and nothing else.
std::string location(const std::string& which, const std::string& caching, const std::string& first = "") {
  // Every location repeats the headers: nginx inherits none of them where a location has one of its own.
  return "  location " + which + " {\n" + first + "    add_header Cache-Control \"" + caching +
         "\";\n"
         "    add_header Last-Modified \"\";\n"
         "    add_header X-Content-Type-Options nosniff;\n"
         "    try_files $uri =404;\n"
         "  }\n";
}

std::string token_check(const std::vector<Token>& tokens) {
  std::string text = "  set $muniment_reads 0;\n";
  for (const Token& token : tokens) {
    if (token.right != Token::Right::read || !token.address.empty()) continue;
    text += "  if ($http_authorization = \"Bearer " + std::string(token.text.expose_text()) +
            "\") { set $muniment_reads 1; }\n";
  }
  return text;
}

}  // namespace

Result<std::string> nginx_configuration(const ServeSettings& settings) {
  const bool is_plain =
      settings.root.starts_with('/') && is_utf8(settings.root) && std::ranges::none_of(settings.root, [](char c) {
        return c == '"' || c == '\\' || c == '$' || static_cast<unsigned char>(c) < ' ';
      });
  if (!is_plain)
    return Error(Code::invalid, "this path cannot be written into nginx's configuration: " + printable(settings.root));
  constexpr const char* kForEver = "public, max-age=31536000, immutable";
  std::string text =
      "# A copy of an archive, for the http { } part of nginx. It has tokens in it: keep it to yourself (chmod 600).\n"
      "# Beyond this machine, use it behind TLS or as an onion service.\n";
  const std::string limit = std::to_string(settings.limits.connections_per_address_max);
  const bool counts_addresses = settings.limits.connections_per_address_max > 0;
  if (counts_addresses) text += "limit_conn_zone $binary_remote_addr zone=muniment_addresses:1m;\n";
  text += "server {\n  listen " + settings.listen + ";\n  root \"" + settings.root + "\";\n" +
          (counts_addresses ? "  limit_conn muniment_addresses " + limit + ";\n" : "");
  text +=
      "  access_log off;\n"
      "  error_log /dev/null crit;\n"
      "  server_tokens off;\n"
      "  autoindex off;\n"
      "  etag off;\n"
      "  if_modified_since off;\n"
      "  gzip off;\n"
      "  sendfile on;\n"
      "  max_ranges 1;\n"
      "  types { }\n"
      "  default_type application/octet-stream;\n"
      "  disable_symlinks on from=$document_root;\n"
      "  client_header_timeout 20s;\n"
      "  client_body_timeout 20s;\n"
      "  send_timeout 20s;\n"
      "  keepalive_timeout 20s;\n"
      "  reset_timedout_connection on;\n"
      "  if ($request_method !~ \"^(GET|HEAD)$\") { return 405; }\n";
  text += token_check(settings.tokens);
  text += "  location / { return 404; }\n  location ~ \"/[.-]\" { return 404; }\n";
  text += location("~ \"^/(checkpoint|agreed-part|stick)$\"", "no-cache");
  text += location("~ \"^/(README\\.txt|(reader|charter|tile|stamps)/.+)$\"", kForEver);
  if (settings.role == Role::vault) {
    text += location("~ \"^/deposits/[^/]+/[^/]+/(receipt|SHA256SUMS|part-[^/]+)$\"", kForEver);
    text += location("~ \"^/(deposits|keyring)/.+$\"", "private, no-store",
                     "    if ($muniment_reads = 0) { return 401; }\n");
  } else {
    text += location("~ \"^/public/.+$\"", "no-cache");
  }
  return text + "}\n";
}

}  // namespace muniment
