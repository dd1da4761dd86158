// Every combination of what a browser and a tool send: host, origin, site, method, header.
#include "door/visitor.h"

#include <gtest/gtest.h>

#include <vector>

namespace rolecall::door {
namespace {

TEST(Visitor, LoopbackHosts) {
  for (const char* host :
       {"localhost", "LOCALHOST:4566", "x.localhost", "127.0.0.1", "127.0.0.1:4566", "127.9.8.7",
        "[::1]", "[::1]:4566", "my-bucket.s3.localhost:1"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host :
       {"", "attacker.example", "attacker.example:4566", "localhost.attacker.example",
        "127.0.0.1.attacker.example", "127.attacker.example", "notlocalhost", "128.0.0.1",
        "0.0.0.0", "10.0.0.1", "[::2]", "[::1", "::1", "[::ffff:127.0.0.1].example", "2130706433",
        "0x7f.1", "localhost@attacker.example", "sts.amazonaws.com"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(Visitor, OnlyWhomNoPageCanBe) {
  struct Choice {
    const char* value;
    bool good;
  };
  const Choice hosts[] = {
      {"127.0.0.1:4566", true}, {"localhost:4566", true}, {"attacker.example:4566", false}};
  const char* const same = "same";
  const Choice origins[] = {{nullptr, true},
                            {same, true},
                            {"http://attacker.example", false},
                            {"null", false},
                            {"http://127.0.0.1:9999", false},
                            {"", false}};
  const Choice sites[] = {{nullptr, true},      {"same-origin", true}, {"none", true},
                          {"same-site", false}, {"cross-site", false}, {"nonsense", false}};
  const Choice ours[] = {{nullptr, false}, {"1", true}, {"0", false}, {"", false}};
  int answered = 0;
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}) {
    const bool reads = std::string_view(method) == "GET" || std::string_view(method) == "HEAD";
    for (const bool tls : {false, true}) {
      for (const bool only_loopback : {true, false}) {
        for (const Choice& host : hosts) {
          for (const Choice& origin : origins) {
            for (const Choice& site : sites) {
              for (const Choice& header : ours) {
                const std::string own = (tls ? "https://" : "http://") + std::string(host.value);
                std::vector<http::Header> headers;
                if (origin.value != nullptr) {
                  headers.push_back(
                      {"Origin", origin.value == same ? std::string_view(own) : origin.value});
                }
                if (site.value != nullptr) headers.push_back({"Sec-Fetch-Site", site.value});
                if (header.value != nullptr) headers.push_back({"X-Rolecall", header.value});
                http::RequestHead head;
                head.method = method;
                head.authority = host.value;
                head.tls = tls;
                head.headers = headers;
                const bool good = (host.good || !only_loopback) && origin.good && site.good &&
                                  (reads || header.good);
                EXPECT_EQ(!refuse_visitor(head, {only_loopback}).has_value(), good)
                    << method << " " << host.value << " " << (origin.value ? origin.value : "-");
                answered += good;
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(answered, 100);
}

}  // namespace
}  // namespace rolecall::door
