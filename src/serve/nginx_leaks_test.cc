#include "serve/nginx_leaks.h"

#include <gtest/gtest.h>

#include <array>

#include "serve/nginx.h"
#include "testing/expect_code.h"

namespace muniment {
namespace {

constexpr const char* kQuiet = "access_log off; error_log /dev/null crit; ";

std::vector<std::string> leaks_of(const std::string& directives) {
  const auto leaks = find_nginx_leaks("http { server { listen 80; " + directives + " } }");
  EXPECT_TRUE(leaks) << leaks.error().sentence();
  return leaks ? *leaks : std::vector<std::string>{};
}

bool names(const std::vector<std::string>& leaks, const std::string& what) {
  return leaks.size() == 1 && leaks[0].find(what) != std::string::npos;
}

/// As we print it, with and without uploads.
std::string printed(bool takes_uploads) {
  ServeSettings settings;
  settings.root = "/srv/copy";
  settings.listen = "127.0.0.1:8080";
  for (const Token::Right right : {Token::Right::read, Token::Right::deposit}) {
    if (takes_uploads) settings.tokens.push_back({right, SecretBytes::copy_of(as_view(std::string(32, 't'))), ""});
  }
  return "http {\n" + *nginx_configuration(settings) + "}\n";
}

TEST(NginxLeaks, AreNoneInTheConfigurationThatWePrint) {
  for (const bool takes_uploads : {false, true}) {
    const auto leaks = find_nginx_leaks(printed(takes_uploads));
    ASSERT_TRUE(leaks) << leaks.error().sentence();
    EXPECT_TRUE(leaks->empty()) << leaks->at(0);
  }
}

TEST(NginxLeaks, AreFoundWhereverThePrintedUploadsAreMadeToOverwriteDeleteListOrReadBack) {
  const std::vector<std::array<std::string, 3>> changes{
      {"dav_methods PUT;", "dav_methods PUT DELETE;", "delete"},
      {"dav_methods PUT;", "dav_methods DELETE;", "delete"},
      {"dav_methods PUT;", "dav_methods PUT; autoindex on;", "lists"},
      {"if ($muniment_lists = 0) { return 404; }", "", "lists"},
      {"location = /incoming/ {", "location /incoming/ {", "lists"},
      {"dav_methods PUT;", "dav_methods PUT; dav_ext_methods PROPFIND;", "lists"},
      {"location @muniment_create {", "location /incoming/ {", "overwrite"},
      {"try_files $uri @muniment_create;", "try_files /nothing @muniment_create;", "overwrite"},
      {"try_files $uri @muniment_create;", "try_files $uri $uri/ @muniment_create;", "overwrite"},
      {"error_page 405 @muniment_taken;", "error_page 405 @muniment_create;", "overwrite"},
      {"limit_conn muniment_names 1;", "", "overwrite"},
      {"limit_conn muniment_names 1;", "limit_conn muniment_names 2;", "overwrite"},
      {"limit_conn_zone $uri ", "limit_conn_zone $binary_remote_addr ", "overwrite"},
      {"if ($request_method != PUT) { return 404; }", "", "overwrite"},
      {"client_max_body_size 17825792;", "client_max_body_size 0;", "fill the disk"},
  };
  for (const auto& [from, to, what] : changes) {
    std::string text = printed(true);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto leaks = find_nginx_leaks(text);
    ASSERT_TRUE(leaks) << leaks.error().sentence();
    EXPECT_TRUE(names(*leaks, what)) << to << ": " << (leaks->empty() ? "none" : leaks->back());
  }
  std::string text = printed(true);
  for (std::size_t at = text.find("$http_auth"); at != std::string::npos; at = text.find("$http_auth"))
    text.replace(at, 10, "$http_x_");
  EXPECT_TRUE(names(*find_nginx_leaks(text), "everybody"));
}

TEST(NginxLeaks, AreLogsAlsoWhereNothingIsSaidOfThem) {
  EXPECT_TRUE(leaks_of(kQuiet).empty());
  EXPECT_TRUE(names(leaks_of("access_log off;"), "error.log"));
  EXPECT_TRUE(names(leaks_of("error_log /dev/null;"), "access.log"));
  EXPECT_TRUE(names(leaks_of(std::string(kQuiet) + "location / { access_log /var/log/x; }"), "/var/log/x"));
  EXPECT_TRUE(names(leaks_of(std::string(kQuiet) + "error_log /var/log/e crit;"), "/var/log/e"));
  EXPECT_EQ(leaks_of("# access_log off;\n \"error_log\" /dev/null;").size(), 1u) << "a comment does not count";
}

TEST(NginxLeaks, AreWhatVisitorsMaySeeAndDo) {
  for (const char* leak :
       {"autoindex on;", "dav_ext_methods PROPFIND;", "fancyindex on;", "proxy_pass http://other;", "mirror /copy;",
        "add_header X-You $remote_addr;", "userid on;", "location /x { fastcgi_pass unix:/s; }"}) {
    EXPECT_EQ(leaks_of(std::string(kQuiet) + leak).size(), 1u) << leak;
  }
  EXPECT_EQ(leaks_of(std::string(kQuiet) + "dav_methods PUT DELETE;").size(), 2u) << "and asks nobody who comes";
  for (const char* harmless : {"autoindex off;", "dav_methods off;", "add_header Cache-Control no-cache;",
                               "return 200 'autoindex on;';", "location ~ \"a{2}\" { set $x ${y}z; }"}) {
    EXPECT_TRUE(leaks_of(std::string(kQuiet) + harmless).empty()) << harmless;
  }
}

TEST(NginxLeaks, AreNotLookedForInWhatIsNoConfiguration) {
  for (const char* text : {"", "hello", "server {", "server { listen 80; }}", "server { \"listen 80; }", "{ }", ";",
                           "http { access_log off; }", "server { listen 80 }"}) {
    EXPECT_CODE(find_nginx_leaks(text), Code::corrupt) << text;
  }
  std::string many = "server { ";
  for (int i = 0; i < 101; ++i) many += "dav_methods PUT; ";
  EXPECT_CODE(find_nginx_leaks(many + "}"), Code::limit);
  std::string deep = "server ";
  for (int i = 0; i < 100; ++i) deep += "{ a ";
  EXPECT_CODE(find_nginx_leaks(deep), Code::corrupt);
  EXPECT_CODE(find_nginx_leaks(std::string(kNginxBytesMax + 1, ' ')), Code::limit);
}

}  // namespace
}  // namespace muniment
